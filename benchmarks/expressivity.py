"""Which encoding can see what: pairs of graphs that colour refinement confuses, told apart before any training.

The families are those of BREC (Wang and Zhang, arXiv 2304.07702), built from their definitions where these are short:
all confused pairs of up to seven nodes, cubic graphs of ten nodes, strongly regular graphs of equal parameters,
circular skip links, and graphs of Cai, Fürer and Immerman. `--brec FILE` counts the pairs of BREC's own file instead,
and its controls, pairs of one graph in two orders.

    python -m benchmarks.expressivity [--brec brec_v3.npy]
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from torch_geometric.data import Data
from torch_geometric.utils import from_networkx

from mspe.common.errors import MspeError
from mspe.common.json_files import write_json
from mspe.encodings import EncodingSet
from mspe.encodings.expressivity import tell_apart

RESULT = Path("benchmarks/results/expressivity.json")
SKIPS = (2, 3, 4, 5, 6, 9, 11, 12, 13, 16)
CUBIC = 10
BREC_COPIES = 64
BREC_FAMILIES = {
    **{"Basic": (0, 60), "Regular": (60, 160), "Extension": (160, 260), "CFI": (260, 360)},
    **{"4-vertex": (360, 380), "distance regular": (380, 400)},
}
ENCODINGS: dict[str, Any] = {
    "degree": {"degree": True},
    "rwse": "rwse",
    "rrwp": "rrwp",
    "hkse": "hkse",
    "spd": "spd",
    "wavelet": {"filters": {"wavelet": {"times": [0.5, 1, 2, 4, 8, 16]}}},
    "ppr": {"filters": {"ppr": {"restarts": [0.05, 0.1, 0.2, 0.4, 0.8]}}},
    "all": "default",
    **{name: {name: True} for name in ("resistance", "biharmonic", "diffusion_distance", "communicability", "katz")},
    **{name: {name: True} for name in ("electrostatic", "rings", "roles", "homomorphisms")},
    "cycles 3–5": {"cycles": {"lengths": [3, 4, 5]}},  # longer ones are too many to count in dense graphs
    "simple_paths 4": {"simple_paths": 4},
}

Pair = tuple[nx.Graph, nx.Graph]


def basic() -> list[Pair]:
    """All pairs of up to seven nodes that colour refinement does not tell apart."""
    alike = defaultdict(list)
    for graph in nx.graph_atlas_g()[1:]:
        nx.set_node_attributes(graph, 0, "colour")
        colours = nx.weisfeiler_lehman_graph_hash(graph, node_attr="colour", iterations=len(graph))
        alike[len(graph), graph.number_of_edges(), colours].append(graph)
    return [pair for graphs in alike.values() for pair in combinations(graphs, 2)]


def regular(nodes: int = 10) -> list[Pair]:
    """Pairs of cubic graphs, drawn until so many are found that are not isomorphic."""
    found: list[nx.Graph] = []
    seed = 0
    while len(found) < CUBIC:
        graph = nx.random_regular_graph(3, nodes, seed=seed)
        if nx.is_connected(graph) and not any(nx.is_isomorphic(graph, other) for other in found):
            found.append(graph)
        seed += 1
    return list(combinations(found, 2))


def strongly_regular() -> list[Pair]:
    """Pairs of equal parameters: (16, 6, 2, 2), (28, 12, 6, 4) and (36, 15, 6, 6)."""
    triangular = nx.convert_node_labels_to_integers(nx.line_graph(nx.complete_graph(8)), label_attribute="edge")
    switched = [nx.disjoint_union_all([nx.path_graph(2)] * 4), nx.cycle_graph(8)]
    switched.append(nx.disjoint_union(nx.cycle_graph(3), nx.cycle_graph(5)))
    chang = [_switch(triangular, {frozenset(edge) for edge in chosen.edges}) for chosen in switched]
    rook = nx.convert_node_labels_to_integers(nx.line_graph(nx.complete_bipartite_graph(4, 4)))
    steps = [(0, 1), (1, 0), (1, 1), (0, 3), (3, 0), (3, 3)]
    shrikhande = nx.Graph(
        ((4 * a + b), 4 * ((a + x) % 4) + (b + y) % 4) for a, b in product(range(4), repeat=2) for x, y in steps
    )
    dihedral = [[_permuted(a, b) for b in range(6)] for a in range(6)]
    cyclic = [[(a + b) % 6 for b in range(6)] for a in range(6)]
    squares = (_latin_square_graph(cyclic), _latin_square_graph(dihedral))
    return [(rook, shrikhande), *combinations([triangular, *chang], 2), squares]


def _switch(triangular: nx.Graph, edges: set[frozenset[int]]) -> nx.Graph:
    """Seidel's switching: adjacency between the chosen nodes and all others is turned around."""
    chosen = {node for node, edge in triangular.nodes(data="edge") if frozenset(edge) in edges}
    graph = nx.Graph(triangular.edges)
    for one, other in product(chosen, set(triangular) - chosen):
        if graph.has_edge(one, other):
            graph.remove_edge(one, other)
        else:
            graph.add_edge(one, other)
    return graph


