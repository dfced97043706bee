"""The average of the weights: its closed form, what it leaves alone, and that it is what is scored and kept."""

import logging
import signal
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from mspe.common.errors import InterruptionError, MspeError
from mspe.training import Trainer, get_optimizer, set_seed
from mspe.training.averaging import WeightAverage
from tests.training.fixtures import Mean, Normed, loaders, make_graphs, make_trainer


def make_normed_trainer(folder: Path, seed: int = 0, **options: object) -> Trainer:
    set_seed(seed)
    model = Normed()
    return Trainer(model, get_optimizer(model, lr=3e-2), checkpoint_dir=folder, device="cpu", **options)  # type: ignore[arg-type]


def copied(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}


def assert_same(first: Mapping[str, Tensor], second: Mapping[str, Tensor]) -> None:
    assert first.keys() == second.keys()
    assert all(torch.equal(value, second[name]) for name, value in first.items())


@pytest.mark.parametrize("decay", [0.3, 0.999])
def test_the_average_is_the_weighted_sum_of_all_weights_so_far(decay: float) -> None:
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)).double()
    average = WeightAverage(model, decay)
    seen = []
    for number in range(12):
        torch.nn.init.normal_(model[0].weight)
        model(torch.randn(8, 3, dtype=torch.double))
        average.update()
        seen.append(copied(model))
        decays = [min(decay, (1 + t) / (10 + t)) for t in range(1, number + 1)]
        # of the k-th weights, counted from 0: (1 − d_k) d_{k+1} ⋯ d_n, and of the first ones d_1 ⋯ d_n
        shares = [(1 - d) * torch.tensor(decays[k:]).prod().item() for k, d in enumerate(decays, 1)]
        shares = [1 - sum(shares), *shares]
        for name in ("0.weight", "1.running_mean", "1.running_var"):
            expected = sum(share * state[name] for share, state in zip(shares, seen, strict=True))
            torch.testing.assert_close(average.model.state_dict()[name], expected, atol=1e-6, rtol=1e-6)
    assert average.steps == 12 and average.model.state_dict()["1.num_batches_tracked"] == 12  # copied, not averaged


def test_what_does_not_move_stays_to_the_last_bit() -> None:
    model = nn.BatchNorm1d(100, affine=False)
    model.register_buffer("constant", torch.randn(100), persistent=False)
    average = WeightAverage(model, 0.9)
    for _ in range(50):
        average.update()
    assert torch.equal(average.model.constant, model.constant)


def test_before_the_first_step_the_live_model_is_the_average(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, ema=0.9)
    nn.init.ones_(trainer.model.output.weight)  # after the Trainer was built
    assert trainer.evaluated_model is trainer.model
    assert "ema" not in torch.load(trainer.save_checkpoint("first.pt"), weights_only=True)
    trainer.train_epoch(loaders()[0])
    assert trainer.evaluated_model is not trainer.model


def test_a_model_whose_average_is_undefined_is_refused(tmp_path: Path) -> None:
    model = Mean()
    model.register_buffer("mask", torch.tensor([0.0, -torch.inf]))
    with pytest.raises(MspeError, match="ema: the model's buffer mask is not finite, so it has no average"):
        Trainer(model, get_optimizer(model), ema=0.9, checkpoint_dir=tmp_path, device="cpu")


def test_a_model_that_cannot_be_copied_is_refused() -> None:
    model = Mean()
    model.scale = model.output.weight * 2  # no leaf of the graph
    with pytest.raises(MspeError, match=r"^ema: the model cannot be copied \(Only Tensors created .*; leave ema out$"):
        WeightAverage(model, 0.9)


@pytest.mark.parametrize("options", [{}, {"accumulation_steps": 2}, {"skip_nonfinite": True}])
def test_training_goes_on_with_the_weights_that_it_has_without(tmp_path: Path, options: dict[str, object]) -> None:
    trainers = []
    for ema in (None, 0.9):
        trainers.append(make_normed_trainer(tmp_path / str(ema), ema=ema, **options))
        trainers[-1].fit(*loaders(), epochs=2)
    plain, averaged = trainers
    assert_same(plain.model.state_dict(), averaged.model.state_dict())
    for name in ("train_loss", "train_mae", "lr"):
        assert plain.history[name] == averaged.history[name]
    assert plain.history["val_loss"] != averaged.history["val_loss"]
    assert not averaged.model.training and not averaged.evaluated_model.training


def test_steps_are_averaged_and_batches_are_not(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, ema=0.9, accumulation_steps=2)
    trainer.train_epoch(loaders()[0])  # five batches
    assert trainer.global_step == trainer._average.steps == 3


def test_the_averaged_weights_are_scored_and_kept_beside_the_live_ones(tmp_path: Path) -> None:
    train, val = loaders()
    trainer = make_normed_trainer(tmp_path, ema=0.9)
    history = trainer.fit(train, val, epochs=3)
    best = torch.load(tmp_path / "best.pt", weights_only=True)
    scorer = make_normed_trainer(tmp_path)
    losses = {}
    for key in ("model", "ema"):
        scorer.model.load_state_dict(best[key])
        losses[key] = scorer.eval_epoch(val)["loss"]
    assert losses["ema"] == best["best_metric"] == min(history["val_loss"]) != losses["model"]
    assert best["ema_steps"] == best["global_step"]
    scorer.model.load_state_dict(trainer.evaluated_model.state_dict())
    assert torch.equal(scorer.predict(val), trainer.predict(val))


