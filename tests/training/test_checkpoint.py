"""Checkpoints that are wrong change nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.training import Trainer, get_optimizer
from mspe.training.checkpoint import RunState
from mspe.training.distributed import ProcessGroup
from tests.training.fixtures import Mean, loaders, make_trainer


def test_a_wrong_checkpoint_leaves_the_model_as_it_was(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    before = {name: value.clone() for name, value in trainer.model.state_dict().items()}
    wider = Mean(outputs=2)
    Trainer(wider, get_optimizer(wider), checkpoint_dir=tmp_path).save_checkpoint("wider.pt")
    torch.save({"model": {}}, tmp_path / "partial.pt")
    for name, message in {
        "wider.pt": r"another model: output.weight has shape \[2, 8\] in the checkpoint, \[1, 8\] in the model",
        "partial.pt": "not a checkpoint, it has no 'optimizer'",
        "absent.pt": "absent.pt: no such file",
    }.items():
        with pytest.raises(MspeError, match=message):
            trainer.load_checkpoint(name)
    assert all(torch.equal(before[name], value) for name, value in trainer.model.state_dict().items())


def test_a_checkpoint_that_does_not_fit_the_optimizer_changes_nothing(tmp_path: Path) -> None:
    saved = make_trainer(tmp_path)
    saved.fit(*loaders(), epochs=1)
    saved.save_checkpoint("adamw.pt")
    model = Mean()
    groups = [{"params": [parameter]} for parameter in model.parameters()]
    other = Trainer(model, torch.optim.SGD(groups, lr=0.1), checkpoint_dir=tmp_path, device="cpu")
    before = [parameter.clone() for parameter in model.parameters()]
    with pytest.raises(MspeError, match=r"adamw.pt: belongs to another .* \(AdamW in the checkpoint, SGD here\)"):
        other.load_checkpoint("adamw.pt")
    assert all(torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True))
    assert (other.epoch, other.global_step) == (0, 0)


def adam_by_two_groups(model: Mean) -> torch.optim.Optimizer:
    return torch.optim.AdamW([{"params": model.linear.parameters()}, {"params": model.output.parameters()}])


OTHERS: dict[str, tuple[Callable[[Mean], torch.optim.Optimizer], str]] = {
    "kind": (lambda model: torch.optim.SGD(model.parameters(), momentum=0.9), "AdamW in the checkpoint, SGD here"),
    "near kind": (lambda model: torch.optim.Adam(model.parameters()), "AdamW in the checkpoint, Adam here"),
    "groups": (adam_by_two_groups, r"groups of \[4\] parameters in the checkpoint, of \[2, 2\] here"),
    "order": (
        lambda model: torch.optim.AdamW(list(model.parameters())[::-1]),
        r"parameter 0 has shape \[8, 3\] in the checkpoint, \[1\] here",
    ),
}


@pytest.mark.parametrize("other", OTHERS)
def test_a_checkpoint_of_another_optimizer_is_refused(tmp_path: Path, other: str) -> None:
    saved = make_trainer(tmp_path)
    saved.fit(*loaders(), epochs=1)
    saved.save_checkpoint("adamw.pt")
    build, message = OTHERS[other]
    model = Mean()
    trainer = Trainer(model, build(model), checkpoint_dir=tmp_path, device="cpu")
    before = [parameter.clone() for parameter in model.parameters()]
    with pytest.raises(MspeError, match=message):
        trainer.load_checkpoint("adamw.pt")
    assert all(torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True))


def test_a_checkpoint_written_before_is_read_or_refused(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It says neither of which optimizer nor of which metric it is."""
    saved = make_trainer(tmp_path)
    saved.fit(*loaders(), epochs=2)
    content = torch.load(saved.save_checkpoint("model.pt"), weights_only=True)
    torch.save(
        {key: value for key, value in content.items() if key not in ("optimizer_type", "best")}, tmp_path / "old.pt"
    )
    trainer = make_trainer(tmp_path)
    trainer.load_checkpoint("old.pt")
    trainer.fit(*loaders(), epochs=3)
    assert "does not say which metric its best value is of; it is taken as val loss" in caplog.text
    other = Mean()
    sgd = Trainer(other, torch.optim.SGD(other.parameters()), checkpoint_dir=tmp_path, device="cpu")
    with pytest.raises(MspeError, match="amsgrad is only in the checkpoint, dampening only here"):
        sgd.load_checkpoint("old.pt")


def test_a_scheduler_on_one_side_alone_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    make_trainer(tmp_path).save_checkpoint("model.pt")
    trainer = make_trainer(tmp_path)
    trainer.scheduler = None
    trainer.load_checkpoint("model.pt")
    assert "scheduler: the checkpoint's is not used" in caplog.text


def test_a_damaged_or_newer_checkpoint_is_refused(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    path = trainer.save_checkpoint("model.pt")
    content = torch.load(path, weights_only=True)
    torch.save({**content, "format": 99}, tmp_path / "newer.pt")
    (tmp_path / "short.pt").write_bytes(path.read_bytes()[:-200])
    with pytest.raises(MspeError, match=r"newer.pt: written by a newer version of mspe \(format 99, this one reads up"):
        trainer.load_checkpoint("newer.pt")
    with pytest.raises(MspeError, match=r"short.pt: not a readable tensor file"):
        trainer.load_checkpoint("short.pt")


def test_a_checkpoint_is_no_state(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    path = trainer.save_checkpoint("model.pt")
    with pytest.raises(MspeError, match=r"model.pt: a checkpoint, not a run's state"):
        trainer.fit(*loaders(), epochs=1, resume_path=path)


def test_a_damaged_state_is_refused_and_says_how_to_begin_anew(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    make_trainer(tmp_path).fit(*loaders(), epochs=1, resume_path=path)
    written = path.read_bytes()
    place = len(written) // 2
    path.write_bytes(written[:place] + bytes([written[place] ^ 1]) + written[place + 1 :])
    with pytest.raises(MspeError, match=rf"^{path}: not a readable tensor file .*; or delete it to begin anew$"):
        make_trainer(tmp_path).fit(*loaders(), epochs=1, resume_path=path)


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


def test_one_process_at_a_time_is_on_a_run(tmp_path: Path) -> None:
    state = tmp_path / "state.pt"
    with (
        RunState(state, ProcessGroup()),
        pytest.raises(MspeError, match="another process is on this run; wait for it, or stop it"),
    ):
        make_trainer(tmp_path).fit(*loaders(), epochs=1, resume_path=state)
    make_trainer(tmp_path).fit(*loaders(), epochs=1, resume_path=tmp_path / "state.pt")
