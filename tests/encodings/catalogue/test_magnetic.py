"""Magnetic kernels: definition, reversal, graphs without direction."""

import math
import warnings

import pytest
import scipy.linalg
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.encodings import BatchEncodings, EncodingSet, Heat, Magnetic, Walk
from mspe.graphs import DenseLayout, PackedGraphs
from tests.conftest import graph
from tests.encodings.fixtures import adjacency, encode
from tests.encodings.spectrum.test_operators import defined, dense, random_digraph

TIMES, STEPS = [0.5, 3.0], [1, 2, 5]
NEAR = {"atol": 1e-10, "rtol": 0.0}


def bank(*potentials: float) -> EncodingSet:
    return EncodingSet([Magnetic(potentials=potentials, times=TIMES, steps=STEPS)])


def kernels(data: Data, *potentials: float) -> tuple[Tensor, Tensor]:
    """Node channels, and complex pair channels."""
    node, pair = encode(bank(*potentials), data)
    half = pair.size(-1) // 2
    return node, torch.complex(pair[..., :half], pair[..., half:])


@pytest.mark.filterwarnings("ignore:directed edges")
@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_the_exponential_and_the_powers_of_the_laplacian(weighted: bool) -> None:
    data = random_digraph(8, seed=3, weighted=weighted)
    node, pair = kernels(data, 0.1, 0.25)
    expected = []
    for q in (0.1, 0.25):
        laplacian = torch.from_numpy(defined(f"magnetic({q})", dense(data)))
        expected += [torch.from_numpy(scipy.linalg.expm(-t * laplacian.numpy())) for t in TIMES]
        expected += [torch.linalg.matrix_power(torch.eye(8) - laplacian, k) for k in STEPS]
    for channel, kernel in enumerate(expected):
        torch.testing.assert_close(pair[..., channel], kernel, **NEAR)
        torch.testing.assert_close(node[:, channel], kernel.diagonal().real, **NEAR)


@pytest.mark.filterwarnings("ignore:directed edges")
def test_reversing_all_edges_conjugates() -> None:
    data = random_digraph(8, seed=1)
    turned = Data(edge_index=data.edge_index.flip(0), edge_weight=data.edge_weight, num_nodes=8)
    (node, pair), (other, conjugated) = kernels(data, 0.2), kernels(turned, 0.2)
    assert pair.imag.abs().max() > 0.01
    torch.testing.assert_close(conjugated, pair.conj().resolve_conj(), **NEAR)
    torch.testing.assert_close(other, node, **NEAR)


@pytest.mark.parametrize("q", [0.0, 0.25])
def test_graphs_without_direction_have_the_undirected_values(awkward: Data, q: float) -> None:
    node, pair = kernels(awkward, q)
    undirected, walks = encode(EncodingSet([Heat(TIMES), Walk(STEPS)]), awkward)
    torch.testing.assert_close(node, undirected, **NEAR)
    degree = adjacency(awkward).sum(dim=1).clamp(min=1e-9).sqrt()
    degree[adjacency(awkward).sum(dim=1) == 0] = 1.0
    walks[..., len(TIMES) :] *= (degree[:, None] / degree)[..., None]
    torch.testing.assert_close(pair.real, walks, **NEAR)
    torch.testing.assert_close(pair.imag, torch.zeros_like(walks), **NEAR)


def test_a_one_way_cycle_turns_the_phase_and_a_step_against_it_turns_it_back() -> None:
    data = graph(4, [(i, (i + 1) % 4) for i in range(4)], both_directions=False)
    with pytest.warns(UserWarning, match="directed edges"):  # of the normalised Laplacian, beside it in `encode`
        _, pair = kernels(data, 0.1)
    one = pair[..., len(TIMES)]
    assert one[0, 1].item() == pytest.approx(complex(math.cos(0.2 * math.pi), math.sin(0.2 * math.pi)) / 2)
    assert one[1, 0].item() == pytest.approx(one[0, 1].conj().item())


def test_a_model_sees_direction_without_a_warning_of_symmetrised_edges() -> None:
    chosen = bank(0.25)
    batch = PackedGraphs.from_list([graph(3, [(0, 1), (1, 2)], both_directions=False)]).collate([0])
    channels = BatchEncodings(chosen, batch, DenseLayout.blocks(batch.ptr))
    with warnings.catch_warnings(action="error"):
        node, (pair,) = channels.node(), channels.pair()
    assert node.shape == (3, 5) and pair.shape == (1, 3, 3, 10) and pair[..., 5:].abs().max() > 0.1


def test_channels_are_named_by_potential_scale_and_part() -> None:
    (one,) = EncodingSet([Magnetic(potentials=[0.25], times=[1.0], steps=[2])])
    assert one.node_channels == ["magnetic(0.25; heat(1))", "magnetic(0.25; walk(2))"]
    assert one.pair_channels == [f"{part} {channel}" for part in ("re", "im") for channel in one.node_channels]
