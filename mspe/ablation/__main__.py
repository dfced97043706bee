"""Which encodings, at which scales, help: run what is missing of the ablation, and report.

python -m mspe.ablation
"""

import argparse
import os
from itertools import product

import torch

from mspe.ablation.config import load_ablation
from mspe.ablation.launch import PIPELINE, launch, reproduce, runs_to_do
from mspe.ablation.records import Run
from mspe.common.command import command
from mspe.config import load_params
from mspe.training.device import get_device


def main() -> int:
    """Declare the variants, run those that DVC finds changed or not done, and report; 1 if some failed."""
    parser = argparse.ArgumentParser(prog="python -m mspe.ablation", description=main.__doc__)
    parser.add_argument("--jobs", type=int, help="runs at a time (default: one a core, and one on a GPU)")
    arguments = parser.parse_args()
    if arguments.jobs is not None and arguments.jobs < 1:
        parser.error(f"--jobs: got {arguments.jobs}, allowed: 1 or more")
    ablation = load_ablation()
    on_gpu = get_device(load_params().runtime.device).type == "cuda"
    jobs = arguments.jobs or (1 if on_gpu else os.cpu_count() or 1)
    reproduce(f"{PIPELINE}:declare")
    runs = [Run(variant, seed) for seed, variant in product(ablation.seeds, ablation.variants)]
    todo = runs_to_do(runs)
    print(f"{len(runs) - len(todo)} of {len(runs)} runs are done; {len(todo)} to do, {jobs} at a time", flush=True)
    failed = launch(todo, jobs, threads=max(1, torch.get_num_threads() // jobs))
    reproduce(f"{PIPELINE}:report", "--single-item")  # DVC would first try again what has failed
    return int(bool(failed))


if __name__ == "__main__":
    with command():
        raise SystemExit(main())
