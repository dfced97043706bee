"""What it costs to verify the checksums of a stored dataset, beside reading it: 250,000 graphs in shards of 10,000.

The graphs are made up, of the sizes of small molecules. The same shards are read in this process, in turn: with
verifying, as it is; without; and as it was before there were checksums, when each shard was copied into memory before
it was joined. Then the same for all that the train stage reads: graphs and encodings, each known to be of the other.
Prints a table, and one line of JSON at the end.

    python -m benchmarks.integrity [--graphs 250000] [--repetitions 15]
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any
from unittest import mock

import torch

from mspe.common import tensor_files
from mspe.graphs import PackedGraphs, packed, read_split, write_splits
from mspe.graphs.content_key import join_derived, with_structure_keys


def make_graphs(count: int) -> PackedGraphs:
    """Random graphs of 9 to 37 nodes and as many edges as a molecule has, with a category per node and per edge."""
    torch.manual_seed(0)
    nodes = torch.randint(9, 38, (count,))
    edges = 2 * nodes + 2
    total, ends = int(nodes.sum()), torch.repeat_interleave(nodes, edges)
    return PackedGraphs(
        num_nodes=nodes,
        num_edges=edges,
        edge_index=(torch.rand(2, ends.numel()) * ends).int(),
        fields={
            "x": torch.randint(28, (total, 1)),
            "edge_attr": torch.randint(4, (ends.numel(), 1)),
            "y": torch.randn(count, 1),
        },
        levels={"x": "node", "edge_attr": "edge", "y": "graph"},
    )


def make_encodings(graphs: PackedGraphs) -> PackedGraphs:
    encoding = torch.randn(int(graphs.num_nodes.sum()), 13)
    return with_structure_keys(graphs.without_edges({"pe": encoding}, {"pe": "node"}), graphs)


def read_encoded(folder: Path) -> PackedGraphs:
    return join_derived(read_split(folder / "graphs", "train"), read_split(folder / "encodings", "train"), "encodings")


def unverified(read: Callable[[], object]) -> None:
    with mock.patch.object(tensor_files, "verify_tensors"):
        read()


def as_before(read: Callable[[], object]) -> None:
    copying = lambda path, mapped: tensor_files.read_tensors(path)  # noqa: E731
    with mock.patch.object(tensor_files, "verify_tensors"), mock.patch.object(packed, "read_tensors", copying):
        read()


def measure(name: str, read: Callable[[], object], repetitions: int) -> dict[str, Any]:
    """Median seconds of the three sides, run in turn after a warm-up, and the ratios."""
    sides: tuple[Callable[[], object], ...] = (read, lambda: unverified(read), lambda: as_before(read))
    times: list[list[float]] = [[], [], []]
    for _ in range(repetitions + 1):
        for side, seconds in zip(sides, times, strict=True):
            start = time.perf_counter()
            side()
            seconds.append(time.perf_counter() - start)
    verified, without, before = (median(seconds[1:]) for seconds in times)
    print(
        f"{name:<28} verified {verified:6.3f} s   unverified {without:6.3f} s (x{verified / without:.3f})"
        f"   as before {before:6.3f} s (x{verified / before:.3f})",
        flush=True,
    )
    return {"seconds": round(verified, 3), "vs_unverified": verified / without, "vs_before": verified / before}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", type=int, default=250_000)
    parser.add_argument("--repetitions", type=int, default=15)
    arguments = parser.parse_args()
    graphs = make_graphs(arguments.graphs)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_splits(folder / "graphs", {"train": graphs})
        write_splits(folder / "encodings", {"train": make_encodings(graphs)})
        megabytes = sum(path.stat().st_size for path in folder.rglob("*.pt")) / 1e6
        print(
            f"{len(graphs):,} graphs, {megabytes:.0f} MB, torch {torch.__version__}, {torch.get_num_threads()} threads"
        )
        results = {
            "graphs": measure("graphs", lambda: read_split(folder / "graphs", "train"), arguments.repetitions),
            "train_stage": measure("graphs and encodings", lambda: read_encoded(folder), arguments.repetitions),
        }
    print(json.dumps(results))


if __name__ == "__main__":
    main()
