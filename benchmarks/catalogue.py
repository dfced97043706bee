"""Every encoding of the catalogue on ZINC-12k: what it costs, beside a peer, and by how much the two differ at most.

A thousand validation molecules (`MSPE_DATA` names the raw files' folder), each side from the graphs as it stores them
to finished numbers, the decomposition included; in turn, in one process, medians. The pair channels of an encoding are
computed as in training, in batches of 32, and never stored. A peer may get fewer graphs; its time is scaled up.

With `--large`, the node channels of one random geometric graph of 20,000 nodes and mean degree 6 instead: seconds, or
why an encoding refuses it.

    python -m benchmarks.catalogue [--repetitions 3] [--graphs 1000]
"""

import argparse
import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import torch
from scipy.linalg import expm
from torch_geometric.data import Data
from torch_geometric.transforms import AddLaplacianEigenvectorPE, AddRandomWalkPE
from torch_geometric.utils import from_networkx, to_networkx

from benchmarks.timing import interleaved
from mspe.common.errors import MspeError
from mspe.common.json_files import write_json
from mspe.dataset import get_dataset
from mspe.encodings import BatchEncodings, EncodingSet, compute_spectrum
from mspe.encodings.spectrum import further
from mspe.graphs import DenseLayout, PackedGraphs

RESULT = Path("benchmarks/results/catalogue.json")
LARGE_RESULT = Path("benchmarks/results/catalogue_large.json")
BATCH = 32

Values = np.ndarray
"""Of a graph: [nodes, channels], or [nodes, nodes, channels]."""


@dataclass(frozen=True)
class Peer:
    """Someone else's function of a graph, and the channels of ours that are the same numbers.

    Attributes
    ----------
    name
        Whose it is.
    function
        Of a PyG graph and its NetworkX form.
    place
        Of our channels, `node` or `pair`.
    channels
        Which of them it computes; none where it only stands for the cost, say since signs are arbitrary.
    share
        Of the graphs that it is given: every so manieth.
    """

    name: str
    function: Callable[[Data, nx.Graph], Values]
    place: str = "node"
    channels: Sequence[int] = ()
    share: int = 1


@dataclass(frozen=True)
class Row:
    """An encoding, what checks its definition in the tests, and its peer."""

    name: str
    bank: dict[str, Any]
    checked_by: str
    peer: Peer | None = None


def _laplacian(graph: nx.Graph) -> Values:
    return nx.normalized_laplacian_matrix(graph).toarray()


def _adjacency(graph: nx.Graph) -> tuple[Values, float]:
    matrix = nx.to_numpy_array(graph)
    return matrix, float(np.abs(np.linalg.eigvalsh(matrix)).max())


def _random_walk(data: Data, _: nx.Graph) -> Values:
    return AddRandomWalkPE(20, attr_name="pe")(data.clone()).pe.numpy()


def _eigenvectors(data: Data, _: nx.Graph) -> Values:
    return AddLaplacianEigenvectorPE(8, attr_name="pe")(data.clone()).pe.numpy()


def _heat(_: Data, graph: nx.Graph) -> Values:
    laplacian = _laplacian(graph)
    return np.stack([np.diag(expm(-t * laplacian)) for t in (1.0, 4.0, 16.0)], axis=-1)


def _pagerank(_: Data, graph: nx.Graph) -> Values:
    """By one linear solve a restart, of the walk matrix."""
    matrix = nx.to_numpy_array(graph)
    walk = matrix / matrix.sum(axis=1, keepdims=True)
    identity = np.eye(len(walk))
    return np.stack([a * np.linalg.inv(identity - (1 - a) * walk) for a in (0.1, 0.2)], axis=-1)


def _distance(_: Data, graph: nx.Graph) -> Values:
    found = np.zeros((len(graph), len(graph), 1))
    for source, lengths in nx.all_pairs_shortest_path_length(graph):
        for target, length in lengths.items():
            found[source, target] = length <= 5
    return found


def _resistance(_: Data, graph: nx.Graph) -> Values:
    found = nx.resistance_distance(graph)
    return np.array([[found[i][j] for j in graph] for i in graph])[..., None]


