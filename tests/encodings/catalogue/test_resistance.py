"""Effective resistance: Kirchhoff's laws, Foster's theorem, networkx, and commute times by their definition."""

import networkx
import numpy as np
import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.encodings import EncodingSet, Resistance, compute_spectrum
from mspe.graphs import PackedGraphs
from tests.conftest import complete, cycle, graph
from tests.encodings.fixtures import adjacency, encode, weighted

BANK = EncodingSet([Resistance()])
NEAR = {"atol": 1e-9, "rtol": 1e-9}


def resistance(data: Data) -> Tensor:
    return encode(BANK, data)[1][..., 0]


def test_series_add_and_parallels_add_their_inverses() -> None:
    series = weighted(graph(3, [(0, 1), (1, 2)]), [0.5, 0.25])
    assert resistance(series)[0, 2].item() == pytest.approx(2.0 + 4.0)
    loop = weighted(graph(3, [(0, 1), (1, 2), (2, 0)]), [1.0, 1.0, 0.5])  # 2 beside 1/0.5
    assert resistance(loop)[0, 2].item() == pytest.approx(1.0)
    assert resistance(weighted(graph(2, [(0, 1), (0, 1)]), [1.0, 3.0]))[0, 1].item() == pytest.approx(0.25)


def test_closed_forms() -> None:
    place = torch.arange(7).double()
    apart = (place[:, None] - place).abs()
    torch.testing.assert_close(resistance(graph(7, [(i, i + 1) for i in range(6)])), apart, **NEAR)
    torch.testing.assert_close(resistance(cycle(7)), apart * (7 - apart) / 7, **NEAR)
    torch.testing.assert_close(resistance(complete(6)), (1 - torch.eye(6).double()) / 3, **NEAR)
    star = resistance(graph(5, [(0, i) for i in range(1, 5)]))
    assert star[0, 3].item() == pytest.approx(1) and star[1, 2].item() == pytest.approx(2)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_networkxs_and_sums_over_edges_to_nodes_minus_components(seed: int) -> None:
    network = networkx.gnm_random_graph(12, 16, seed=seed)
    random = np.random.default_rng(seed)
    for _, _, edge in network.edges(data=True):
        edge["weight"] = random.integers(1, 40) / 8  # the same in single precision
    data = weighted(graph(12, list(network.edges)), [edge["weight"] for *_, edge in network.edges(data=True)])
    found, apart = resistance(data), encode(BANK, data)[1][..., 2]
    components = list(networkx.connected_components(network))
    for component in components:
        part = network.subgraph(component)
        for i, row in networkx.resistance_distance(part, weight="weight", invert_weight=False).items():
            for j, expected in row.items():
                assert found[i, j].item() == pytest.approx(expected, abs=1e-9)
                assert apart[i, j] == 0
    foster = sum(edge["weight"] * found[i, j].item() for i, j, edge in network.edges(data=True))
    assert foster == pytest.approx(12 - len(components), abs=1e-9)
    same = torch.tensor([[any({i, j} <= part for part in components) for j in range(12)] for i in range(12)])
    assert torch.equal(apart == 0, same) and bool((found[~same] == 0).all())


def test_commute_times_are_those_of_the_walk() -> None:
    data = graph(5, [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (1, 1)])
    matrix = adjacency(data)
    step = matrix / matrix.sum(dim=1, keepdim=True)
    hitting = torch.zeros(5, 5).double()
    for target in range(5):
        others = [i for i in range(5) if i != target]
        system = torch.eye(4).double() - step[others][:, others]
        hitting[others, target] = torch.linalg.solve(system, torch.ones(4).double())
    torch.testing.assert_close(encode(BANK, data)[1][..., 1], (hitting + hitting.T).log1p(), **NEAR)


def test_nodes_have_the_statistics_of_their_row_within_their_component() -> None:
    node, _ = encode(BANK, graph(6, [(0, 1), (1, 2), (3, 4)]))
    row = torch.tensor([0.0, 1, 2]).double()
    torch.testing.assert_close(node[0], torch.stack([row.sum().log1p(), row.mean(), row.max(), row.std(correction=0)]))
    assert node[3].tolist() == pytest.approx([np.log(2), 0.5, 1.0, 0.5]) and node[5].tolist() == [0, 0, 0, 0]


def test_weights_so_far_apart_that_rounding_decides_are_refused() -> None:
    data = weighted(graph(4, [(0, 1), (1, 2), (2, 3)]), [1.0, 1e-14, 1.0])
    with pytest.raises(MspeError, match="encoding resistance: edges of a graph are so weak beside others"):
        encode(BANK, data)
    assert resistance(weighted(graph(4, [(0, 1), (1, 2), (2, 3)]), [1.0, 1e-6, 1.0]))[0, 3].item() == pytest.approx(
        1e6 + 2, rel=1e-6
    )


def test_graphs_without_eigenvectors_are_refused_in_a_line() -> None:
    packed = PackedGraphs.from_list([cycle(5)])
    with pytest.raises(MspeError, match="needs eigenvectors, of which such large graphs have none; set"):
        BANK.encode_nodes(compute_spectrum(packed, backend="chebyshev"), lambda: packed)
