"""Kernels of the adjacency matrix: the spectral radius of each component, whatever stands beside it."""

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.encodings import Communicability, EncodingSet, Katz
from tests.conftest import complete, cycle, graph
from tests.encodings.fixtures import encode, view_of, weighted

BANK = EncodingSet([Communicability(betas=[3.0]), Katz(alphas=[0.9])])


def test_a_weak_component_beside_a_strong_one_is_as_if_alone() -> None:
    path = [(0, 1), (1, 2)]
    alone, _ = encode(BANK, graph(3, path))
    both = graph(8, [*path, *((i, j) for i in range(3, 8) for j in range(3, i))])
    node, pair = encode(BANK, weighted(both, [1e-7, 1e-7, *[10.0] * 10]))
    torch.testing.assert_close(node[:3], alone, atol=1e-6, rtol=0)
    assert pair[:3, 3:].abs().sum() == 0


@pytest.mark.parametrize("data", [graph(1, []), graph(1, [(0, 0)]), graph(3, [])], ids=["single", "loop", "no edges"])
def test_a_node_alone_keeps_all(data) -> None:
    node, pair = encode(BANK, data)
    assert bool((node == 1).all())
    assert torch.equal(pair, torch.eye(data.num_nodes).double()[..., None].expand_as(pair))


def test_values_lie_between_0_and_1_at_any_degree_in_single_precision() -> None:
    bank = EncodingSet([Communicability(betas=[1.0, 50.0]), Katz(alphas=[0.5, 0.999])])
    view = view_of(complete(200), cycle(5), dtype=torch.float32)
    for channels in (bank.pair(view), *(encoding.node(view) for encoding in bank)):
        assert channels.isfinite().all() and channels.min() >= 0 and channels.max() <= 1
    assert bank.pair(view)[0, 0, 1].tolist() == pytest.approx([1 / 200] * 4, rel=0.7)  # e^{β(J − ρ)/ρ} is nearly J/200


def test_a_component_that_is_lost_in_the_rounding_of_another_is_refused() -> None:
    data = weighted(graph(5, [(0, 1), (2, 3), (3, 4)]), [1e-13, 1.0, 1.0])
    with pytest.raises(MspeError, match="encoding communicability: edges of a graph are so weak beside others"):
        encode(BANK, data)
