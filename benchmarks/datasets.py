"""What a dataset of 41,127 molecules costs before training (`MSPE_DATA` names the raw files' folder).

Reads, encodes and stores MoleculeNet's HIV as preprocess, spectrum and encode do, then loads it again. Prints
the seconds of each, the memory of the main process and of its largest worker, and one line of JSON at the end.

    MSPE_DATA=… python -m benchmarks.datasets [--name hiv]
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mspe.dataset import DatasetParams, load_dataset
from mspe.encodings import PRESETS, EncodingSet, compute_spectrum
from mspe.encodings.stream import map_shards
from mspe.graphs import SPLITS, read_split, write_splits


def timed(name: str, function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    seconds = time.perf_counter() - start
    print(f"{name:<12} {seconds:7.2f} s", flush=True)
    return seconds


def gigabytes(who: int) -> float:
    return resource.getrusage(who).ru_maxrss * 1024 / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="hiv")
    name = parser.parse_args().name
    bank = EncodingSet.from_config(PRESETS["default"])
    with tempfile.TemporaryDirectory(dir=".") as scratch:
        graphs, spectrum, encodings = (Path(scratch) / part for part in ("graphs", "spectrum", "encodings"))

        def preprocess() -> None:
            dataset = load_dataset(DatasetParams(name=name), num_workers=0)
            write_splits(graphs, dict(zip(SPLITS, dataset.get_splits(), strict=True)))

        def decompose() -> None:
            map_shards(graphs, spectrum, lambda shard, _: compute_spectrum(shard), {"name": name}, [graphs])

        def encode() -> None:
            map_shards(spectrum, encodings, lambda shard, _: bank.encode_nodes(shard), {"name": name}, [spectrum])

        def load() -> None:
            for split in SPLITS:
                read_split(graphs, split, spectrum, encodings)

        steps = {"preprocess": preprocess, "spectrum": decompose, "encode": encode}
        seconds = sum(timed(step, function) for step, function in steps.items())
        memory = gigabytes(resource.RUSAGE_SELF), gigabytes(resource.RUSAGE_CHILDREN)
        loading = timed("load again", load)
    print(f"main process {memory[0]:.2f} GB, largest worker {memory[1]:.2f} GB")
    print(
        json.dumps(
            {
                f"{name}_seconds": round(seconds, 1),
                f"{name}_load_seconds": round(loading, 2),
                f"{name}_gb": round(memory[0], 2),
                f"{name}_worker_gb": round(memory[1], 2),
            }
        )
    )


if __name__ == "__main__":
    main()
