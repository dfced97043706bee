"""What a table of molecules costs before training: seconds, memory and disk of every stage, by its number of rows.

Runs preprocess, spectrum and encode as DVC does, each in a process of its own with its workers, on generated molecules
(`benchmarks.molecules`). Memory is the proportional share (PSS) of the process and its workers together, in which
pages that several of them share count once; beside it the largest resident set of one process. Seconds are those of
the clock and, of all processes together, of the processor, which a busy machine changes less. An exponent is the slope
of log cost over log rows by least squares.

    python -m benchmarks.datasets [--sizes 10000 100000 250000] [--workers 2] [--tree .] [--label after]

`--tree` names another checkout, whose stages are run instead, and `--label` the side of
`benchmarks/results/datasets.json` that the figures become.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import yaml

from benchmarks.molecules import write_molecules
from mspe.common.json_files import read_json, write_json
from mspe.common.merge import merged

RESULTS = Path("benchmarks/results/datasets.json")
STAGES = {"preprocess": "graphs", "spectrum": "spectrum", "encode": "encodings"}
"""Each with the folder of `data` that it writes."""


class Watch:
    """What a process and its workers use, looked at again and again until it ends."""

    def __init__(self, process: psutil.Popen) -> None:
        self.process = process
        self.memory = self.largest = 0.0
        self.seconds: dict[int, float] = {}

    def look(self) -> None:
        together = 0.0
        for one in [self.process, *self.process.children(recursive=True)]:
            with suppress(psutil.Error):  # it has ended
                used, times = one.memory_full_info(), one.cpu_times()
                together += used.pss / 1e6
                self.largest = max(self.largest, used.rss / 1e6)
                self.seconds[one.pid] = times.user + times.system
        self.memory = max(self.memory, together)


def run(stage: str, folder: Path, tree: Path) -> dict[str, float]:
    """Run a stage to its end."""
    start = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    process = psutil.Popen([sys.executable, "-m", f"stages.{stage}"], cwd=folder, env=environment)
    watch = Watch(process)
    while process.poll() is None:
        with suppress(psutil.NoSuchProcess):
            watch.look()
        time.sleep(0.2)
    if process.wait() != 0:
        raise subprocess.CalledProcessError(process.returncode, stage)
    written = sum(path.stat().st_size for path in (folder / "data" / STAGES[stage]).rglob("*") if path.is_file())
    return {
        "seconds": round(time.perf_counter() - start, 1),
        "processor_seconds": round(sum(watch.seconds.values()), 1),
        "memory_mb": round(watch.memory),
        "largest_process_mb": round(watch.largest),
        "disk_mb": round(written / 1e6, 1),
    }


def measure(count: int, tree: Path, workers: int) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch).absolute()
        write_molecules(folder / "molecules.csv", count)
        shutil.copy(tree / "dvc.yaml", folder)
        params = yaml.safe_load((tree / "params.yaml").read_text())
        own = {"dataset": {"name": "smiles", "path": "molecules.csv"}, "runtime": {"num_workers": workers}}
        (folder / "params.yaml").write_text(yaml.safe_dump(merged(params, own)))
        costs = {}
        for stage in STAGES:
            costs[stage] = run(stage, folder, tree)
            print(f"{count:>9,} {stage:<10} {json.dumps(costs[stage])}", flush=True)
    return costs


def exponents(costs: dict[str, dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """The slope of log cost over log rows, by stage and cost."""
    rows = np.log([int(count) for count in costs])
    first = next(iter(costs.values()))
    return {
        stage: {name: round(float(np.polyfit(rows, np.log([of[stage][name] for of in costs.values()]), 1)[0]), 2)
                for name in first[stage]}
        for stage in first
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 250_000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--tree", type=Path, default=Path())
    parser.add_argument("--label", default="after")
    arguments = parser.parse_args()
    for count in arguments.sizes:
        cost = measure(count, arguments.tree.absolute(), arguments.workers)
        write_json(RESULTS, with_cost(read_json(RESULTS) if RESULTS.exists() else {}, arguments.label, count, cost))


def with_cost(results: dict[str, Any], label: str, count: int, cost: dict[str, dict[str, float]]) -> dict[str, Any]:
    """Results with those of another number of rows, in place of what stood there, and the exponents anew."""
    costs = {**results.get(label, {}).get("costs", {}), str(count): cost}
    costs = {rows: costs[rows] for rows in sorted(costs, key=int)}
    return {**results, label: {"costs": costs, "exponents": exponents(costs) if len(costs) > 1 else {}}}


if __name__ == "__main__":
    main()
