"""What filters share: scales that are trained, and their own rules for auto."""

import numpy as np
import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.encodings import EncodingSet, GraphStatistics, Heat, PersonalizedPageRank, Walk, Wavelet, compute_spectrum
from mspe.encodings.encoding_set import node_channels
from mspe.encodings.spectrum import Backend
from mspe.graphs import PackedGraphs
from tests.conftest import complete, cycle, graph
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


@pytest.mark.parametrize("config", [{"heat": {"times": "auto"}}, {"walk": {"steps": "auto"}}])
def test_auto_without_a_dataset_is_refused_in_a_line(config: dict) -> None:
    with pytest.raises(MspeError, match="got auto, which is read off a dataset's spectra; give EncodingParams"):
        EncodingSet.from_config({"filters": config})


def test_auto_scales_run_from_the_largest_eigenvalue_to_the_gap() -> None:
    statistics = GraphStatistics(max_nodes=30, largest_eigenvalue=2.0, spectral_gap=0.05)
    times = Heat.auto(statistics)
    assert (len(times), times[0], times[-1]) == (8, 0.5, 20.0)
    np.testing.assert_allclose(np.diff(np.log(times)), np.log(40) / 7, rtol=1e-6)
    assert Walk.auto(statistics) == [1, 2, 4, 8, 16, 32]
    restarts = PersonalizedPageRank.auto(statistics)
    assert restarts[0] == pytest.approx(0.05 / 1.05) and restarts[-1] == pytest.approx(2 / 3)


def weighted_and_bipartite() -> list[Data]:
    """Graphs whose walks have many zeros: trees, even cycles, components, and random ones with weights."""
    generator = torch.Generator().manual_seed(0)
    graphs = [cycle(size) for size in range(3, 12)] + [graph(9, [(i // 2, i) for i in range(1, 9)]), complete(6)]
    graphs = [*graphs, graph(7, [(0, 1), (1, 2), (3, 4)])]
    for _ in range(20):
        pairs = torch.randint(0, 14, (2, 18), generator=generator)
        weight = torch.rand(18, generator=generator) * 10.0 ** torch.randint(-3, 3, (18,), generator=generator)
        both = torch.cat([pairs, pairs.flip(0)], dim=1)
        graphs.append(Data(edge_index=both, edge_weight=torch.cat([weight, weight]), num_nodes=14))
    ones = [one for one in graphs if one.get("edge_weight") is None]
    for one in ones:
        one.edge_weight = torch.ones(one.num_edges)
    return graphs


NON_NEGATIVE = [Walk(list(range(0, 24))), Heat([0.1, 1.0, 20.0]), PersonalizedPageRank([0.05, 0.5, 1.0])]


@pytest.mark.parametrize("backend", ["dense", "chebyshev", "stochastic"])
def test_what_is_never_negative_by_definition_is_not_by_rounding(backend: Backend) -> None:
    packed = PackedGraphs.from_list(weighted_and_bipartite()[:: 10 if backend == "stochastic" else 1])
    stored = EncodingSet([*NON_NEGATIVE, Wavelet([0.3, 4.0])]).encode_nodes(compute_spectrum(packed, backend=backend))
    assert stored.fields["node_encoding"].min() >= 0


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("trainable", [False, True])
def test_pair_channels_of_probabilities_are_not_negative_either(dtype: torch.dtype, trainable: bool) -> None:
    bank = EncodingSet(
        [Walk(list(range(0, 24))), Heat([0.1, 20.0], trainable), PersonalizedPageRank([0.05], trainable)]
    )
    view = view_of(*weighted_and_bipartite(), dtype=dtype)
    assert bank.pair(view).min() >= 0 and node_channels(bank.on_nodes, view).min() >= 0


def test_a_filter_that_may_be_negative_keeps_its_sign_and_a_subclass_does_not_inherit_the_floor() -> None:
    class Inverted(Heat):
        name = "inverted"

        def evaluate(self, eigenvalues: Tensor, scales: Tensor) -> Tensor:
            return -super().evaluate(eigenvalues, scales)

    class Renamed(Heat):
        name = "renamed"

    view = view_of(cycle(6))
    assert EncodingSet([Wavelet([1.0])]).pair(view).min() < -0.1
    assert node_channels([Inverted([1.0])], view).max() < 0 and EncodingSet([Inverted([1.0])]).pair(view).min() < 0
    assert Renamed.non_negative == Heat.non_negative
