"""Do encodings help to tell how far a junction's surroundings reach: a road-like graph, with verdicts.

A generated graph (`mspe.dataset.synthetic.roads`) without features, whose nodes are classified by the tenth of their
eccentricity within 16 hops; message passing of four layers sees four. Five seeds of weights, on the same 10 and 10 % of
nodes to train and validate; of 11,000 nodes some twenty minutes on one core. `edges` are the default bank's channels on
nodes and on edges, `default` those on nodes alone. Goes on where it was stopped.

    python -m benchmarks.road_network [--junctions 80] [--jobs 1] [--folder comparisons/roads]
"""

import argparse
import logging
from pathlib import Path
from typing import Any

import mspe
from mspe.common.json_files import write_json
from mspe.dataset.synthetic.roads import road_network
from mspe.encodings import PRESETS

RESULT = Path("benchmarks/results/road_network.json")
DECLARED: dict[str, Any] = {
    "encodings": ["none", "default", "rwse", "edges"],
    "definitions": {"edges": {"encodings": {**PRESETS["default"], "pair": "edges"}}},
    "screen": None,
    "confirm": {"seeds": 5},
    "parameter_tolerance": 0.25,
    "model": {"name": "gine", "num_layers": 4, "hidden_dim": 64},
    "training": {"epochs": 150, "batch_size": 1, "optimizer": {"lr": 0.003}},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--junctions", type=int, default=80, help="along each side (default: 80; 345: 200,000 nodes)")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time")
    parser.add_argument("--folder", type=Path, default=Path("comparisons/roads"), help="keeps all runs")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    graph = road_network(arguments.junctions)
    size = {"junctions": arguments.junctions, "nodes": graph.num_nodes, "edges": graph.edge_index.size(1) // 2}
    del graph.pos
    folder = arguments.folder / str(arguments.junctions)
    comparison = mspe.compare([graph], **DECLARED, folder=folder, jobs=arguments.jobs)
    print(comparison, flush=True)
    found = {"answer": comparison.answer, "variants": comparison.table()}
    write_json(RESULT, {**size, "declared": DECLARED, **found})


if __name__ == "__main__":
    main()
