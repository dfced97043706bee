"""Every encoding of the catalogue on ZINC-12k: what it costs, beside a peer, and by how much the two differ at most.

A thousand validation molecules (`MSPE_DATA` names the raw files' folder), each side from the graphs as it stores them
to finished numbers; in turn, in one process, medians of seconds of the processor. The pair channels of an encoding are
computed as in training, in batches of 32 that are there, and never stored. A peer may get fewer graphs; its time is
scaled up.

With `--large`, the stored node channels of one random geometric graph of 20,000 nodes and mean degree 6 instead:
seconds, or why an encoding refuses it.

    python -m benchmarks.catalogue [--repetitions 3] [--graphs 1000]
"""

import argparse
import json
import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import networkx as nx
import numpy as np
import torch
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GPSE
from torch_geometric.nn.models.gpse import IdentityHead
from torch_geometric.utils import from_networkx, to_networkx

from benchmarks import peers
from benchmarks.peers import Function
from benchmarks.timing import interleaved
from mspe.common.errors import MspeError
from mspe.common.json_files import write_json
from mspe.dataset import get_dataset
from mspe.encodings import BankConfig, BatchEncodings, EncodingParams, EncodingSet, GraphStatistics, compute_spectrum
from mspe.encodings.spectrum import further
from mspe.graphs import DenseLayout, PackedGraphs

RESULT = Path("benchmarks/results/catalogue.json")
LARGE_RESULT = Path("benchmarks/results/catalogue_large.json")
BATCH = 32
GPSE_WIDTH = 64


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
    function: Function
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


def _filter(name: str, **params: Any) -> dict[str, Any]:
    return {"filters": {name: params}}


EVERY = range(100)
ROWS = (
    Row(
        "walk",
        _filter("walk", steps=list(range(1, 21))),
        "closed forms, PyG",
        Peer("PyG AddRandomWalkPE", peers.random_walk, channels=EVERY[:20], share=10),
    ),
    Row(
        "heat",
        _filter("heat", times=[1, 4, 16]),
        "closed forms, expm",
        Peer("scipy expm", peers.heat, channels=(0, 1, 2), share=10),
    ),
    Row(
        "wavelet",
        _filter("wavelet", times=[1, 4, 16]),
        "closed forms",
        Peer("PyGSP", peers.wavelet, channels=(0, 1, 2), share=10),
    ),
    Row(
        "ppr",
        _filter("ppr", restarts=[0.1, 0.2]),
        "closed forms, inverse",
        Peer("numpy inverse", peers.pagerank, "pair", (0, 1), share=10),
    ),
    Row("learned", _filter("learned", channels=8), "invariances, gradient"),
    Row("degree", {"degree": True}, "by hand"),
    Row(
        "eigenvectors",
        {"eigenvectors": 8},
        "eigenvalue equation",
        Peer("PyG AddLaplacianEigenvectorPE", peers.eigenvectors, share=10),
    ),
    Row("distance", {"distance": 5}, "NetworkX", Peer("NetworkX", peers.distance, "pair", (), share=10)),
    Row(
        "hierarchical",
        {"hierarchical": True},
        "NetworkX",
        Peer("NetworkX", peers.hierarchical, "pair", share=10),
    ),
    Row("landmarks", {"landmarks": True}, "NetworkX", Peer("NetworkX", peers.landmarks, share=10)),
    Row(
        "resistance",
        {"resistance": True},
        "series, parallel, Foster, NetworkX",
        Peer("NetworkX", peers.resistance, "pair", (0,), share=10),
    ),
    Row(
        "diffusion_distance",
        {"diffusion_distance": [1.0, 4.0]},
        "closed forms, expm",
        Peer("scipy expm", peers.diffusion, "pair", (0, 1), share=10),
    ),
    Row(
        "biharmonic",
        {"biharmonic": True},
        "closed forms, pseudo-inverse",
        Peer("numpy pinv", peers.biharmonic, "pair", (0,), share=10),
    ),
    Row(
        "communicability",
        {"communicability": [1.0]},
        "NetworkX, expm",
        Peer("NetworkX", peers.communicability, "pair", (0,), share=10),
    ),
    Row("katz", {"katz": [0.5]}, "NetworkX", Peer("NetworkX", peers.katz, share=10)),
    Row(
        "electrostatic",
        {"electrostatic": True},
        "GraphGPS's function",
        Peer("GraphGPS, rewritten", peers.electrostatic, channels=EVERY[:10], share=10),
    ),
    Row(
        "magnetic",
        {"magnetic": True},
        "closed forms, expm, conjugation",
        Peer("scipy expm", peers.magnetic, "pair", EVERY[:10], share=10),
    ),
    Row(
        "magnetic_eigenvectors",
        {"magnetic_eigenvectors": 8},
        "eigenvalue equation, conjugation",
        Peer("numpy eigh", peers.magnetic_eigenvectors, share=10),
    ),
    Row(
        "cycles",
        {"cycles": {"lengths": [3, 4, 5, 6]}},
        "brute force, NetworkX",
        Peer("NetworkX", peers.cycles, channels=EVERY[:4], share=10),
    ),
    Row(
        "rings",
        {"rings": True},
        "RDKit, NetworkX",
        Peer("NetworkX", peers.rings, channels=(), share=10),
    ),
    Row("homomorphisms", {"homomorphisms": True}, "brute force"),
    Row("roles", {"roles": True}, "NetworkX", Peer("NetworkX", peers.roles, channels=EVERY[:5], share=10)),
    Row(
        "simple_paths",
        {"simple_paths": 4},
        "brute force, NetworkX",
        Peer("NetworkX", peers.simple_paths, "pair", EVERY[:4], share=50),
    ),
    Row("wl", {"wl": True}, "NetworkX", Peer("NetworkX", peers.colours, share=10)),
    Row("pearl", {"pearl": True}, "invariances, gradient"),
    Row("stable", {"stable": True}, "its definition, invariances, gradient"),
    Row(
        "eigenvector_distance",
        {"eigenvector_distance": 8},
        "invariances, gradient",
        Peer("PyG's eigenvectors, cdist", peers.eigenvector_distance, "pair", share=10),
    ),
    Row("random_features", {"random_features": True}, "moments, over draws and nodes"),
)


