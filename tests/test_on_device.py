"""The library on a device that is not the CPU: pretended, so that it is checked where there is no GPU."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch_geometric.data import Data
from torch_geometric.loader import DataLoader

from mspe.encodings import PRESETS, AddMultiScalePE, EncodingSet, compute_spectrum
from mspe.graphs import GraphLoader, PackedGraphs
from mspe.models import MODELS, ModelParams, find_max_pairs, get_model, model_arguments
from mspe.pipeline.equal_graphs import warn_of_equal_graphs
from mspe.pipeline.trained_model import TrainedModel
from mspe.training import Trainer, get_optimizer, get_scheduler, set_seed
from mspe.training.cost import CostMeter
from tests.conftest import BANK
from tests.models.fixtures import SMALL, Molecules, build
from tests.pretended_device import PretendedDevice, pretend_cuda
from tests.training.fixtures import Mean, make_graphs


@pytest.fixture
def device() -> Iterator[PretendedDevice]:
    with pretend_cuda() as pretended:
        yield pretended


BANKS: dict[str, dict[str, Any]] = {
    **PRESETS,
    "learned": {"filters": {"learned": {"channels": 3}}},
    "trained": {
        "filters": {"walk": {"steps": [2]}, "heat": {"times": [1.0]}, "ppr": {"restarts": [0.2]}},
        "trainable": True,
    },
    "wavelet and degree": {"filters": {"wavelet": {"times": [1.0, 2.0]}}, "degree": True},
    "eigenvectors and distance": {
        "filters": {},
        "eigenvectors": 3,
        "distance": 4,
        "landmarks": 2,
        "hierarchical": True,
    },
    "further operators": {
        "filters": {},
        **dict.fromkeys(["resistance", "diffusion_distance", "biharmonic", "communicability", "katz"], True),
        **{"electrostatic": True, "magnetic": True, "magnetic_eigenvectors": 2},
    },
    "random inputs": {"pearl": {"samples": 4, "channels": 3}},
    "basis inputs, SPE and distances": {
        **{"pearl": {"variant": "basis", "channels": 3}, "stable": {"filters": 2, "channels": 3}},
        **{"filters": {}, "eigenvector_distance": 3},
    },
    "pairs of small graphs": {"filters": {"walk": {"steps": [1, 2]}}, "max_pair_nodes": 5},
}
EVERYDAY = ["default", "trained", "eigenvectors and distance", "further operators", "pairs of small graphs"]
KINDS = {
    "graph regression": ("graph", "regression", 1),
    "graph classes": ("graph", "classification", 3),
    "node regression": ("node", "regression", 1),
    "node classes": ("node", "classification", 3),
    "edges": ("edge", "edge_prediction", 1),
}
SHAPES: list[dict[str, Any]] = [
    {"name": "gps", "local": "gatedgcn", "attention": "linear"},
    {"name": "gine", "norm": "layer", "pooling": "mean"},
    {"local": "none", "dropout": 0.3, "attention_dropout": 0.3},
    {"attention": "none", "eigenvector_encoder": "signnet", "bank": PRESETS["lappe"]},
    {"update_encodings": True},
]


def make_paths(level: str, classes: int, count: int = 8) -> list[Data]:
    """Paths of three to six nodes, with categories and a target."""
    generator = torch.Generator().manual_seed(0)
    graphs = []
    for size in (3 + number % 4 for number in range(count)):
        first = torch.arange(size - 1)
        edges = torch.stack([torch.cat([first, first + 1]), torch.cat([first + 1, first])])
        graph = Data(x=torch.randint(4, (size, 2), generator=generator), edge_index=edges, num_nodes=size)
        graph.edge_attr = torch.randint(3, (edges.size(1), 1), generator=generator)
        if level == "edge":
            graph.edge_label_index = torch.randint(size, (2, 4), generator=generator)
            graph.edge_label = torch.tensor([0.0, 1.0, 0.0, 1.0])
        else:
            rows = size if level == "node" else 1
            graph.y = torch.randn(rows, 1, generator=generator)
            if classes > 1:
                graph.y = torch.randint(classes, (rows,), generator=generator)
        graphs.append(graph)
    return graphs


def train_on_device(folder: Path, kind: str, encoded: bool, ema: float | None = None, **options: Any) -> None:
    """Fit, evaluate and predict with batches of ours, encoded before or not, from locked memory and ahead."""
    level, task, outputs = KINDS[kind]
    set_seed(0, deterministic=True)
    bank = EncodingSet.from_config(options.pop("bank", BANK))
    model = get_model(
        **{"name": "graph_transformer", **SMALL, **options}, num_features=4, num_edge_features=3, num_classes=outputs,
        bank=bank, target_level=level,
    )  # fmt: skip
    trainer = Trainer(model, get_optimizer(model), task_type=task, device="cuda", checkpoint_dir=folder, ema=ema)
    graphs = PackedGraphs.from_list(make_paths(level, outputs))
    if encoded:
        spectrum = compute_spectrum(graphs, operators=bank.operators)
        graphs = graphs.with_fields_of(spectrum).with_fields_of(
            EncodingSet.from_config(bank.config()).encode_nodes(spectrum, lambda: graphs)
        )
    loader = GraphLoader(graphs, 4, shuffle=True, max_pairs=10**6, pin_memory=True, prefetch=2)
    trainer.fit(loader, loader, epochs=1)
    for one in (model, trainer.evaluated_model):
        assert all(parameter.is_cuda for parameter in one.parameters())
    assert trainer.predict(loader, probabilities=task != "regression").device.type == "cpu"


@pytest.mark.parametrize("kind", KINDS)
def test_every_task_runs_on_a_device(device: PretendedDevice, tmp_path: Path, kind: str) -> None:
    train_on_device(tmp_path, kind, encoded=False)


def test_averaged_weights_stay_on_the_device(device: PretendedDevice, tmp_path: Path) -> None:
    train_on_device(tmp_path, "graph regression", encoded=False, bank=BANKS["trained"], ema=0.9)


@pytest.mark.parametrize("bank", EVERYDAY)
def test_every_encoding_runs_on_a_device(device: PretendedDevice, tmp_path: Path, bank: str) -> None:
    train_on_device(tmp_path, "edges", encoded=bank != "trained", bank=BANKS[bank])


def test_further_operators_are_decomposed_on_a_device(device: PretendedDevice, tmp_path: Path) -> None:
    train_on_device(tmp_path, "graph regression", encoded=False, bank=BANKS["further operators"])


@pytest.mark.parametrize("options", SHAPES, ids=str)
def test_every_layer_runs_on_a_device(device: PretendedDevice, tmp_path: Path, options: dict[str, Any]) -> None:
    train_on_device(tmp_path, "graph regression", encoded=False, **options)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("bank", BANKS)
def test_every_model_task_and_bank_runs_on_a_device(device: PretendedDevice, tmp_path: Path, bank: str) -> None:
    """In pairs: every bank meets every kind and every model, and so does every kind every model over the banks.

    Shapes are those on the CPU, where they are checked, and here every look at one is a call of the device.
    """
    models, number = list(MODELS), list(BANKS).index(bank)
    for place, kind in enumerate(KINDS):
        name = models[(number + place) % len(models)]
        train_on_device(tmp_path / kind, kind, encoded=(number + place) % 2 == 0, name=name, bank=BANKS[bank])


def make_trainer(folder: Path, **options: Any) -> Trainer:
    """On whatever device there is, with dropout and a schedule that follows the score."""
    set_seed(0)
    model = Mean()
    optimizer = get_optimizer(model, lr=3e-2)
    scheduler = get_scheduler(optimizer, "plateau", patience=0)
    return Trainer(model, optimizer, scheduler, checkpoint_dir=folder, **options)


@pytest.mark.parametrize(
    "options", [{}, {"mixed_precision": "fp16", "ema": 0.9}, {"mixed_precision": True, "accumulation_steps": 2}]
)
def test_a_run_that_is_interrupted_anywhere_ends_as_it_would_have(
    device: PretendedDevice, tmp_path: Path, options: dict[str, Any]
) -> None:
    loader = GraphLoader(make_graphs(24), 8, shuffle=True)
    fit = {"train_loader": loader, "val_loader": loader, "epochs": 2, "save_interval": 0.0}
    whole = make_trainer(tmp_path / "whole", **options)
    expected = whole.fit(**fit), [p.tolist() for p in whole.model.parameters()]

    class StoppedError(Exception):
        pass

    for step in (1, 3):
        folder = tmp_path / str(step)
        stopped = make_trainer(folder, log_every=1, **options)
        real, taken = stopped._step.step, []

        def stop(*arguments: Any, real: Any = real, taken: list[int] = taken, step: int = step) -> bool:
            if len(taken) == step:
                raise StoppedError
            taken.append(1)
            return real(*arguments)

        stopped._step.step = stop  # type: ignore[method-assign]
        with pytest.raises(StoppedError):
            stopped.fit(**fit, resume_path=folder / "state.pt")
        torch.rand(7, device="cuda")  # another process's generators stand elsewhere
        resumed = make_trainer(folder, **options)
        history = resumed.fit(**fit, resume_path=folder / "state.pt")
        assert (history, [p.tolist() for p in resumed.model.parameters()]) == expected


def test_a_checkpoint_goes_on_and_bad_batches_are_left_out(device: PretendedDevice, tmp_path: Path) -> None:
    graphs = make_graphs()
    graphs.fields["x"][3] = torch.inf
    loader, good = GraphLoader(graphs, 8), GraphLoader(make_graphs(), 8)
    trainer = make_trainer(tmp_path, skip_nonfinite=True, task_type="regression")
    history = trainer.fit(loader, good, epochs=4, early_stopping=3)
    assert history["train_skipped"] == [1.0] * len(history["lr"])
    again = make_trainer(tmp_path)
    assert again.load_checkpoint("best.pt")["epoch"] == trainer.best_epoch
    assert again.eval_epoch(good)["loss"] == trainer.history["val_loss"][trainer.best_epoch - 1]


def test_a_loader_of_pyg_and_the_loss_where_the_model_is(device: PretendedDevice, tmp_path: Path) -> None:
    graphs = make_paths("graph", 1)
    model = get_model("gps", 4, 1, num_edge_features=3, hidden_dim=8, num_layers=1, heads=2)
    weight = torch.ones(1, 1, device="cuda")
    trainer = Trainer(
        model, get_optimizer(model), loss_fn=lambda output, target: (weight * (output - target) ** 2).mean(),
        checkpoint_dir=tmp_path,
    )  # fmt: skip
    trainer.fit(DataLoader(graphs, 5), [graphs], epochs=1)
    assert trainer.device.type == "cuda" and trainer.eval_epoch(graphs)["loss"] > 0


def test_a_trained_model_scores_on_a_device_as_on_the_cpu(
    device: PretendedDevice, tmp_path: Path, molecules: Molecules
) -> None:
    schema, graphs = molecules
    metadata = {"model": model_arguments(ModelParams(**SMALL), schema, BANK), "schema": schema.model_dump()}
    model = get_model(**metadata["model"])
    trainer = Trainer(
        model, get_optimizer(model), task_type=schema.task_type, checkpoint_dir=tmp_path, metadata=metadata,
        mixed_precision="bf16", ema=0.9,
    )  # fmt: skip
    loader = GraphLoader(graphs, 32, max_pairs=find_max_pairs(model, trainer.device))
    trainer.fit(loader, loader, epochs=1)
    ours, cpu = (TrainedModel.load(tmp_path / "best.pt", place) for place in ("auto", "cpu"))
    assert next(ours.model.parameters()).is_cuda
    torch.testing.assert_close(
        ours.predict(["CCO", "c1ccccc1"]), cpu.predict(["CCO", "c1ccccc1"]), atol=1e-4, rtol=1e-4
    )
    scored = ours.evaluate(graphs)
    torch.testing.assert_close(scored.prediction, cpu.evaluate(graphs).prediction, atol=1e-4, rtol=1e-4)
    assert scored.metrics and len(scored.table()["index"]) == len(graphs)
    water = Data(edge_index=torch.tensor([[0, 1], [1, 0]]), num_nodes=2)
    torch.testing.assert_close(ours.encode([water])[0].pe, cpu.encode([water])[0].pe)
    added = [AddMultiScalePE(trained.bank)(water.clone()).pe for trained in (ours, cpu)]  # graphs stay where they are
    assert not added[0].is_cuda
    torch.testing.assert_close(*added)
    assert ours.scale_weights()["pair"] == pytest.approx(cpu.scale_weights()["pair"])
    assert warn_of_equal_graphs(graphs, metadata["model"], trainer.device) == warn_of_equal_graphs(
        graphs, metadata["model"], torch.device("cpu")
    )
    assert CostMeter(trainer.device).report()["peak_gpu_memory_mb"] >= 0


def test_spectra_and_encodings_are_computed_on_a_device(device: PretendedDevice) -> None:
    graphs = PackedGraphs.from_list(make_paths("graph", 1))
    for backend in ("dense", "chebyshev", "auto"):
        spectra = [compute_spectrum(graphs.to(place), backend=backend) for place in ("cuda", "cpu")]  # type: ignore[arg-type]
        bank = EncodingSet.from_config(BANK)
        moved, plain = (bank.to(place).encode_nodes(one) for place, one in zip(("cuda", "cpu"), spectra, strict=True))
        assert moved.fields["node_encoding"].is_cuda
        torch.testing.assert_close(moved.fields["node_encoding"].cpu(), plain.fields["node_encoding"])


def test_how_often_a_step_waits_for_the_device(device: PretendedDevice, tmp_path: Path, molecules: Molecules) -> None:
    """In the forward pass: the graphs' sizes, and whether features and encodings are the model's own."""
    schema, graphs = molecules
    model: nn.Module = build(schema)
    batches = GraphLoader(graphs, 32, pin_memory=True, prefetch=2)
    trainer = Trainer(model, get_optimizer(model), checkpoint_dir=tmp_path, task_type=schema.task_type)
    device.waits.clear()
    model(next(iter(batches)).to("cuda", non_blocking=True))
    assert device.waits == {"tolist": 1, "__bool__": 2}

    counted = []
    for count in (1, 2):
        device.waits.clear()
        trainer.train_epoch(list(batches)[:count])
        counted.append(device.waits.copy())
    per_step = counted[1] - counted[0]
    assert per_step["item"] == 2  # the loss and the gradient's norm must be finite
    assert not any(name.startswith("copy") for name in per_step)
