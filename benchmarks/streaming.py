"""Training on graphs that stay in their files, beside graphs in memory (`MSPE_DATA` names the raw files' folder).

ZINC-12k's training graphs with the default bank, several times over, in shards as the stages write them. Steps: a
`graph_transformer` as `params.yaml` has it, batch 32, random order; both sides in this process, in turn, some steps
each; medians of the processor's milliseconds per step, loading included, of files that the system has read. Memory: by
how much the resident set of a process that trains grows at most, opening, a whole epoch of batches and some steps
included, over what it was after steps on 1,000 graphs.

    MSPE_DATA=… python -m benchmarks.streaming [--graphs 10000 100000 400000] [--turns 15]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import psutil
import torch
import yaml
from torch import nn

from mspe.common.json_files import write_json
from mspe.dataset import get_dataset
from mspe.encodings import PRESETS, EncodingSet, compute_spectrum
from mspe.graphs import GraphList, GraphLoader, PackedGraphs, ShardedGraphs, write_splits
from mspe.graphs.store import shard_paths
from mspe.models import get_model

RESULTS = Path("benchmarks/results/streaming.json")
BATCH_SIZE, STEPS = 32, 32


class Training:
    """A model and what trains it, over one list of graphs or another."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        params = yaml.safe_load(Path("params.yaml").read_text())["model"]
        shape = {name: params[name] for name in ("hidden_dim", "num_layers", "heads")}
        self.model = get_model("graph_transformer", 28, 1, num_edge_features=4, bank=PRESETS["default"], **shape)
        self.optimizer = torch.optim.AdamW(self.model.parameters())

    def steps(self, graphs: GraphList, epoch: int) -> None:
        """Train the first steps of an epoch."""
        loader = GraphLoader(graphs, BATCH_SIZE, shuffle=True)
        loader.set_epoch(epoch)
        for batch in islice(loader, STEPS):
            self.optimizer.zero_grad()
            nn.functional.l1_loss(self.model(batch), batch.y).backward()
            self.optimizer.step()


def store(folder: Path, graphs: PackedGraphs, count: int) -> None:
    copies = -(-count // len(graphs))
    write_splits(folder, {"train": PackedGraphs.concatenate([graphs] * copies)[:count]})


def opened(folder: Path) -> ShardedGraphs:
    return ShardedGraphs([PackedGraphs.load(path) for path in shard_paths(folder, "train")])


def time_both(folder: Path, turns: int) -> dict[str, float]:
    streamed = opened(folder)
    sides: dict[str, GraphList] = {"memory": PackedGraphs.concatenate(streamed.shards), "files": streamed}
    training, seconds = Training(), {name: [] for name in sides}
    for turn in range(-1, turns):  # the first one warms up
        for name, graphs in sides.items():
            start = time.process_time()
            training.steps(graphs, turn + 1)
            if turn >= 0:
                seconds[name].append((time.process_time() - start) / STEPS)
    per_step = {name: median(values) for name, values in seconds.items()}
    ratios = [ours / theirs for ours, theirs in zip(seconds["files"], seconds["memory"], strict=True)]
    return {
        **{f"{name}_ms_per_step": round(1e3 * value, 2) for name, value in per_step.items()},
        "median_ratio": round(median(ratios), 3),
    }


@contextmanager
def watched(peak: list[int]) -> Iterator[None]:
    """Note the largest resident set inside the block."""
    process, over = psutil.Process(), threading.Event()

    def watch() -> None:
        while not over.wait(0.005):
            peak[0] = max(peak[0], process.memory_info().rss)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def grown(folder: Path) -> dict[str, float]:
    training, few, peak = Training(), opened(folder)[range(1000)], [0]
    training.steps(few, 0)
    before = psutil.Process().memory_info().rss
    with watched(peak):
        graphs = opened(folder)
        for _ in GraphLoader(graphs, BATCH_SIZE, shuffle=True):
            pass
        training.steps(graphs, 1)
    return {
        "files_mb": round(sum(shard.mapped_bytes for shard in graphs.shards) / 1e6),
        "model_mb": round(before / 1e6),
        "grown_mb": round((peak[0] - before) / 1e6),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", type=int, nargs="+", default=[10_000, 100_000, 400_000])
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--memory", type=Path, help=argparse.SUPPRESS)  # a process of its own
    arguments = parser.parse_args()
    if arguments.memory is not None:
        print(json.dumps(grown(arguments.memory)))
        return
    zinc = get_dataset("zinc").train
    spectrum = compute_spectrum(zinc)
    zinc = zinc.with_fields_of(spectrum).with_fields_of(
        EncodingSet.from_config(PRESETS["default"]).encode_nodes(spectrum)
    )
    results: dict[str, Any] = {}
    for count in arguments.graphs:
        with tempfile.TemporaryDirectory() as scratch:
            store(Path(scratch), zinc, count)
            command = [sys.executable, "-m", "benchmarks.streaming", "--memory", scratch]
            memory = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            results[str(count)] = {**memory, **time_both(Path(scratch), arguments.turns)}
        print(f"{count:>9,} {json.dumps(results[str(count)])}", flush=True)
        write_json(RESULTS, results)


if __name__ == "__main__":
    main()
