"""Seconds and peak memory of a training step on one large graph, all its nodes at once, by model.

A random graph of 170,000 nodes and 1,200,000 edges (the size of ogbn-arxiv), 64 features, 40 classes; six layers of
width 64 with linear attention, or with none. A process each, one thread; the second of two steps is timed, and memory
is the process's peak with the libraries. Some ten minutes.

    python -m benchmarks.large_model [--nodes 170000] [--edges 1200000]
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import torch
from torch_geometric.data import Batch, Data

from mspe.common.json_files import write_json
from mspe.models import get_model
from mspe.training.cost import CostMeter

RESULT = Path("benchmarks/results/large_model.json")
FEATURES, CLASSES = 64, 40
MODELS: dict[str, dict[str, Any]] = {
    "gcn": {"name": "gcn"},
    "gine": {"name": "gine"},
    "gps, linear attention": {"name": "gps", "attention": "linear"},
    "gps, linear attention, recomputed": {"name": "gps", "attention": "linear", "recompute": True},
    "graph_transformer, linear attention": {"name": "graph_transformer", "attention": "linear"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=170_000)
    parser.add_argument("--edges", type=int, default=1_200_000)
    parser.add_argument("--model", choices=MODELS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.model is not None:
        print(json.dumps(measure(arguments.model, arguments.nodes, arguments.edges)))
        return
    rows = []
    for name in MODELS:
        sizes = ["--nodes", str(arguments.nodes), "--edges", str(arguments.edges)]
        command = [sys.executable, "-m", "benchmarks.large_model", "--model", name, *sizes]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        rows.append(json.loads(output.splitlines()[-1]))
        print(rows[-1], flush=True)
    environment = CostMeter(torch.device("cpu")).report()["environment"]
    write_json(RESULT, {"nodes": arguments.nodes, "edges": arguments.edges, "environment": environment, "models": rows})


def measure(name: str, nodes: int, edges: int) -> dict[str, Any]:
    """The second of two steps of a model."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    pairs = torch.randint(0, nodes, (2, edges), generator=generator)
    graph = Data(
        x=torch.randn(nodes, FEATURES, generator=generator),
        edge_index=torch.cat([pairs, pairs.flip(0)], dim=1),
        num_nodes=nodes,
    )
    batch, target = Batch.from_data_list([graph]), torch.randint(0, CLASSES, (nodes,), generator=generator)
    shape: dict[str, Any] = {"num_features": FEATURES, "num_classes": CLASSES, "bank": "none", "target_level": "node"}
    model = get_model(**shape, **MODELS[name]).train()
    optimizer = torch.optim.AdamW(model.parameters())
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(batch), target).backward()
        optimizer.step()
        seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"model": name, "step_seconds": round(seconds[-1], 1), "peak_gb": round(peak / 1e9, 2)}


if __name__ == "__main__":
    main()