def _diffusion(_: Data, graph: nx.Graph) -> Values:
    channels = []
    for t in (1.0, 4.0):
        kernel = expm(-t * _laplacian(graph))
        channels.append(np.linalg.norm(kernel[:, None] - kernel[None], axis=-1))
    return np.stack(channels, axis=-1)


def _biharmonic(_: Data, graph: nx.Graph) -> Values:
    inverse = np.linalg.pinv(nx.laplacian_matrix(graph).toarray().astype(float), hermitian=True)
    return np.log1p(np.linalg.norm(inverse[:, None] - inverse[None], axis=-1))[..., None]


def _communicability(_: Data, graph: nx.Graph) -> Values:
    """NetworkX's, at β' = 1, which is ours at β = ρ but for the factor e^ρ; here ours is asked for at β = 1."""
    matrix, radius = _adjacency(graph)
    scaled = nx.from_numpy_array(matrix / radius)
    nx.communicability_exp(scaled)  # it takes no weights into account: for its time
    return (expm(matrix / radius) / np.e)[..., None]


def _katz(_: Data, graph: nx.Graph) -> Values:
    _, radius = _adjacency(graph)
    found = nx.katz_centrality_numpy(graph, alpha=0.5 / radius, normalized=False)
    return 0.5 * np.array([found[node] for node in graph])[:, None]


def _electrostatic(data: Data, _: nx.Graph) -> Values:
    """GraphGPS's `get_electrostatic_function_encoding`, written once more."""
    laplacian = torch.from_numpy(nx.laplacian_matrix(to_networkx(data, to_undirected=True)).toarray()).double()
    potential = torch.linalg.pinv(laplacian, hermitian=True)
    potential = potential - potential.diagonal()
    step = laplacian.abs().fill_diagonal_(0) / laplacian.diagonal()[:, None]
    column = [potential.amin(0), potential.amax(0), potential.mean(0), potential.std(0)]
    row = [potential.amin(1), potential.amax(0), potential.mean(1), potential.std(1)]
    return torch.stack([*column, *row, (step * potential).sum(0), (step * potential).sum(1)], dim=1).numpy()


def _cycles(_: Data, graph: nx.Graph) -> Values:
    counts = np.zeros((len(graph), 4))
    for cycle in nx.simple_cycles(graph, length_bound=6):
        counts[cycle, len(cycle) - 3] += 1
    return np.log1p(counts)


def _roles(_: Data, graph: nx.Graph) -> Values:
    """In the units of ours: PageRank of mean 1, and log(1 + x) of what grows."""
    kinds = (nx.clustering, nx.core_number, nx.pagerank, nx.eccentricity, nx.betweenness_centrality)
    found = np.array([[values[node] for node in graph] for values in (kind(graph) for kind in kinds)])
    found[2] *= len(graph)
    found[1:4] = np.log1p(found[1:4])
    return found.T


def _rings(_: Data, graph: nx.Graph) -> Values:
    member = np.zeros((len(graph), 7))
    for ring in nx.minimum_cycle_basis(graph):
        member[ring, min(len(ring), 9) - 3] = 1
    return member


def _simple_paths(_: Data, graph: nx.Graph) -> Values:
    counts = np.zeros((len(graph), len(graph), 4))
    for i in graph:
        for path in nx.all_simple_paths(graph, i, set(graph) - {i}, cutoff=4):
            counts[i, path[-1], len(path) - 2] += 1
    return np.log1p(counts)


def _filter(name: str, **params: Any) -> dict[str, Any]:
    return {"filters": {name: params}}


