"""How fast the encodings are, beside PyG's and NetworkX's, on the 12,000 graphs of ZINC-12k.

Both sides run in this process, in turn, each from the graphs as it stores them (PyG: a list of `Data`; NetworkX: a list
of `Graph`; ours: packed) to finished numbers; medians of several repetitions. `MSPE_DATA` names the raw files' folder.
Prints a table, and one line of JSON at the end.

    MSPE_DATA=… python -m benchmarks.encodings [--repetitions 3] [--skip-large] [--skip-memory]
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import torch
from torch import nn
from torch_geometric.data import Data
from torch_geometric.transforms import AddLaplacianEigenvectorPE, AddRandomWalkPE
from torch_geometric.utils import to_networkx

from benchmarks.pyg import PyGModel
from benchmarks.timing import interleaved, show
from mspe.dataset import get_dataset
from mspe.encodings import PRESETS, BatchEncodings, EncodingSet, compute_spectrum, walk_diagonals
from mspe.encodings.spectrum.chebyshev import sparse_operator
from mspe.encodings.stream import map_shards
from mspe.graphs import DenseLayout, PackedGraphs
from mspe.graphs.store import SPLITS, write_shards


def small_graphs(packed: PackedGraphs, repetitions: int) -> dict[str, float]:
    """ZINC-12k against PyG's transforms."""
    plain = [Data(edge_index=graph.edge_index, num_nodes=graph.num_nodes) for graph in packed]
    structure = PackedGraphs(packed.num_nodes, packed.num_edges, packed.edge_index, {}, {})
    bank, lappe = EncodingSet.from_config(PRESETS["default"]), EncodingSet.from_config(PRESETS["lappe"])
    walk, eigenvectors = AddRandomWalkPE(20, attr_name="pe"), AddLaplacianEigenvectorPE(8, attr_name="pe")

    def pyg(transform: Callable[[Data], Data]) -> Callable[[], object]:
        return lambda: [transform(graph.clone()) for graph in plain]

    results = {}
    times = interleaved(lambda: walk_diagonals(structure, range(1, 21)), pyg(walk), repetitions)
    results["walk20_vs_pyg"] = show("walk 1–20 on nodes", *times)
    times = interleaved(
        lambda: lappe.encode_nodes(compute_spectrum(structure), lambda: structure), pyg(eigenvectors), repetitions
    )
    results["eigenvectors8_vs_pyg"] = show("8 Laplacian eigenvectors", *times)
    times = interleaved(lambda: bank.encode_nodes(compute_spectrum(structure)), pyg(walk), repetitions)
    results["default_vs_pyg_walk20"] = show("default bank, against PyG's walk 1–20", *times)
    return results


def structural(packed: PackedGraphs, repetitions: int) -> dict[str, float]:
    """Cycles of 3 to 6 nodes and roles of ZINC-12k against NetworkX, which does the roles of every tenth graph."""
    structure = PackedGraphs(packed.num_nodes, packed.num_edges, packed.edge_index, {}, {})
    spectrum = compute_spectrum(structure)  # which neither reads
    networks = [to_networkx(graph, to_undirected=True) for graph in structure]

    def ours(name: str) -> Callable[[], object]:
        bank = EncodingSet.from_config({name: True})
        return lambda: bank.encode_nodes(spectrum, lambda: structure)

    def cycles() -> None:
        for network in networks:
            counts = np.zeros((len(network), 4))
            for cycle in nx.simple_cycles(network, length_bound=6):
                counts[cycle, len(cycle) - 3] += 1

    def roles() -> None:
        kinds = (nx.clustering, nx.core_number, nx.pagerank, nx.eccentricity, nx.betweenness_centrality)
        for network in networks[::10]:
            np.array([list(kind(network).values()) for kind in kinds])

    results = {}
    times = interleaved(ours("cycles"), cycles, repetitions)
    results["cycles_vs_networkx"] = show("cycles of 3 to 6 nodes", *times, peer="NetworkX")
    mine, tenth = interleaved(ours("roles"), roles, repetitions)
    results["roles_vs_networkx"] = show("roles, five kinds", mine, 10 * tenth, peer="NetworkX")
    return results


def pair_channels(packed: PackedGraphs, repetitions: int) -> dict[str, float]:
    """Pair channels of a batch of 32 against a training step of PyG's model on the same batch."""
    bank = EncodingSet.from_config(PRESETS["default"])
    batch = packed.with_fields_of(compute_spectrum(packed)).collate(range(32))
    batch.node_encoding = walk_diagonals(packed[:32], range(1, 21))
    model = PyGModel()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)

    def step() -> None:
        optimizer.zero_grad()
        nn.functional.l1_loss(model(batch), batch.y).backward()
        optimizer.step()

    def pair() -> None:
        BatchEncodings(bank, batch, DenseLayout.blocks(batch.ptr)).pair()

    ours, theirs = interleaved(pair, step, 10 * repetitions)
    print(f"{'pair channels of 32 graphs':<42} {1e3 * ours:.1f} ms   PyG's step {1e3 * theirs:.1f} ms", flush=True)
    return {"pair_share_of_pyg_step": round(ours / theirs, 4)}