def test_a_file_without_an_average_is_what_it_was(tmp_path: Path) -> None:
    path = make_trainer(tmp_path).save_checkpoint("model.pt")
    content = torch.load(path, weights_only=True)
    assert content["format"] == 2 and not {"ema", "ema_steps"} & content.keys()


@pytest.mark.parametrize("stopped_at", [1, 4, 7])
def test_a_run_stopped_within_an_epoch_goes_on_with_its_average(tmp_path: Path, stopped_at: int) -> None:
    whole = make_normed_trainer(tmp_path / "whole", ema=0.95)
    expected = whole.fit(*loaders(), epochs=3)
    stopped = make_normed_trainer(tmp_path / "stopped", ema=0.95, log_every=1)

    def stop(metrics: Mapping[str, float], step: int, prefix: str) -> None:
        if step == stopped_at and prefix == "train":
            signal.raise_signal(signal.SIGTERM)

    stopped.add_log_hook(stop)
    with pytest.raises(InterruptionError):
        stopped.fit(*loaders(), epochs=3, resume_path=tmp_path / "state.pt")
    resumed = make_normed_trainer(tmp_path / "stopped", seed=77, ema=0.95)
    assert resumed.fit(*loaders(), epochs=3, resume_path=tmp_path / "state.pt") == expected
    assert_same(whole.model.state_dict(), resumed.model.state_dict())
    assert_same(whole.evaluated_model.state_dict(), resumed.evaluated_model.state_dict())
    assert (tmp_path / "stopped" / "best.pt").read_bytes() == (tmp_path / "whole" / "best.pt").read_bytes()


def test_a_loaded_checkpoint_goes_on_with_its_average(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    whole = make_normed_trainer(tmp_path / "whole", ema=0.95)
    whole.model.dropout.p = 0.0
    train = list(loaders()[0])
    for _ in range(2):
        path = whole.save_checkpoint(tmp_path / f"{whole.epoch}.pt")
        whole.train_epoch(train)
    loaded = make_normed_trainer(tmp_path, seed=1, ema=0.95)
    loaded.model.dropout.p = 0.0
    loaded.load_checkpoint(path)
    loaded.train_epoch(train)
    assert_same(whole.evaluated_model.state_dict(), loaded.evaluated_model.state_dict())
    assert not caplog.records


def test_an_average_on_one_side_alone_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with_one, without = make_trainer(tmp_path, ema=0.9), make_trainer(tmp_path)
    for trainer, name in ((with_one, "with.pt"), (without, "without.pt")):
        trainer.train_epoch(loaders()[0])
        trainer.save_checkpoint(name)
    live = copied(with_one.model)
    with caplog.at_level(logging.WARNING):
        without.load_checkpoint("with.pt")
    assert "ema: the checkpoint's averaged weights are not used" in caplog.text
    assert_same(without.evaluated_model.state_dict(), live)
    with_one.load_checkpoint("without.pt")
    assert "ema: the checkpoint has no averaged weights, so the average begins at the next step" in caplog.text
    assert with_one.evaluated_model is with_one.model  # and not the average of the weights that it had before


def test_a_refused_checkpoint_leaves_the_average_as_it_was(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, ema=0.9)
    trainer.train_epoch(loaders()[0])
    content = torch.load(trainer.save_checkpoint("model.pt"), weights_only=True)
    before, steps = copied(trainer.evaluated_model), trainer._average.steps
    trainer.train_epoch(loaders()[0])
    now = copied(trainer.evaluated_model)
    wrong = {
        "another model: output.weight has shape": {
            **content,
            "ema": {**content["ema"], "output.weight": torch.ones(2)},
        },
        "it has no 'ema_steps'": {key: value for key, value in content.items() if key != "ema_steps"},
        "another optimizer or scheduler": {**content, "scheduler": {"last_epoch": "x"}},
    }
    for message, changed in wrong.items():
        torch.save(changed, tmp_path / "wrong.pt")
        with pytest.raises(MspeError, match=message):
            trainer.load_checkpoint("wrong.pt")
        assert_same(trainer.evaluated_model.state_dict(), now)
    trainer.load_checkpoint("model.pt")
    assert_same(trainer.evaluated_model.state_dict(), before)
    assert trainer._average.steps == steps


def test_the_average_of_a_noisy_run_is_better_than_its_last_weights(tmp_path: Path) -> None:
    """A linear model under SGD wanders around the least squares; the average of its path lies nearer to them."""
    set_seed(0)
    graphs = make_graphs(200)
    noise = torch.randn(200, 1)
    graphs = graphs.with_fields({"y": graphs.fields["y"] + noise}, {"y": "graph"})
    x, y = graphs.fields["x"], graphs.fields["y"]
    best = torch.linalg.lstsq(torch.cat([x, torch.ones(200, 1)], dim=1), y).solution
    model = nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    average = WeightAverage(model, 0.99)
    for step in range(500):
        rows = torch.randint(200, (4,), generator=torch.Generator().manual_seed(step))
        optimizer.zero_grad()
        (model(x[rows]) - y[rows]).square().mean().backward()
        optimizer.step()
        average.update()

    def distance(one: nn.Module) -> float:
        return (torch.cat([one.weight.flatten(), one.bias]) - best.flatten()).norm().item()

    assert distance(average.model) < 0.3 * distance(model)
