"""What filters share: scales that are trained, and their own rules for auto."""

import numpy as np
import pytest
import torch
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.encodings import EncodingSet, GraphStatistics, Heat, PersonalizedPageRank, Walk, Wavelet
from tests.conftest import cycle
from tests.encodings.fixtures import view_of


@pytest.mark.parametrize("filter", [Heat([0.7, 3.0], True), Wavelet([0.7], True), PersonalizedPageRank([0.3], True)])
def test_trained_scales_start_as_given_and_have_the_right_gradient(filter: Heat) -> None:
    torch.testing.assert_close(filter.scales.tolist(), list(filter.values), atol=1e-6, rtol=1e-6)
    bank = EncodingSet([filter.double()])
    view = view_of(cycle(5))

    def evaluate(values: Tensor) -> Tensor:
        filter.unconstrained.data = values.detach()
        return bank.pair(view).square().sum()

    loss = bank.pair(view).square().sum()
    loss.backward()
    start, step = filter.unconstrained.detach().clone(), 1e-5
    for position in range(start.numel()):
        shift = torch.zeros_like(start)
        shift[position] = step
        numeric = (evaluate(start + shift) - evaluate(start - shift)) / (2 * step)
        assert filter.unconstrained.grad is not None
        assert numeric.item() == pytest.approx(filter.unconstrained.grad[position].item(), rel=1e-4)


def test_steps_are_never_trained_and_an_edge_cannot_be() -> None:
    assert Walk([1, 2], trainable=True).stored
    with pytest.raises(
        MspeError, match=r"encoding ppr: restarts: got \[1.0\], a trained scale may not start on the edge"
    ):
        PersonalizedPageRank([1.0], trainable=True)


def test_auto_scales_run_from_the_largest_eigenvalue_to_the_gap() -> None:
    statistics = GraphStatistics(max_nodes=30, largest_eigenvalue=2.0, spectral_gap=0.05)
    times = Heat.auto(statistics)
    assert (len(times), times[0], times[-1]) == (8, 0.5, 20.0)
    np.testing.assert_allclose(np.diff(np.log(times)), np.log(40) / 7, rtol=1e-6)
    assert Walk.auto(statistics) == [1, 2, 4, 8, 16, 32]
    restarts = PersonalizedPageRank.auto(statistics)
    assert restarts[0] == pytest.approx(0.05 / 1.05) and restarts[-1] == pytest.approx(2 / 3)
