"""The Trainer: learning, resuming, interruptions, what is refused."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.tasks.metrics import accept_source
from mspe.training import Trainer, get_metrics, get_optimizer, get_scheduler, set_seed
from tests.terminal import stream
from tests.training.fixtures import Mean, loaders, make_pair_trainer, make_pairs, make_trainer


def test_training_learns_and_its_history_is_complete(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    history = trainer.fit(*loaders(), epochs=6, metric_for_best="mae")
    assert history["val_loss"][-1] < 0.5 * history["val_loss"][0]
    metrics = {f"{part}_{name}" for part in ("train", "val") for name in ("loss", "mse", "mae", "rmse", "median_ae")}
    assert set(history) == metrics | {"lr"}
    assert {len(values) for values in history.values()} == {6}
    assert history["val_loss"] == pytest.approx(history["val_mse"], rel=1e-5)
    assert trainer.best_metric == min(history["val_mae"])
    assert trainer.global_step == 6 * 5
    best = torch.load(tmp_path / "best.pt", weights_only=True)
    assert (best["epoch"], best["best_epoch"]) == (trainer.best_epoch, trainer.best_epoch)


@pytest.mark.parametrize(
    ("terminal", "verbose", "lines", "bars"),
    [(True, None, 2, True), (False, None, 0, False), (False, True, 2, False), (True, False, 0, False)],
)
def test_a_person_sees_a_line_per_epoch_and_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool, verbose: bool | None, lines: int, bars: bool
) -> None:
    trainer = make_trainer(tmp_path, verbose=verbose)
    shown = stream(monkeypatch, terminal)
    trainer.fit(*loaders(), epochs=2)
    written = shown.getvalue().replace("\r", "\n").splitlines()
    assert sum(line.startswith(("epoch 1/2  train loss", "epoch 2/2  train loss")) for line in written) == lines
    assert any(line.startswith("epoch 1/2: ") for line in written) == bars
    assert any(line.startswith("epoch 2/2, 0 s left: ") for line in written) == bars


def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    runs = []
    for number, seed in enumerate([0, 0, 1]):
        trainer = make_trainer(tmp_path / str(number), seed)
        history = trainer.fit(*loaders(), epochs=2)
        runs.append((history, [p.tolist() for p in trainer.model.parameters()]))
    assert runs[0] == runs[1] != runs[2]


def test_early_stopping_ends_the_run(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    for group in trainer.optimizer.param_groups:
        group["lr"] = 0.0
    trainer.scheduler = None
    history = trainer.fit(*loaders(), epochs=50, early_stopping=3)
    assert len(history["lr"]) == 4
    assert torch.load(tmp_path / "best.pt", weights_only=True)["scheduler"] is None


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


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_the_loss_is_computed_where_the_model_is(tmp_path: Path) -> None:
    model = Mean()
    weight = torch.ones(1, 1, device="cuda")
    trainer = Trainer(
        model,
        get_optimizer(model),
        loss_fn=lambda prediction, target: (weight * (prediction - target) ** 2).mean(),
        checkpoint_dir=tmp_path,
        device="cuda",
    )
    assert trainer.eval_epoch(loaders()[1])["loss"] > 0


def test_the_wrong_direction_or_an_unknown_metric_is_refused(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    with pytest.raises(MspeError, match="minimize_metric: got False, but lower is better in 'mae'"):
        trainer.fit(*loaders(), epochs=1, metric_for_best="mae", minimize_metric=False)
    with pytest.raises(MspeError, match="'speed' has no known direction"):
        trainer.fit(*loaders(), epochs=1, metric_for_best="speed")
    with pytest.raises(MspeError, match="got 'accuracy', allowed: loss, mse, mae, rmse, median_ae"):
        trainer.fit(*loaders(), epochs=1, metric_for_best="accuracy")
    with pytest.raises(MspeError, match="training loader is empty"):
        trainer.train_epoch([])


def test_without_a_best_epoch_the_last_is_kept_and_a_warning_says_so(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, metrics=lambda prediction, target: {"mae": float("nan")})
    with pytest.warns(UserWarning, match=r"val mae was undefined in every epoch.* kept in .*last.pt"):
        trainer.fit(*loaders(), epochs=2, metric_for_best="mae")
    assert make_trainer(tmp_path).load_checkpoint("last.pt")["epoch"] == 2
    assert not (tmp_path / "best.pt").exists()


def test_a_plateau_follows_the_direction_of_the_metric(tmp_path: Path) -> None:
    rising = iter(range(100))
    trainer = make_trainer(tmp_path, metrics=lambda prediction, target: {"accuracy": next(rising) / 100})
    trainer.scheduler = get_scheduler(trainer.optimizer, "plateau", patience=0)
    history = trainer.fit(*loaders(), epochs=5, metric_for_best="accuracy")
    assert len(set(history["lr"])) == 1


def constant(**values: float) -> Callable[..., dict[str, float]]:
    """Metrics that never change."""
    return lambda prediction, target: dict(values)


def test_another_metric_begins_its_best_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    trainer = make_trainer(tmp_path)
    trainer.fit(*loaders(), epochs=2)
    trainer.save_checkpoint("model.pt")
    metrics = constant(accuracy=0.001)  # above any loss so far it is not
    loaded = make_trainer(tmp_path, metrics=metrics)
    loaded.load_checkpoint("model.pt")
    trainer.metrics = accept_source(metrics)
    for runner in (trainer, loaded):
        runner.fit(*loaders(), epochs=4, metric_for_best="accuracy")
        assert (runner.best_metric, runner.best_epoch) == (0.001, 3)
        assert torch.load(tmp_path / "best.pt", weights_only=True)["best"]["metric"] == "accuracy"
    assert caplog.text.count("the best epoch is now chosen by val accuracy, anew; val loss was") == 2


def test_a_resumed_run_begins_another_metric_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    state = tmp_path / "state.pt"
    make_trainer(tmp_path).fit(*loaders(), epochs=2, resume_path=state)
    resumed = make_trainer(tmp_path)
    history = resumed.fit(*loaders(), epochs=4, metric_for_best="mae", resume_path=state)
    assert resumed.best_metric == min(history["val_mae"][2:])
    assert "chosen by val mae, anew" in caplog.text


def test_the_count_of_early_stopping_survives_a_checkpoint(tmp_path: Path) -> None:
    metrics = constant(mae=1.0)
    first = make_trainer(tmp_path, metrics=metrics)
    first.fit(*loaders(), epochs=3, metric_for_best="mae")  # two epochs without a better one
    first.save_checkpoint("model.pt")
    second = make_trainer(tmp_path, metrics=metrics)
    second.load_checkpoint("model.pt")
    second.fit(*loaders(), epochs=50, metric_for_best="mae", early_stopping=5)
    assert (second.epoch, second.best_epoch) == (6, 1)


def test_a_run_that_is_over_is_not_followed_by_another_metric(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    trainer.fit(*loaders(), epochs=2)
    best = trainer.best_metric
    trainer.fit(*loaders(), epochs=2, metric_for_best="mae")
    assert trainer.best_metric == best and not (tmp_path / "last.pt").exists()


def test_a_better_checkpoint_of_another_run_is_not_replaced_in_silence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = make_trainer(tmp_path)
    first.fit(*loaders(), epochs=6)
    assert not caplog.text
    make_trainer(tmp_path, seed=1).fit(*loaders(), epochs=1)
    assert f"best.pt: a better one of another run is replaced: val loss {first.best_metric:.4g} of epoch" in caplog.text
    caplog.clear()
    better = make_trainer(tmp_path)
    better.load_checkpoint("best.pt")
    better.fit(*loaders(), epochs=6)
    assert not caplog.text
    make_trainer(tmp_path).fit(*loaders(), epochs=1, metric_for_best="mae")
    assert "best.pt: one of another run is replaced: val loss" in caplog.text
    (tmp_path / "best.pt").write_bytes(b"no checkpoint")
    make_trainer(tmp_path).fit(*loaders(), epochs=1)
    assert "what is there is no checkpoint that can be read" in caplog.text


@pytest.mark.parametrize("own", [True, False], ids=["the task's", "foreign"])
@pytest.mark.parametrize("k", [3, 4, 12, 13])
@pytest.mark.parametrize("metric", ["mrr", "hits@k"])
def test_a_ranking_metric_that_the_split_lacks_is_refused_before_training(
    tmp_path: Path, own: bool, k: int, metric: str
) -> None:
    """Four batches of three negatives: hits@k is of all of them, mrr of each source alone."""
    metrics = get_metrics("edge_prediction", k=k)
    given = metrics if own else partial(metrics)
    trainer, graphs = make_pair_trainer(tmp_path, metrics=given), make_pairs()
    if k <= (3 if metric == "mrr" else 12):
        state = torch.get_rng_state()
        trainer.fit(graphs, graphs, epochs=1, metric_for_best=metric)
        assert torch.equal(torch.get_rng_state(), state) and trainer.best_epoch == 1
        return
    with pytest.raises(MspeError, match=f"metric_for_best: got '{metric}', allowed: loss, roc_auc, ap, precision@k"):
        trainer.fit(graphs, graphs, epochs=1, metric_for_best=metric)
    assert trainer.epoch == trainer.global_step == 0


def test_a_plateau_of_another_metric_begins_anew(tmp_path: Path) -> None:
    falling = iter(range(100))
    trainer = make_trainer(tmp_path, metrics=lambda prediction, target: {"mae": 0.1, "error": 100.0 - next(falling)})
    trainer.scheduler = get_scheduler(trainer.optimizer, "plateau", patience=0)
    trainer.fit(*loaders(), epochs=1, metric_for_best="mae")
    history = trainer.fit(*loaders(), epochs=4, metric_for_best="error", minimize_metric=True)
    assert len(set(history["lr"])) == 1


def test_a_best_checkpoint_has_the_schedule_of_the_epoch_that_comes_next(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    trainer.scheduler = get_scheduler(trainer.optimizer, "linear", total_epochs=4, warmup_epochs=0)
    rates = trainer.fit(*loaders(), epochs=4)["lr"]
    loaded = make_trainer(tmp_path)
    loaded.scheduler = get_scheduler(loaded.optimizer, "linear", total_epochs=4, warmup_epochs=0)
    epoch = loaded.load_checkpoint("best.pt")["epoch"]
    assert loaded.optimizer.param_groups[0]["lr"] == pytest.approx([*rates, 1e-6][epoch])
    assert loaded.history == {} and trainer.load_checkpoint("best.pt")["epoch"] == len(trainer.history["lr"])