EVERY = range(100)
ROWS = (
    Row(
        "walk",
        _filter("walk", steps=list(range(1, 21))),
        "closed forms, PyG",
        Peer("PyG AddRandomWalkPE", _random_walk, channels=EVERY[:20]),
    ),
    Row("heat", _filter("heat", times=[1, 4, 16]), "closed forms, expm", Peer("scipy expm", _heat, channels=(0, 1, 2))),
    Row("wavelet", _filter("wavelet", times=[1, 4, 16]), "closed forms"),
    Row(
        "ppr",
        _filter("ppr", restarts=[0.1, 0.2]),
        "closed forms, inverse",
        Peer("numpy inverse", _pagerank, "pair", (0, 1)),
    ),
    Row("degree", {"degree": True}, "by hand"),
    Row(
        "eigenvectors",
        {"eigenvectors": 8},
        "eigenvalue equation",
        Peer("PyG AddLaplacianEigenvectorPE", _eigenvectors),
    ),
    Row("distance", {"distance": 5}, "NetworkX", Peer("NetworkX", _distance, "pair", ())),
    Row(
        "resistance",
        {"resistance": True},
        "series, parallel, Foster, NetworkX",
        Peer("NetworkX", _resistance, "pair", (0,)),
    ),
    Row(
        "diffusion_distance",
        {"diffusion_distance": [1.0, 4.0]},
        "closed forms, expm",
        Peer("scipy expm", _diffusion, "pair", (0, 1)),
    ),
    Row(
        "biharmonic",
        {"biharmonic": True},
        "closed forms, pseudo-inverse",
        Peer("numpy pinv", _biharmonic, "pair", (0,)),
    ),
    Row(
        "communicability",
        {"communicability": [1.0]},
        "NetworkX, expm",
        Peer("NetworkX", _communicability, "pair", (0,), share=10),
    ),
    Row("katz", {"katz": [0.5]}, "NetworkX", Peer("NetworkX", _katz)),
    Row(
        "electrostatic",
        {"electrostatic": True},
        "GraphGPS's function",
        Peer("GraphGPS, rewritten", _electrostatic, channels=EVERY[:10]),
    ),
    Row("magnetic", {"magnetic": True}, "conjugation, symmetric graphs"),
    Row(
        "cycles",
        {"cycles": {"lengths": [3, 4, 5, 6]}},
        "brute force, NetworkX",
        Peer("NetworkX", _cycles, channels=EVERY[:4], share=10),
    ),
    Row(
        "rings",
        {"rings": True},
        "RDKit, NetworkX",
        Peer("NetworkX", _rings, channels=(), share=10),
    ),
    Row("homomorphisms", {"homomorphisms": True}, "brute force"),
    Row("roles", {"roles": True}, "NetworkX", Peer("NetworkX", _roles, channels=EVERY[:5], share=10)),
    Row(
        "simple_paths",
        {"simple_paths": 4},
        "brute force, NetworkX",
        Peer("NetworkX", _simple_paths, "pair", EVERY[:4], share=50),
    ),
)


def pair_channels(bank: EncodingSet, graphs: PackedGraphs) -> Iterator[tuple[DenseLayout, torch.Tensor]]:
    """The pair channels of batches, in blocks, from spectra that are stored; graphs are in the order of their sizes."""
    for first in range(0, len(graphs), BATCH):
        batch = graphs.collate(range(first, min(first + BATCH, len(graphs))))
        blocks = DenseLayout.blocks(batch.ptr)
        yield from zip(blocks, BatchEncodings(bank, batch, blocks).pair(), strict=True)


def with_spectra(bank: EncodingSet, graphs: PackedGraphs) -> PackedGraphs:
    """Graphs with what pair channels read."""
    return graphs.with_fields_of(compute_spectrum(graphs, operators=bank.operators))


def measured(row: Row, graphs: PackedGraphs, plain: list[tuple[Data, nx.Graph]], repetitions: int) -> dict[str, Any]:
    """Milliseconds per 1,000 graphs, of its own and to decompose; the peer's against both; the largest difference."""
    bank, peer, scale = EncodingSet.from_config(row.bank), row.peer, 1e6 / len(graphs)
    reads = any("spectrum" in encoding.needs for encoding in bank) or bool(further(bank.operators))
    spectra, stored = compute_spectrum(graphs, operators=bank.operators), with_spectra(bank, graphs)

    def decompose() -> None:
        if reads:
            compute_spectrum(graphs, operators=bank.operators)

    def node() -> None:
        bank.encode_nodes(spectra, lambda: graphs)

    def pair() -> None:
        for _ in pair_channels(bank, stored):
            pass

    own = {"node": node} if bank.node_channels else {}
    own |= {"pair": pair} if bank.pair_channels else {}
    found: dict[str, Any] = {"checked_by": row.checked_by}
    if peer is None:
        return found | _milliseconds({**own, "decomposition": decompose}, scale, repetitions)

    def whole() -> None:
        decompose()
        own[peer.place]()

    share = plain[:: peer.share]
    seconds, theirs = interleaved(whole, lambda: [peer.function(*graph) for graph in share], repetitions)
    theirs *= len(plain) / len(share)
    found |= _milliseconds({**own, "decomposition": decompose}, scale, repetitions)
    found |= {"peer": peer.name, "peer_ms": round(scale * theirs, 1), "ratio": round(theirs / seconds, 1)}
    if peer.channels:
        found["largest_difference"] = float(f"{largest_difference(bank, peer, stored, plain):.1e}")
    return found


