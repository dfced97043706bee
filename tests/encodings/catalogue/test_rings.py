"""Rings: RDKit on real molecules, closed forms."""

import networkx
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import from_networkx

from mspe.encodings import EncodingSet, Rings
from mspe.graphs import GraphSchema, PackedGraphs
from tests.conftest import complete, cycle, graph
from tests.encodings.fixtures import view_of


def rings(data: Data) -> list[list[int]]:
    """The sizes of each node's rings, 9 of all above 8."""
    return [(torch.nonzero(row).flatten() + 3).tolist() for row in Rings().node(view_of(data))]


def test_closed_forms() -> None:
    assert rings(cycle(6)) == [[6]] * 6
    assert rings(cycle(11)) == [[9]] * 11
    assert rings(complete(5)) == [[3]] * 5
    assert rings(graph(4, [(0, 1), (0, 2), (0, 3)])) == [[]] * 4
    naphthalene_with_a_triangle = from_networkx(networkx.Graph([*networkx.ladder_graph(2).edges, (0, 4), (2, 4)]))
    assert sorted(map(tuple, rings(naphthalene_with_a_triangle))) == [(3,), (3, 4), (3, 4), (4,), (4,)]


def test_pairs_are_the_edges_on_each_ring() -> None:
    data = graph(5, [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4)])
    pair = Rings(3).pair(view_of(data))[0]
    triangle = {(0, 1), (1, 2), (0, 2)}
    expected = [[float((min(i, j), max(i, j)) in triangle) for j in range(5)] for i in range(5)]
    assert pair[..., 0].tolist() == expected and not pair[..., 1].any()
    assert EncodingSet.from_config({"rings": {"pair": False}}).pair_channels == []


def test_they_are_rdkits_on_molecules(molecules: tuple[GraphSchema, PackedGraphs]) -> None:
    Chem = pytest.importorskip("rdkit.Chem")  # noqa: N806
    compared = 0
    for data in molecules[1]:
        molecule = Chem.RWMol()
        for _ in range(data.num_nodes):
            molecule.AddAtom(Chem.Atom("C"))
        for i, j in data.edge_index.T.tolist():
            if i < j:
                molecule.AddBond(i, j, Chem.BondType.SINGLE)
        Chem.GetSymmSSSR(molecule)
        found = rings(Data(edge_index=data.edge_index, num_nodes=data.num_nodes))
        for atom, sizes in zip(molecule.GetAtoms(), found, strict=True):
            assert [size for size in range(3, 9) if atom.IsInRingSize(size)] == [size for size in sizes if size < 9]
            assert atom.IsInRing() == bool(sizes)
            compared += bool(sizes)
    assert compared > 200