def _permuted(a: int, b: int) -> int:
    """The product of two elements of the dihedral group of order 6, rⁱ sʲ being number i + 3 j."""
    (turn, flip), (other_turn, other_flip) = (a % 3, a // 3), (b % 3, b // 3)
    return (turn + (-other_turn if flip else other_turn)) % 3 + 3 * ((flip + other_flip) % 2)


def _latin_square_graph(square: list[list[int]]) -> nx.Graph:
    """Cells, joined where they share a row, a column or a symbol."""
    cells = [(row, column, square[row][column]) for row in range(len(square)) for column in range(len(square))]
    pairs = combinations(range(len(cells)), 2)
    return nx.Graph((i, j) for i, j in pairs if any(x == y for x, y in zip(cells[i], cells[j], strict=True)))


def skip_links() -> list[Pair]:
    """Pairs of circular skip links of 41 nodes."""
    return list(combinations([nx.circulant_graph(41, [1, skip]) for skip in SKIPS], 2))


def cai_furer_immerman() -> list[Pair]:
    """The plain and the twisted graph over K₄, K₃,₃ and the prism (Combinatorica 12, 1992)."""
    bases = [nx.complete_graph(4), nx.complete_bipartite_graph(3, 3), nx.circular_ladder_graph(3)]
    return [(_gadgets(base, twisted=False), _gadgets(base, twisted=True)) for base in bases]


def _gadgets(base: nx.Graph, twisted: bool) -> nx.Graph:
    graph = nx.Graph()
    edges = [tuple(sorted(edge)) for edge in base.edges]
    for node in base:
        around = [edge for edge in edges if node in edge]
        for even in (chosen for size in range(0, len(around) + 1, 2) for chosen in combinations(around, size)):
            graph.add_edges_from(((node, even), (node, edge, edge in even)) for edge in around)
    for number, edge in enumerate(edges):
        for bit in (False, True):
            graph.add_edge((edge[0], edge, bit), (edge[1], edge, bit != (twisted and number == 0)))
    return nx.convert_node_labels_to_integers(graph)


def read_brec(path: Path) -> dict[str, list[Pair]]:
    """BREC's pairs by family, and "controls", each a graph in two orders of its nodes.

    The file has strings of graph6: 64 of each pair, its two graphs in turn, 32 times in other orders of the nodes; then
    64 of each control, one graph in so many orders.
    """
    texts = np.load(path)
    if texts.size % (2 * BREC_COPIES):
        raise MspeError(f"{path}: got {texts.size} graphs, allowed: {BREC_COPIES} of each pair and of each control")
    first = [nx.from_graph6_bytes(text) for pair in texts.reshape(-1, BREC_COPIES)[:, :2] for text in pair.tolist()]
    both = list(zip(first[::2], first[1::2], strict=True))
    pairs, controls = both[: len(both) // 2], both[len(both) // 2 :]
    return {**{name: pairs[start:end] for name, (start, end) in BREC_FAMILIES.items()}, "controls": controls}


FAMILIES = {
    "basic": basic,
    "regular": regular,
    "strongly regular": strongly_regular,
    "CSL": skip_links,
    "CFI": cai_furer_immerman,
}


def told_apart(bank: Any, pairs: list[Pair]) -> Iterator[bool]:
    """Whether an encoding tells each pair apart."""
    encodings = EncodingSet.from_config(bank)
    for one, other in pairs:
        yield bool(tell_apart(encodings, _data(one), _data(other)))


def _data(graph: nx.Graph) -> Data:
    numbered = nx.convert_node_labels_to_integers(graph)
    plain = nx.Graph()
    plain.add_nodes_from(numbered)
    plain.add_edges_from(numbered.edges)
    return from_networkx(plain)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brec", type=Path, help="BREC's file of pairs")
    arguments = parser.parse_args()
    families = read_brec(arguments.brec) if arguments.brec else {name: make() for name, make in FAMILIES.items()}
    table: dict[str, Any] = {"pairs": {name: len(pairs) for name, pairs in families.items()}, "told_apart": {}}
    print(f"{'':<16}" + "".join(f"{name} ({len(pairs)})".rjust(22) for name, pairs in families.items()))
    for name, bank in ENCODINGS.items():
        found = {family: sum(told_apart(bank, pairs)) for family, pairs in families.items()}
        table["told_apart"][name] = found
        print(f"{name:<16}" + "".join(str(count).rjust(22) for count in found.values()), flush=True)
    if not arguments.brec:
        write_json(RESULT, table)


if __name__ == "__main__":
    main()
