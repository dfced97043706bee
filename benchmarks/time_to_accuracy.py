"""How long until a validation MAE is reached on ZINC-12k: PyG's GPS example beside a recipe of ours.

Both sides start from the raw files, in a process of their own on the same cores: reading, encodings, training and
validation count. A side is trained with cosine schedules of 5, 10, 20, … epochs, until one reaches the target; the time
of that schedule, up to the epoch that reaches it, is its time to accuracy. Seconds of the wall clock and of the
processor are both kept, since the former are of use on a quiet machine alone. A schedule that was run is not run again.

Theirs is PyG's example of GPS: 10 layers of width 64, 4 heads, attention dropout 0.5, random walks of 20 steps by
`AddRandomWalkPE`, Adam with 1e-3, batches of 32. Ours is in `RECIPE`, chosen on validation. `MSPE_DATA` names the raw
data.

    python -m benchmarks.time_to_accuracy [--targets 0.2 0.15] [--seeds 0] [--threads 2] [--longest 160]
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import nn
from torch_geometric.datasets import ZINC
from torch_geometric.loader import DataLoader
from torch_geometric.transforms import AddRandomWalkPE

from benchmarks.pyg import PyGModel
from mspe.common.json_files import read_json, write_json
from mspe.dataset import get_dataset
from mspe.encodings import PRESETS, EncodingSet, compute_spectrum
from mspe.graphs import GraphLoader, PackedGraphs
from mspe.models import get_model
from mspe.training import Trainer, get_loss_fn, get_metrics, get_optimizer, get_scheduler, set_seed

RESULT = Path("benchmarks/results/time_to_accuracy.json")
SHORTEST = 5
RECIPE: dict[str, Any] = {
    "model": {"hidden_dim": 48, "num_layers": 3, "heads": 4, "norm": "batch"},
    "batch_size": 64,
    "lr": 2e-3,
    "weight_decay": 1e-5,
    "warmup_epochs": 1,
    "ema": 0.99,
}

Reached = Callable[[float], None]
"""Takes the validation MAE of an epoch."""


def train_theirs(epochs: int, reached: Reached) -> None:
    """PyG's example, with a cosine schedule instead of its plateaus."""
    raw = Path(os.environ["MSPE_DATA"]) / "ZINC" / "raw"
    with TemporaryDirectory() as folder:
        (Path(folder) / "raw").symlink_to(raw.resolve())
        walks = AddRandomWalkPE(20, attr_name="node_encoding")
        train, val = (ZINC(folder, subset=True, split=split, pre_transform=walks) for split in ("train", "val"))
        model = PyGModel()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-5)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
        train_loader, val_loader = DataLoader(train, 32, shuffle=True), DataLoader(val, 64)
        for _ in range(epochs):
            model.train()
            for batch in train_loader:
                optimizer.zero_grad()
                nn.functional.l1_loss(model(batch).squeeze(-1), batch.y).backward()
                optimizer.step()
            schedule.step()
            reached(_validated(model, val_loader))


@torch.no_grad()
def _validated(model: nn.Module, loader: DataLoader) -> float:
    model.eval()
    errors = [(model(batch).squeeze(-1) - batch.y).abs() for batch in loader]
    return float(torch.cat(errors).mean())


def train_ours(epochs: int, reached: Reached) -> None:
    """The default bank, node-wise and pair-wise, with a cosine schedule by step and averaged weights."""
    dataset = get_dataset("zinc")
    bank = PRESETS["default"]
    model = get_model("graph_transformer", 28, 1, num_edge_features=4, bank=bank, **RECIPE["model"])
    optimizer = get_optimizer(model, "adamw", lr=RECIPE["lr"], weight_decay=RECIPE["weight_decay"])
    loader = GraphLoader(_encoded(dataset.train, bank), RECIPE["batch_size"], shuffle=True)
    schedule = get_scheduler(
        optimizer,
        total_epochs=epochs,
        warmup_epochs=RECIPE["warmup_epochs"],
        steps_per_epoch=len(loader),
    )
    trainer = Trainer(
        model,
        optimizer,
        scheduler=schedule,
        scheduler_interval="step",
        loss_fn=get_loss_fn("regression", "mae"),
        metrics=get_metrics("regression"),
        ema=RECIPE["ema"],
        verbose=False,
    )
    trainer.add_log_hook(lambda metrics, step, prefix: reached(metrics["mae"]) if prefix == "val" else None)
    trainer.fit(loader, GraphLoader(_encoded(dataset.val, bank), 256), epochs=epochs)


