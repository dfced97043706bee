"""What encodings tell apart: never isomorphic graphs, and the pairs that theory says they do and do not."""

import networkx as nx
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import from_networkx

from mspe.common.errors import MspeError
from mspe.encodings import PRESETS
from mspe.encodings.expressivity import ToldApart, tell_apart

INVARIANT = [name for name in PRESETS if name not in ("lappe", "maglappe", "r_pearl", "hdse")]
BY_PATHS = ("spse", "gsn")  # which no spectrum decides, and which are too many in dense graphs


def data(graph: nx.Graph) -> Data:
    return from_networkx(graph)


def csl(skip: int, nodes: int = 41) -> Data:
    """A ring with a chord from each node to the one `skip` further."""
    return data(nx.circulant_graph(nodes, [1, skip]))


def rook() -> Data:
    """The 4 × 4 rook's graph, strongly regular with parameters (16, 6, 2, 2)."""
    return data(nx.line_graph(nx.complete_bipartite_graph(4, 4)))


def shrikhande() -> Data:
    """The other strongly regular graph with these parameters: a Cayley graph of ℤ₄ × ℤ₄."""
    steps = [(0, 1), (1, 0), (1, 1), (0, 3), (3, 0), (3, 3)]
    graph = nx.Graph()
    for a in range(4):
        for b in range(4):
            graph.add_edges_from(((a, b), ((a + x) % 4, (b + y) % 4)) for x, y in steps)
    return data(nx.convert_node_labels_to_integers(graph))


@pytest.mark.parametrize("name", INVARIANT)
@pytest.mark.parametrize("seed", range(3))
def test_relabelled_graphs_are_never_told_apart(name: str, seed: int) -> None:
    graph = nx.gnp_random_graph(14, 0.3, seed=seed)
    order = torch.randperm(14, generator=torch.Generator().manual_seed(seed)).tolist()
    relabelled = nx.relabel_nodes(graph, dict(enumerate(order)))
    assert tell_apart(name, data(graph), data(nx.Graph(relabelled))) == ToldApart(False, False)


def test_rings_of_the_same_size_in_one_and_two_pieces() -> None:
    """Weisfeiler and Leman's colours are equal; returning walks, and distances, are not."""
    whole, pieces = data(nx.cycle_graph(6)), data(nx.disjoint_union(nx.cycle_graph(3), nx.cycle_graph(3)))
    assert tell_apart("rwse", whole, pieces).node and tell_apart("rrwp", whole, pieces).pair
    assert tell_apart("spd", whole, pieces) == ToldApart(False, True)
    assert not tell_apart("none", whole, pieces) and not tell_apart({"degree": True}, whole, pieces)


def test_regular_graphs_of_different_skips_are_told_apart_by_walks() -> None:
    assert tell_apart("rwse", csl(2), csl(3)).node and tell_apart("default", csl(5), csl(9)).node


def test_strongly_regular_graphs_of_the_same_parameters_are_not_told_apart_by_any_function_of_the_spectrum() -> None:
    """They have one spectrum, and every f(A)_ij depends on whether i and j are equal, adjacent or neither alone."""
    for name in set(INVARIANT) - set(BY_PATHS):
        assert not tell_apart(name, rook(), shrikhande()), name


def test_signs_and_orders_that_are_arbitrary_random_numbers_and_other_sizes_are_refused() -> None:
    with pytest.raises(MspeError, match=r"^bank: eigenvector\(1\) is known up to its sign"):
        tell_apart("lappe", rook(), shrikhande())
    for name, encoding in (("maglappe", "magnetic_eigenvectors"), ("hdse", "hierarchical")):
        with pytest.raises(MspeError, match=rf"^bank: {encoding} may change with the order of the nodes"):
            tell_apart(name, rook(), shrikhande())
    for random in ("r_pearl", {"filters": {}, "random_features": True}):
        with pytest.raises(
            MspeError, match=r"^bank: (pearl|random_features) has random numbers, which tell any graphs"
        ):
            tell_apart(random, rook(), rook())
    with pytest.raises(MspeError, match=r"^graphs: got 6 nodes with 12 edges and 7 nodes with 14 edges, expected"):
        tell_apart("rwse", data(nx.cycle_graph(6)), data(nx.cycle_graph(7)))