def gpse_row(folder: Path) -> Row:
    """GPSE of random weights, of an eighth of the published model's width, whose file lies in a folder."""
    torch.manual_seed(0)
    model = GPSE(dim_inner=GPSE_WIDTH, num_node_targets=1, num_graph_targets=1).eval()
    torch.save(model.state_dict(), folder / "gpse.pt")
    model.post_mp = IdentityHead()
    peer = Peer("PyG AddGPSE", peers.gpse_of(model), share=50)
    return Row("gpse", {"gpse": {"weights": str(folder / "gpse.pt")}}, "PyG", peer)


def batches_of(graphs: PackedGraphs) -> list[Batch]:
    """As in training; graphs are in the order of their sizes."""
    return list(graphs.batches([BATCH] * (len(graphs) // BATCH) + [len(graphs) % BATCH][: len(graphs) % BATCH]))


def encodings_of(bank: EncodingSet, batches: Sequence[Batch]) -> Iterator[BatchEncodings]:
    """What a model sees of each batch."""
    return (BatchEncodings(bank, batch, DenseLayout.blocks(batch.ptr)) for batch in batches)


def resolved(row: Row, graphs: PackedGraphs, spectra: PackedGraphs) -> BankConfig:
    """The bank of a row, with what is read off the graphs."""
    statistics = GraphStatistics.of([spectra], int(graphs.num_nodes.max()), graphs=lambda: [graphs])
    return EncodingParams.model_validate({"filters": {}, **row.bank}).resolve(statistics)


@torch.no_grad()
def measured(row: Row, graphs: PackedGraphs, plain: list[tuple[Data, nx.Graph]], repetitions: int) -> dict[str, Any]:
    """Milliseconds per 1,000 graphs, of its own and to decompose; the peer's against both; the largest difference."""
    config = resolved(row, graphs, compute_spectrum(graphs))
    bank, peer, scale = EncodingSet.from_config(config), row.peer, 1e6 / len(graphs)
    reads = any("spectrum" in encoding.needs for encoding in bank) or bool(further(bank.operators))
    spectra = compute_spectrum(graphs, operators=bank.operators)
    stored = graphs.with_fields_of(spectra)
    batches = batches_of(stored)

    def decompose() -> None:
        if reads:
            compute_spectrum(graphs, operators=bank.operators)

    def node() -> None:
        if bank.stored:
            bank.encode_nodes(spectra, lambda: graphs)
        else:
            for encodings in encodings_of(bank, batches):
                encodings.node()

    def pair() -> None:
        for encodings in encodings_of(EncodingSet.from_config(config), batches):  # a new one has kept nothing
            encodings.pair()

    own = {"node": node} if bank.node_channels else {}
    own |= {"pair": pair} if bank.pair_channels else {}
    found: dict[str, Any] = {"checked_by": row.checked_by}
    if peer is None:
        return found | _milliseconds({**own, "decomposition": decompose}, scale, repetitions)

    def whole() -> None:
        decompose()
        own[peer.place]()

    share = plain[:: peer.share]
    seconds, theirs = interleaved(
        whole, lambda: [peer.function(*graph) for graph in share], repetitions, time.process_time
    )
    theirs *= len(plain) / len(share)
    found |= _milliseconds({**own, "decomposition": decompose}, scale, repetitions)
    found |= {"peer": peer.name, "peer_ms": round(scale * theirs, 1), "ratio": round(theirs / seconds, 1)}
    found["ratio_of_its_own"] = round(scale * theirs / found[f"{peer.place}_ms"], 1)
    if peer.channels:
        found["largest_difference"] = float(f"{largest_difference(bank, peer, stored, plain):.1e}")
    return found


def _milliseconds(parts: dict[str, Callable[[], None]], scale: float, repetitions: int) -> dict[str, float]:
    """Of each part alone."""
    seconds = {name: interleaved(part, lambda: None, repetitions, time.process_time)[0] for name, part in parts.items()}
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
        start = time.perf_counter()
        try:
            bank = EncodingSet.from_config(resolved(row, graphs, normalized))
            if not bank.stored:
                continue
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
    parser.add_argument("--only", nargs="+", metavar="NAME", help="measure these again and keep the others' results")
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
    table = json.loads(RESULT.read_text())["encodings"] if arguments.only else {}
    with TemporaryDirectory() as folder:
        for row in (*ROWS, gpse_row(Path(folder))):
            if arguments.only and row.name not in arguments.only:
                continue
            table[row.name] = measured(row, structure, plain, arguments.repetitions)
            print(f"{row.name:<20}", ", ".join(f"{key} {value}" for key, value in table[row.name].items()), flush=True)
    machine = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, torch {torch.__version__}"
    write_json(RESULT, {"machine": machine, "threads": 1, "graphs": len(structure), "encodings": table})


if __name__ == "__main__":
    main()
