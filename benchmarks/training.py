"""How fast training is, beside PyG's `GPSConv` and `DataLoader`, on ZINC-12k (`MSPE_DATA` names the raw files' folder).

GraphGPS's recipe: batch 32, 10 layers of width 64, 4 heads, GINE beside softmax attention, attention dropout 0.5, fused
AdamW, random-walk encodings of 20 steps, precomputed on both sides; for our `graph_transformer` the default bank
instead, with its pair channels built in every step. All sides run in this process, in turn: whole epochs with loading,
loss, backward pass and optimizer, after a warm-up. Prints a table, and one line of JSON at the end.

    MSPE_DATA=… python -m benchmarks.training [--epochs 3] [--threads 2] [--device cpu] [--profile]
"""

import argparse
import json
import platform
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import torch
from torch import nn
from torch.profiler import ProfilerActivity, profile
from torch_geometric.data import Batch, Data
from torch_geometric.loader import DataLoader

from benchmarks.pyg import PyGModel
from benchmarks.timing import interleaved, show, synchronize
from mspe.dataset import get_dataset
from mspe.encodings import PRESETS, EncodingSet, compute_spectrum
from mspe.graphs import GraphLoader, PackedGraphs
from mspe.models import get_model
from mspe.training import Trainer, get_loss_fn

BATCH_SIZE, WARM_UP, LOADING_REPETITIONS = 32, 30, 7
SHAPE: dict[str, Any] = {"hidden_dim": 64, "num_layers": 10, "heads": 4, "attention_dropout": 0.5}


@dataclass
class Side:
    """One model with its loader: what an epoch of it costs."""

    name: str
    model: nn.Module
    loader: Iterable[Batch]
    device: torch.device
    clip: bool = False
    epochs: list[float] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.model.to(self.device)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-3, weight_decay=1e-5, fused=True)

    def step(self, loaded: Batch) -> None:
        batch = loaded.to(self.device, non_blocking=True)
        self.optimizer.zero_grad()
        loss = nn.functional.l1_loss(self.model(batch), batch.y)
        loss.backward()
        if self.clip:  # as the Trainer does, and looks at both numbers
            loss.item(), nn.utils.clip_grad_norm_(self.model.parameters(), 1.0).item()
        self.optimizer.step()

    def epoch(self, most: int | None = None) -> None:
        """Train an epoch, or its first steps, and keep the times."""
        steps = []
        synchronize()
        first = last = time.perf_counter()
        for number, batch in enumerate(self.loader):
            if number == most:
                break
            self.step(batch)
            synchronize()
            now = time.perf_counter()
            steps.append(now - last)
            last = now
        self.epochs.append(last - first)
        self.steps += steps

    def warm_up(self) -> None:
        self.epoch(WARM_UP)
        self.epochs.clear()
        self.steps.clear()

    def describe(self) -> str:
        parameters = sum(parameter.numel() for parameter in self.model.parameters())
        return (
            f"{self.name:<32} {parameters:>9,} parameters   epoch {median(self.epochs):6.2f} s"
            f"   step {1e3 * median(self.steps):6.1f} ms"
        )


def encoded(graphs: PackedGraphs, preset: str, with_spectrum: bool) -> PackedGraphs:
    """The graphs as the pipeline's stages leave them, or without the spectrum that a model without pairs ignores."""
    spectrum = compute_spectrum(graphs)
    encoding = EncodingSet.from_config(PRESETS[preset]).encode_nodes(spectrum)
    return (
        graphs.with_fields_of(spectrum).with_fields_of(encoding) if with_spectrum else graphs.with_fields_of(encoding)
    )


def build_sides(graphs: PackedGraphs, device: torch.device) -> tuple[Side, Side, Side]:
    walks = encoded(graphs, "rwse", with_spectrum=False)
    torch.manual_seed(0)
    pyg = Side("PyG: GPSConv, DataLoader", PyGModel(), pyg_loader(walks, device), device)
    ours = []
    for name, preset, packed in (
        ("gps", "rwse", walks),
        ("graph_transformer", "default", encoded(graphs, "default", with_spectrum=True)),
    ):
        model = get_model(name, 28, 1, num_edge_features=4, bank=PRESETS[preset], **SHAPE)
        ours.append(Side(f"mspe: {name}", model, our_loader(packed, device), device))
    return pyg, ours[0], ours[1]