def large_graph() -> dict[str, float]:
    """20,000 nodes and 100,000 edges: 8 heat and 8 walk scales, checked on 500 nodes against exact columns."""
    size, generator = 20_000, torch.Generator().manual_seed(0)
    pairs = torch.randint(0, size, (2, 100_000), generator=generator)
    edge_index = torch.cat([pairs, pairs.flip(0)], dim=1)
    steps, times = [1, 2, 3, 4, 6, 8, 12, 16], [0.25 * 2**k for k in range(8)]
    bank = EncodingSet.from_config({"filters": {"walk": {"steps": steps}, "heat": {"times": times}}, "pair": False})
    start = time.perf_counter()
    graphs = PackedGraphs.from_structure(Data(edge_index=edge_index, num_nodes=size))
    encoding = bank.encode_nodes(compute_spectrum(graphs, backend="auto")).fields["node_encoding"].double().numpy()
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9

    matrix, _ = sparse_operator(edge_index, None, size)
    sample = np.random.default_rng(0).choice(size, 500, replace=False)
    unit = np.zeros((size, 500))
    unit[sample, np.arange(500)] = 1.0
    exact = []
    power = unit
    for step in range(1, max(steps) + 1):
        power = matrix @ power
        if step in steps:
            exact.append(power[sample, np.arange(500)])
    for t in times:  # e^(−t(I − S)) by its Taylor series in S
        term, total = unit * np.exp(-t), unit * np.exp(-t)
        for k in range(1, int(4 * t) + 30):
            term = matrix @ term * (t / k)
            total += term
        exact.append(total[sample, np.arange(500)])
    error = np.abs(encoding[sample] - np.stack(exact, axis=1))
    return {
        "large_graph_seconds": round(seconds, 1),
        "large_graph_gb": round(memory, 2),
        "large_graph_error95": float(f"{np.quantile(error, 0.95):.1e}"),
    }


def molecule_like(count: int, seed: int) -> PackedGraphs:
    """Rings with chains, 15 to 30 nodes, in packed form."""
    random = np.random.default_rng(seed)
    sizes = random.integers(15, 31, count)
    edges, counts = [], []
    for size in sizes:
        chain = np.arange(size - 1)
        starts = random.integers(0, size - 6, 3)
        source, target = np.concatenate([chain, starts]), np.concatenate([chain + 1, starts + 5])
        edges.append(np.stack([np.concatenate([source, target]), np.concatenate([target, source])]))
        counts.append(2 * source.size)
    edge_index = torch.from_numpy(np.concatenate(edges, axis=1)).int()
    return PackedGraphs(torch.from_numpy(sizes), torch.tensor(counts), edge_index, {}, {})


def stages_peak_memory(count: int) -> float:
    """Peak memory in GB of the spectrum and encode stages' work on so many graphs, in a process of its own."""
    result = subprocess.run(
        [sys.executable, "-m", "benchmarks.encodings", "--stages-on", str(count)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(result.stdout.splitlines()[-1])


def run_stages(count: int) -> None:
    """Generate graphs shard by shard, then run the work of the spectrum and encode stages on them."""
    bank = EncodingSet.from_config(PRESETS["default"])
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = Path(name)
        for split in SPLITS:
            graphs = count if split == "train" else 10_000
            shards = (molecule_like(10_000, seed) for seed in range(graphs // 10_000))
            write_shards(folder / "graphs" / split, shards)
        source, spectrum = folder / "graphs", folder / "spectrum"
        map_shards(source, spectrum, lambda shard, _: compute_spectrum(shard), {"count": count}, [source])
        map_shards(spectrum, folder / "out", lambda shard, _: bank.encode_nodes(shard), {"count": count}, [spectrum])
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--skip-large", action="store_true", help="leave the graph of 20,000 nodes out")
    parser.add_argument("--skip-memory", action="store_true", help="leave the 500,000 generated graphs out")
    parser.add_argument("--stages-on", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.stages_on:
        run_stages(arguments.stages_on)
        return
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, torch {torch.__version__}")
    results: dict[str, float] = {}
    if not arguments.skip_large:  # first: its peak memory is the process's
        results |= large_graph()
        print(results, flush=True)
    packed = PackedGraphs.concatenate(list(get_dataset("zinc").get_splits()))
    results |= small_graphs(packed, arguments.repetitions)
    results |= structural(packed, arguments.repetitions)
    results |= pair_channels(packed, arguments.repetitions)
    if not arguments.skip_memory:
        peaks = [stages_peak_memory(count) for count in (100_000, 400_000)]
        print(f"peak memory of the stages: {peaks[0]:.2f} GB on 100,000 graphs, {peaks[1]:.2f} GB on 400,000")
        results["memory_growth"] = round(peaks[1] / peaks[0], 3)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