def _encoded(graphs: PackedGraphs, bank: Any) -> PackedGraphs:
    spectrum = compute_spectrum(graphs)
    return graphs.with_fields_of(spectrum).with_fields_of(EncodingSet.from_config(bank).encode_nodes(spectrum))


SIDES = {"pyg": train_theirs, "mspe": train_ours}


def train_one(side: str, epochs: int, seed: int, threads: int) -> None:
    """Train one schedule and print, as the last line, its curve and when each epoch was done."""
    curve: list[dict[str, float]] = []

    def reached(error: float) -> None:
        curve.append({"val_mae": error, "seconds": time.time() - start, "processor_seconds": time.process_time()})

    start = float(os.environ["BENCHMARK_START"])  # of the process that started this one: imports count
    torch.set_num_threads(threads)
    set_seed(seed)
    SIDES[side](epochs, reached)
    print(json.dumps(curve))


def trained(side: str, epochs: int, seed: int, threads: int) -> list[dict[str, float]]:
    """The curve of one schedule, in a process of its own."""
    arguments = ["--one", side, "--epochs", epochs, "--seeds", seed, "--threads", threads]
    command = [sys.executable, "-m", "benchmarks.time_to_accuracy", *map(str, arguments)]
    environment = {**os.environ, "BENCHMARK_START": str(time.time())}
    run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    return json.loads(run.stdout.splitlines()[-1])


def time_to(target: float, curves: dict[str, list[dict[str, float]]]) -> dict[str, float] | None:
    """The shortest schedule that reaches a target, and its first epoch that does.

    Examples
    --------
    >>> curves = {"5": [{"val_mae": 0.4, "seconds": 9.0}], "10": [{"val_mae": 0.2, "seconds": 19.0}]}
    >>> time_to(0.2, curves)
    {'schedule': 10, 'val_mae': 0.2, 'seconds': 19.0}
    """
    for epochs in sorted(map(int, curves)):
        for epoch in curves[str(epochs)]:
            if epoch["val_mae"] <= target:
                return {"schedule": epochs, **epoch}
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--targets", type=float, nargs="+", default=[0.2, 0.15])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--longest", type=int, default=160, help="epochs of the last schedule that is tried")
    parser.add_argument("--sides", nargs="+", choices=SIDES, default=list(SIDES))
    parser.add_argument("--one", choices=SIDES, help="train one schedule of --epochs, in this process")
    parser.add_argument("--epochs", type=int, default=SHORTEST)
    arguments = parser.parse_args()
    if arguments.one:
        train_one(arguments.one, arguments.epochs, arguments.seeds[0], arguments.threads)
        return
    results: dict[str, Any] = read_json(RESULT) if RESULT.exists() else {"curves": {}}
    results |= {"recipe": RECIPE, "machine": platform.machine(), "torch": torch.__version__}
    results["threads"] = arguments.threads
    for target in arguments.targets:
        for seed in arguments.seeds:
            for side in arguments.sides:
                search(results, side, seed, target, arguments)
            compare(results, seed, target)


def search(results: dict[str, Any], side: str, seed: int, target: float, arguments: argparse.Namespace) -> None:
    """Train longer and longer schedules of a side, until one reaches a target."""
    curves = results["curves"].setdefault(f"{side}, seed {seed}", {})
    epochs = SHORTEST
    while time_to(target, curves) is None and epochs <= arguments.longest:
        if str(epochs) not in curves:
            curves[str(epochs)] = trained(side, epochs, seed, arguments.threads)
            best = min(epoch["val_mae"] for epoch in curves[str(epochs)])
            print(f"{side}, seed {seed}, {epochs} epochs: val MAE {best:.4f}", flush=True)
            write_json(RESULT, results)
        epochs *= 2


def compare(results: dict[str, Any], seed: int, target: float) -> None:
    """Write and print how long each side took, and the ratio."""
    times = {side: time_to(target, results["curves"].get(f"{side}, seed {seed}", {})) for side in SIDES}
    theirs, ours = times["pyg"], times["mspe"]
    found: dict[str, Any] = dict(times)
    if theirs and ours:
        for clock in ("seconds", "processor_seconds"):
            found[f"ratio_of_{clock}"] = round(theirs[clock] / ours[clock], 2)
    results[f"val MAE {target}, seed {seed}"] = found
    write_json(RESULT, results)
    print(f"val MAE {target}, seed {seed}: {found}", flush=True)


if __name__ == "__main__":
    main()
