"""Degrees: closed forms, weights, loops, relabelling."""

import math

import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import degree

from mspe.encodings import Degree, EncodingSet, compute_spectrum
from mspe.graphs import GraphSchema, PackedGraphs
from tests.conftest import complete, cycle, graph
from tests.encodings.fixtures import view_of


def degrees(data: Data) -> list[float]:
    return Degree().node(view_of(data))[:, 0].expm1().tolist()


def test_closed_forms() -> None:
    assert degrees(cycle(5)) == pytest.approx([2] * 5)
    assert degrees(complete(6)) == pytest.approx([5] * 6)
    assert degrees(graph(4, [(0, 1), (0, 2), (0, 3)])) == pytest.approx([3, 1, 1, 1])
    assert float(Degree().node(view_of(cycle(4)))[0, 0]) == pytest.approx(math.log(3))


def test_weights_add_a_loop_counts_once_and_an_isolated_node_as_one() -> None:
    weighted = graph(3, [(0, 1), (1, 2)])
    weighted.edge_weight = torch.tensor([0.5, 2.0, 0.5, 2.0])
    assert degrees(weighted) == pytest.approx([0.5, 2.5, 2.0])
    assert degrees(graph(2, [(0, 0), (0, 1)])) == pytest.approx([2, 1])
    assert degrees(graph(3, [(0, 1)])) == pytest.approx([1, 1, 1])
    assert degrees(graph(2, [(0, 1), (0, 1), (0, 1)])) == pytest.approx([1, 1])  # repeated edges are one


def test_relabelling_permutes_them_and_a_union_is_the_parts() -> None:
    data, place = graph(5, [(0, 1), (1, 2), (1, 3), (3, 4)]), torch.tensor([2, 4, 0, 1, 3])
    moved = Data(edge_index=place[data.edge_index], num_nodes=5)
    assert [degrees(moved)[i] for i in place.tolist()] == pytest.approx(degrees(data))
    union = Data(edge_index=torch.cat([data.edge_index, moved.edge_index + 5], dim=1), num_nodes=10)
    assert degrees(union) == pytest.approx(degrees(data) + degrees(moved))


@pytest.mark.parametrize("backend", ["dense", "chebyshev"])
def test_they_are_pygs_on_real_molecules(molecules: tuple[GraphSchema, PackedGraphs], backend: str) -> None:
    graphs = molecules[1]
    bonds = torch.cat([degree(data.edge_index[0], data.num_nodes) for data in graphs])
    spectrum = compute_spectrum(graphs, backend=backend)  # type: ignore[arg-type]
    found = EncodingSet([Degree()]).encode_nodes(spectrum).fields["node_encoding"][:, 0]
    torch.testing.assert_close(found, torch.log1p(bonds.clamp(min=1)), atol=1e-5, rtol=0)