def our_loader(graphs: PackedGraphs, device: torch.device) -> GraphLoader:
    on_gpu = device.type == "cuda"
    return GraphLoader(graphs, BATCH_SIZE, shuffle=True, pin_memory=on_gpu, prefetch=2 if on_gpu else 0)


def pyg_loader(graphs: PackedGraphs, device: torch.device) -> DataLoader:
    """Over a list of `Data`, the fastest form that PyG's loader takes."""
    plain: list[Data] = list(graphs)
    return DataLoader(plain, BATCH_SIZE, shuffle=True, pin_memory=device.type == "cuda")


def loading(graphs: PackedGraphs) -> float:
    """An epoch of batches and nothing else, on the CPU."""
    walks, cpu = encoded(graphs, "rwse", with_spectrum=False), torch.device("cpu")
    sides: list[Callable[[], object]] = [
        lambda loader=loader: [batch.num_graphs for batch in loader]  # type: ignore[misc]
        for loader in (our_loader(walks, cpu), pyg_loader(walks, cpu))
    ]
    return show("loading an epoch of 10,000 graphs", *interleaved(*sides, LOADING_REPETITIONS))


def trainer_overhead(graphs: PackedGraphs, device: torch.device, epochs: int) -> float:
    """Our `gps` trained by the Trainer, against a loop that clips, and reads loss and norm, on the same loader."""
    walks = encoded(graphs, "rwse", with_spectrum=False)
    models = [get_model("gps", 28, 1, num_edge_features=4, bank=PRESETS["rwse"], **SHAPE) for _ in range(2)]
    bare = Side("loop", models[0], our_loader(walks, device), device, clip=True)
    optimizer = torch.optim.AdamW(models[1].parameters(), lr=1e-3, weight_decay=1e-5, fused=True)
    trainer = Trainer(models[1], optimizer, loss_fn=get_loss_fn("regression", "mae"), device=device)
    loader = our_loader(walks, device)
    with_trainer, without = interleaved(lambda: trainer.train_epoch(loader), bare.epoch, epochs)
    print(f"gps with the Trainer: epoch {with_trainer:6.2f} s   bare loop {without:6.2f} s")
    return round(with_trainer / without, 3)


def show_profile(side: Side, steps: int = 50) -> None:
    """Where a step's time goes: the operations by their own time."""
    batches = [batch for batch, _ in zip(side.loader, range(steps), strict=False)]
    activities = [ProfilerActivity.CPU] + ([ProfilerActivity.CUDA] if side.device.type == "cuda" else [])
    with profile(activities=activities) as record:
        for batch in batches:
            side.step(batch)
    events = sorted(record.key_averages(), key=lambda event: -event.self_cpu_time_total)
    print(f"\n{side.name}: ms a step, calls a step")
    for event in events[:16]:
        print(f"  {event.key[:52]:<52} {event.self_cpu_time_total / 1e3 / steps:7.2f} {event.count / steps:7.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=3, help="measured epochs a side")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads of torch")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--profile", action="store_true", help="also where the time of a step goes")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    device = torch.device(arguments.device)
    hardware = torch.cuda.get_device_name() if device.type == "cuda" else platform.processor() or platform.machine()
    print(f"{hardware}, {arguments.threads} threads, torch {torch.__version__}")

    graphs = get_dataset("zinc").train
    results: dict[str, Any] = {"loading_vs_pyg": loading(graphs)}
    sides = build_sides(graphs, device)
    for side in sides:
        side.warm_up()
    for _ in range(arguments.epochs):
        for side in sides:
            side.epoch()
    for side in sides:
        print(side.describe())
    pyg, gps, transformer = sides
    for name, side in (("gps", gps), ("graph_transformer", transformer)):
        results[f"{name}_vs_pyg"] = round(median(pyg.epochs) / median(side.epochs), 2)
        results[f"{name}_epoch_seconds"] = round(median(side.epochs), 2)
    results["pyg_epoch_seconds"] = round(median(pyg.epochs), 2)
    results["trainer_overhead"] = trainer_overhead(graphs, device, arguments.epochs)
    if arguments.profile:
        for side in sides:
            show_profile(side)
    print(json.dumps({**results, "device": str(device), "threads": arguments.threads}))


if __name__ == "__main__":
    main()
