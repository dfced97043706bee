"""Seconds and peak memory to encode one large graph, by its size, and how far the estimates are off.

Graphs with five random edges per node, in which no structure helps; each size in a process of its own, by
`AddMultiScalePE`. The exponent is that of the size in seconds of the processor, fitted to the logarithms of those sizes
that are estimated. Of two further graphs of 200,000 nodes, one has hubs (Barabási and Albert's), and one is like roads
(a grid whose nodes are in a random order, as in a file). On a cycle and on a grid whose ends are joined (a torus),
every node has the same channels in closed form: the share of nodes whose error is within the stated bound, the least of
all channels.

    python -m benchmarks.large_graph [--preset default] [--million]
"""

import argparse
import json
import logging
import math
import os
import platform
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import networkx
import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.json_files import write_json
from mspe.encodings import AddMultiScalePE, EncodingSet, Filter
from mspe.encodings.spectrum import choose_backend

RESULT = Path("benchmarks/results/large_graph.json")
SIZES, MILLION = [10_000, 50_000, 200_000], 1_000_000
SHAPED = 200_000
EDGES_PER_NODE = 5
GRID = (400, 500)

_STATED = re.compile(r"(\S+): estimated .* at most (\S+) \(of sampled nodes: (\S+)\)")


class Bounds(logging.Handler):
    """What the log says of errors: by channel, the stated bound, and that of sampled nodes."""

    def __init__(self) -> None:
        super().__init__()
        self.by_channel: dict[str, tuple[float, float]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if found := _STATED.fullmatch(record.getMessage()):
            self.by_channel[found[1]] = float(found[2]), float(found[3])


def undirected(pairs: Tensor, nodes: int) -> Data:
    return Data(edge_index=torch.cat([pairs, pairs.flip(0)], dim=1), num_nodes=nodes)


def random_graph(nodes: int) -> Data:
    generator = torch.Generator().manual_seed(0)
    return undirected(torch.randint(0, nodes, (2, EDGES_PER_NODE * nodes), generator=generator), nodes)


def hubs(nodes: int) -> Data:
    found = networkx.barabasi_albert_graph(nodes, EDGES_PER_NODE, seed=0)
    return undirected(torch.tensor(list(found.edges)).T, nodes)


def roads(nodes: int) -> Data:
    """Return a square grid of about so many nodes, in a random order."""
    side = math.isqrt(nodes)
    place = torch.randperm(side * side, generator=torch.Generator().manual_seed(0)).view(side, side)
    down = torch.stack([place[:-1].flatten(), place[1:].flatten()])
    across = torch.stack([place[:, :-1].flatten(), place[:, 1:].flatten()])
    return undirected(torch.cat([down, across], dim=1), side * side)


def cycle(nodes: int) -> Data:
    first = torch.arange(nodes)
    return undirected(torch.stack([first, (first + 1) % nodes]), nodes)


def torus(rows: int, columns: int) -> Data:
    place = torch.arange(rows * columns).view(rows, columns)
    pairs = [torch.stack([place.flatten(), place.roll(-1, dim).flatten()]) for dim in (0, 1)]
    return undirected(torch.cat(pairs, dim=1), rows * columns)


KINDS: dict[str, Callable[[int], Data]] = {"random": random_graph, "hubs": hubs, "roads": roads}


def cycle_eigenvalues(nodes: int) -> Tensor:
    return 1.0 - torch.cos(2 * math.pi * torch.arange(nodes, dtype=torch.float64) / nodes)


def torus_eigenvalues(rows: int, columns: int) -> Tensor:
    return ((cycle_eigenvalues(rows)[:, None] + cycle_eigenvalues(columns)) / 2).flatten()


def encode(data: Data, preset: str) -> tuple[Data, dict[str, float], Bounds]:
    """The graph with its channels, what that cost, and what the log says of errors."""
    bounds = Bounds()
    log = logging.getLogger("mspe")
    log.addHandler(bounds)
    log.setLevel(logging.INFO)
    seconds, cpu = time.perf_counter(), time.process_time()
    encoded = AddMultiScalePE(preset)(data)
    cost = {
        "seconds": round(time.perf_counter() - seconds, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }
    return encoded, cost, bounds


def measure_size(kind: str, nodes: int, preset: str) -> dict[str, Any]:
    """One graph of a kind and size, whose channels are not known."""
    encoded, cost, bounds = encode(KINDS[kind](nodes), preset)
    stated = {name: {"bound": bound, "sampled": sampled} for name, (bound, sampled) in bounds.by_channel.items()}
    nodes, edges = int(encoded.num_nodes), encoded.edge_index.size(1) // 2
    backend = choose_backend("auto", nodes)
    return {"graph": kind, "nodes": nodes, "edges": edges, "backend": backend, **cost, "errors": stated}


def measure_known(graph: str, preset: str) -> dict[str, Any]:
    """A graph whose channels are known in closed form."""
    nodes = math.prod(GRID)
    data, eigenvalues = cycle(nodes), cycle_eigenvalues(nodes)
    if graph == "torus":
        data, eigenvalues = torus(*GRID), torus_eigenvalues(*GRID)
    encoded, cost, bounds = encode(data, preset)
    filters = [one for one in EncodingSet.from_config(preset) if isinstance(one, Filter)]
    exact = torch.cat([one.response(eigenvalues) for one in filters], dim=-1).mean(dim=0)
    error = (encoded.pe.double() - exact).abs()
    bound = torch.tensor([bounds.by_channel[name][0] for one in filters for name in one.channel_names])
    share = (error <= bound).double().mean(dim=0)
    return {
        "nodes": nodes,
        **cost,
        "largest_bound": float(f"{bound.max():.2g}"),
        "least_share_within": round(float(share.min()), 4),
    }


def in_own_process(*arguments: str) -> Any:
    command = [sys.executable, "-m", "benchmarks.large_graph", *arguments]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1]
    print(found, flush=True)
    return json.loads(found)


def exponent(found: Sequence[dict[str, Any]]) -> float:
    nodes, seconds = ([one[name] for one in found] for name in ("nodes", "cpu_seconds"))
    return round(float(np.polyfit(np.log(nodes), np.log(seconds), 1)[0]), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="default")
    parser.add_argument("--million", action="store_true", help="a graph of 1,000,000 nodes, too")
    parser.add_argument("--only", choices=[*KINDS, "cycle", "torus"], help="prints one line of JSON, writes nothing")
    parser.add_argument("--nodes", type=int, default=SHAPED, help="of that one, but of cycle and torus")
    arguments = parser.parse_args()
    if arguments.only in KINDS:
        print(json.dumps(measure_size(arguments.only, arguments.nodes, arguments.preset)))
        return
    if arguments.only:
        print(json.dumps(measure_known(arguments.only, arguments.preset)))
        return
    preset = ["--preset", arguments.preset]
    nodes = map(str, SIZES + [MILLION] * arguments.million)
    sizes = [in_own_process("--only", "random", "--nodes", one, *preset) for one in nodes]
    shapes = [in_own_process("--only", kind, *preset) for kind in ("hubs", "roads")]
    known = {graph: in_own_process("--only", graph, *preset) for graph in ("cycle", "torus")}
    result = {
        "machine": platform.processor() or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "threads": torch.get_num_threads(),
        "preset": arguments.preset,
        "sizes": sizes,
        "shapes": shapes,
        "exponent_of_estimates": exponent([one for one in sizes if one["backend"] == "stochastic"]),
        "known": known,
    }
    write_json(RESULT, result)


if __name__ == "__main__":
    main()