def _milliseconds(parts: dict[str, Callable[[], None]], scale: float, repetitions: int) -> dict[str, float]:
    """Of each part alone."""
    seconds = {name: interleaved(part, lambda: None, repetitions)[0] for name, part in parts.items()}
    return {f"{name}_ms": round(scale * value, 1) for name, value in seconds.items()}


def largest_difference(
    bank: EncodingSet, peer: Peer, stored: PackedGraphs, plain: list[tuple[Data, nx.Graph]]
) -> float:
    """Over connected graphs, of which peers and we have one definition."""
    chosen = [number for number in range(0, len(plain), peer.share) if nx.is_connected(plain[number][1])]
    worst = 0.0
    for number in chosen:
        batch = stored.collate([number])
        encodings = BatchEncodings(bank, batch, DenseLayout.blocks(batch.ptr))
        ours = (encodings.node() if peer.place == "node" else encodings.pair()[0][0]).double().numpy()
        theirs = peer.function(*plain[number])
        worst = max(worst, float(np.abs(ours[..., list(peer.channels)] - theirs).max()))
    return worst


def measure_large(num_nodes: int) -> dict[str, float | str]:
    """Seconds for the node channels of each encoding on one large graph, the spectrum included, or its refusal."""
    radius = (6 / num_nodes / np.pi) ** 0.5
    network = nx.random_geometric_graph(num_nodes, radius, seed=0)
    graphs = PackedGraphs.from_structure(Data(edge_index=from_networkx(network).edge_index, num_nodes=num_nodes))
    start = time.perf_counter()
    normalized = compute_spectrum(graphs, backend="auto")
    decomposition = time.perf_counter() - start
    found: dict[str, float | str] = {}
    for row in ROWS:
        bank = EncodingSet.from_config(row.bank)
        if not bank.node_channels:
            continue
        start = time.perf_counter()
        try:
            if further(bank.operators):
                compute_spectrum(graphs, backend="auto", operators=bank.operators)
            bank.encode_nodes(normalized, lambda: graphs)
            reads = any("spectrum" in encoding.needs for encoding in bank)
            found[row.name] = round(time.perf_counter() - start + reads * decomposition, 2)
        except MspeError as error:
            found[row.name] = str(error)
        print(f"{row.name:<20}", found[row.name], flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--graphs", type=int, default=1000)
    parser.add_argument("--large", type=int, nargs="?", const=20_000, metavar="NODES")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.large:
        measured_large = measure_large(arguments.large)
        write_json(LARGE_RESULT, {"nodes": arguments.large, "threads": 1, "encodings": measured_large})
        return
    (_, val, _) = get_dataset("zinc").get_splits()
    chosen = torch.argsort(val.num_nodes, stable=True)[:: max(1, len(val) // arguments.graphs)]
    structure = PackedGraphs(val.num_nodes, val.num_edges, val.edge_index, {}, {})[chosen]
    data = [Data(edge_index=graph.edge_index, num_nodes=graph.num_nodes) for graph in structure]
    plain = [(graph, to_networkx(graph, to_undirected=True)) for graph in data]
    table = {}
    for row in ROWS:
        table[row.name] = measured(row, structure, plain, arguments.repetitions)
        print(f"{row.name:<20}", ", ".join(f"{key} {value}" for key, value in table[row.name].items()), flush=True)
    machine = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, torch {torch.__version__}"
    write_json(RESULT, {"machine": machine, "threads": 1, "graphs": len(structure), "encodings": table})


if __name__ == "__main__":
    main()
