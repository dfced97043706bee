"""The Trainer: learning, resuming, interruptions, what is refused."""

import math
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from torch_geometric.loader import DataLoader

from mspe.common.errors import MspeError
from mspe.graphs import GraphLoader
from mspe.training import Trainer, get_optimizer, get_scheduler, set_seed
from tests.training.fixtures import Mean, loaders, make_graphs, make_trainer


def test_training_learns_and_its_history_is_complete(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    history = trainer.fit(*loaders(), epochs=6, metric_for_best="mae")
    assert history["val_loss"][-1] < 0.5 * history["val_loss"][0]
    metrics = {f"{part}_{name}" for part in ("train", "val") for name in ("loss", "mse", "mae", "rmse")}
    assert set(history) == metrics | {"lr"}
    assert {len(values) for values in history.values()} == {6}
    assert history["val_loss"] == pytest.approx(history["val_mse"], rel=1e-5)
    assert trainer.best_metric == min(history["val_mae"])
    assert trainer.global_step == 6 * 5
    best = torch.load(tmp_path / "best.pt", weights_only=True)
    assert (best["epoch"], best["best_epoch"]) == (trainer.best_epoch, trainer.best_epoch)


def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    runs = []
    for number, seed in enumerate([0, 0, 1]):
        trainer = make_trainer(tmp_path / str(number), seed)
        history = trainer.fit(*loaders(), epochs=2)
        runs.append((history, [p.tolist() for p in trainer.model.parameters()]))
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize("loader_kind", ["ours", "pyg"])
@pytest.mark.parametrize("killed_in", [1, 3])
def test_an_interrupted_run_ends_as_an_undisturbed_one(tmp_path: Path, killed_in: int, loader_kind: str) -> None:
    def fresh_loaders() -> tuple:
        if loader_kind == "ours":
            return loaders()
        return DataLoader(make_graphs(), batch_size=8, shuffle=True), DataLoader(make_graphs(16), batch_size=8)

    options = {"epochs": 6, "early_stopping": 5}
    whole = make_trainer(tmp_path / "whole")
    expected = whole.fit(*fresh_loaders(), **options)

    killed = make_trainer(tmp_path / "killed")

    def kill(metrics: Mapping[str, float], step: int, prefix: str) -> None:
        if killed.epoch == killed_in and step % 5 == 2:
            raise KeyboardInterrupt

    killed.log_every = 1
    killed.add_log_hook(kill)
    with pytest.raises(KeyboardInterrupt):
        killed.fit(*fresh_loaders(), **options, resume_path=tmp_path / "state.pt")

    (tmp_path / "killed" / "best.pt").unlink(missing_ok=True)  # as DVC does before it runs the stage again
    resumed = make_trainer(tmp_path / "killed", seed=77)  # its own generators must not matter
    history = resumed.fit(*fresh_loaders(), **options, resume_path=tmp_path / "state.pt")
    assert history == expected
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, resumed.model.state_dict()[name]), name
    assert (tmp_path / "killed" / "best.pt").read_bytes() == (tmp_path / "whole" / "best.pt").read_bytes()


