"""Norms of a Jacobian's blocks, against autograd's own."""

import pytest
import torch
from torch.autograd.functional import jacobian

from mspe.common.errors import MspeError
from mspe.influence.jacobian import block_norms
from mspe.influence.sites import Sites
from mspe.influence.trace import hooked, run_traced
from tests.influence.fixtures import transformer
from tests.models.fixtures import BATCH


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


@pytest.mark.parametrize("options", [{}, {"local": "gatedgcn", "attention": "linear"}, {"name": "gine"}], ids=str)
def test_they_are_those_of_autograds_jacobian(options: dict) -> None:
    model = transformer(**options)
    sites = Sites.of(model)
    trace = run_traced(model, BATCH, sites)
    states = trace.states["layer 2"]
    sources = BATCH.ptr[1:] - 1
    assert trace.features is not None
    found = block_norms(states, [trace.features], sources, 99, generator())[0].square().sum(dim=1).sqrt()

    def states_of(shift: torch.Tensor) -> torch.Tensor:
        kept = []
        with (
            hooked([sites.features], lambda m, i, output: output + shift),
            hooked([sites.layers["layer 2"]], lambda m, i, output: kept.append(output[0])),
        ):
            model(BATCH)
        return kept[0][sources]

    whole = jacobian(states_of, torch.zeros_like(trace.features))  # [sources, width, nodes, channels]
    expected = whole.double().square().sum(dim=(1, 3)).sqrt()  # [sources, nodes]
    assert expected[0, 1:].abs().max() == 0  # graphs do not influence each other
    torch.testing.assert_close(found, expected[BATCH.batch, torch.arange(found.numel())], atol=1e-5, rtol=1e-4)


def test_random_signs_estimate_the_square_without_bias() -> None:
    torch.manual_seed(0)
    x, weight = torch.zeros(1, 5, requires_grad=True), torch.randn(5, 40)
    squares = [
        block_norms(x @ weight, [x], torch.tensor([0]), 4, generator().manual_seed(k))[0].square().sum()
        for k in range(400)
    ]
    assert torch.stack(squares).mean().item() == pytest.approx(weight.square().sum().item(), rel=0.03)


def test_what_outputs_do_not_depend_on_has_none() -> None:
    x, other = torch.zeros(2, 3, requires_grad=True), torch.zeros(2, 4, requires_grad=True)
    found = block_norms(2 * x, [x, other], torch.tensor([1]), 8, generator())
    assert found[0].tolist() == [[0, 0, 0], [2, 2, 2]] and found[1].abs().max() == 0
    assert block_norms(torch.ones(2, 3), [x], torch.tensor([1]), 8, generator())[0].abs().max() == 0


def test_a_gradient_that_is_not_finite_is_refused() -> None:
    x = torch.zeros(1, 1, requires_grad=True)
    with pytest.raises(MspeError, match="influence: a gradient is not finite"):
        block_norms(x.sqrt(), [x], torch.tensor([0]), 1, generator())
