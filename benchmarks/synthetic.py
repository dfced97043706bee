"""What the dataset `synthetic` costs: seconds for 1,000 graphs of some 50 nodes, of each generator and each task.

Generators draw for `source_distance`, which needs them connected; tasks are asked on their default generator, those of
a distance at the one that makes some 50 nodes. Seconds are of the process, so that a busy machine counts less. Prints
a line each, the longest, and one line of JSON.

    python -m benchmarks.synthetic [--graphs 1000]
"""

import argparse
import json
import time
from typing import Any

from mspe.dataset import DatasetParams
from mspe.dataset.synthetic.generators import GENERATORS
from mspe.dataset.synthetic.questions import QUESTIONS
from mspe.dataset.synthetic.reading import read

DISTANCES = {"ring_transfer": 25, "tree_match": 5, "path_parity": 49}
"""Tasks whose distance decides the number of nodes."""


def seconds(synthetic: dict[str, Any]) -> float:
    start = time.process_time()
    read(DatasetParams(name="synthetic", synthetic=synthetic))
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", type=int, default=1000)
    graphs = parser.parse_args().graphs
    cases = {name: {"generator": name} for name in GENERATORS}
    cases |= {name: {"task": name, "distance": DISTANCES.get(name, 4)} for name in QUESTIONS}
    seconds({"graphs": 10})  # imports
    found = {}
    for name, case in cases.items():
        found[name] = seconds({"graphs": graphs, **case})
        print(f"{name:<18} {found[name]:6.2f} s", flush=True)
    longest = max(found, key=lambda name: found[name])
    print(f"longest: {longest}, {found[longest]:.2f} s")
    print(json.dumps({f"{name}_seconds": round(value, 2) for name, value in found.items()}))


if __name__ == "__main__":
    main()