def test_a_checkpoint_restores_the_run_and_holds_the_specified_keys(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    trainer.fit(*loaders(), epochs=2)
    path = trainer.save_checkpoint("model.pt")
    assert path == tmp_path / "model.pt"
    content = torch.load(path, weights_only=True)
    specified = {"model", "optimizer", "scheduler", "epoch", "global_step", "best_metric", "best_epoch", "metrics"}
    assert specified <= set(content)
    other = make_trainer(tmp_path, seed=5)
    other.load_checkpoint("model.pt")
    assert (other.epoch, other.global_step) == (2, 10)
    assert torch.equal(other.predict(loaders()[1]), trainer.predict(loaders()[1]))
    assert other.optimizer.state_dict()["state"][0]["step"] == 10
    assert other.scheduler.last_epoch == trainer.scheduler.last_epoch == 2  # type: ignore[union-attr]


def test_early_stopping_ends_the_run(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    for group in trainer.optimizer.param_groups:
        group["lr"] = 0.0
    trainer.scheduler = None
    history = trainer.fit(*loaders(), epochs=50, early_stopping=3)
    assert len(history["lr"]) == 4
    assert torch.load(tmp_path / "best.pt", weights_only=True)["scheduler"] is None


def test_a_loss_that_is_not_finite_stops_the_run_and_keeps_the_best(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    trainer.fit(*loaders(), epochs=1)
    best = (tmp_path / "best.pt").read_bytes()
    with torch.no_grad():
        trainer.model.output.bias.fill_(math.inf)
    with pytest.raises(
        MspeError,
        match=r"loss is inf in epoch 2, batch 1, after step 5: the parameter output.bias is not finite; lower",
    ):
        trainer.fit(*loaders(), epochs=2)
    assert (tmp_path / "best.pt").read_bytes() == best


def test_a_batch_that_is_not_finite_is_left_out_on_request(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    graphs = make_graphs()
    graphs.fields["x"][5] = math.nan
    train = GraphLoader(graphs, 8)
    with pytest.raises(MspeError, match=r"loss is nan in epoch 1, batch 1, after step 0: the batch's field x is not"):
        make_trainer(tmp_path).fit(train, train, epochs=1)
    trainer = make_trainer(tmp_path, skip_nonfinite=True)
    history = trainer.fit(train, loaders()[1], epochs=2)
    assert history["train_skipped"] == [1.0, 1.0] and trainer.global_step == 8
    assert all(math.isfinite(value) for name in ("train_loss", "train_mae", "val_loss") for value in history[name])
    assert "the batch is left out" in caplog.text


def test_an_epoch_without_a_usable_batch_leaves_a_gap_in_the_history(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, skip_nonfinite=True)
    trainer.scheduler = None
    with torch.no_grad():
        trainer.model.output.bias.fill_(math.nan)
    trainer.fit(*loaders(), epochs=1)
    with torch.no_grad():
        trainer.model.output.bias.zero_()
    history = trainer.fit(*loaders(), epochs=2)
    assert {len(values) for values in history.values()} == {2}
    assert math.isnan(history["train_mae"][0]) and math.isfinite(history["train_mae"][1])
    assert history["train_skipped"] == [5.0, 0.0]


@pytest.mark.parametrize("interval", ["steps", "step"])
def test_an_interval_that_does_not_fit_is_refused(tmp_path: Path, interval: str) -> None:
    model = Mean()
    optimizer = get_optimizer(model)
    plateau = get_scheduler(optimizer, "plateau")
    with pytest.raises(MspeError, match="scheduler_interval: got 'step"):
        Trainer(model, optimizer, plateau, checkpoint_dir=tmp_path, scheduler_interval=interval)


def test_hooks_see_steps_and_a_failing_one_does_not_end_the_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    trainer = make_trainer(tmp_path, log_every=2)
    seen: list[tuple[str, int, set[str]]] = []
    trainer.add_log_hook(lambda metrics, step, prefix: 1 / 0)
    trainer.add_log_hook(lambda metrics, step, prefix: seen.append((prefix, step, set(metrics))))
    trainer.fit(*loaders(), epochs=2)
    assert [(prefix, step) for prefix, step, _ in seen] == [
        ("train", 2), ("train", 4), ("val", 5), ("train", 6), ("train", 8), ("train", 10), ("val", 10)
    ]  # fmt: skip
    assert seen[0][2] == {"loss", "lr", "grad_norm", "graphs_per_second", "peak_memory_mb"}
    assert "training goes on" in caplog.text and "ZeroDivisionError" in caplog.text


def test_predictions_come_in_the_loaders_order_on_the_cpu(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    graphs = make_graphs(20)
    whole = trainer.predict(GraphLoader(graphs, 20))
    assert torch.allclose(trainer.predict(GraphLoader(graphs, 3)), whole, atol=1e-6)
    assert whole.shape == (20, 1) and whole.device.type == "cpu" and not whole.requires_grad
    with pytest.raises(MspeError, match="a regression has none"):
        trainer.predict(GraphLoader(graphs, 20), probabilities=True)
    trainer.task_type = "classification"
    assert trainer.predict(GraphLoader(graphs, 20), probabilities=True).sub(0.5).abs().max() <= 0.5


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_training_on_a_gpu_learns_as_on_the_cpu(tmp_path: Path) -> None:
    set_seed(0)
    model = Mean()
    model.dropout.p = 0.0
    trainer = Trainer(model, get_optimizer(model, lr=1e-2), checkpoint_dir=tmp_path, device="cuda")
    history = trainer.fit(*loaders(), epochs=6)
    assert history["val_loss"][-1] < 0.5 * history["val_loss"][0]
    assert trainer.predict(loaders()[1]).device.type == "cpu"


def test_the_wrong_direction_or_an_unknown_metric_is_refused(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    with pytest.raises(MspeError, match="minimize_metric: got False, but lower is better in 'mae'"):
        trainer.fit(*loaders(), epochs=1, metric_for_best="mae", minimize_metric=False)
    with pytest.raises(MspeError, match="'speed' has no known direction"):
        trainer.fit(*loaders(), epochs=1, metric_for_best="speed")
    with pytest.raises(MspeError, match="got 'accuracy', allowed: loss, mse, mae, rmse"):
        trainer.fit(*loaders(), epochs=1, metric_for_best="accuracy")
    with pytest.raises(MspeError, match="training loader is empty"):
        trainer.train_epoch([])
