"""Options of a comparison that are refused, and choices that are the library's."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any, get_args

import pytest

from mspe.cli import main
from mspe.commands.compare import COMPARE
from mspe.common.errors import MspeError
from mspe.common.shown import shortened
from mspe.pipeline.buckets import Axis
from mspe.tasks.registry import TASKS


@pytest.mark.parametrize("jobs", ["0", "-1", "two", "1025", "9" * 5000, "٣"])
def test_a_number_of_jobs_below_one_is_refused(jobs: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["compare", "csl", "--jobs", jobs])
    assert stop.value.code == 2 and f"--jobs: got {shortened(jobs)}, allowed: 1 to 1024" in capsys.readouterr().err


@pytest.mark.parametrize("minutes", ["0", "-1", "soon", "nan", "inf", "1000000", ""])
def test_a_budget_that_is_none_is_refused(minutes: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["compare", "csl", "--minutes", minutes])
    message = f"--minutes: got {shortened(minutes)}, allowed: a number above 0 and below 1000000"
    assert stop.value.code == 2 and message in capsys.readouterr().err.splitlines()[-1]


def test_rounds_are_declared_by_seeds_and_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few epochs have a warm-up that is shorter than they are."""
    asked: list[dict[str, Any]] = []

    def compare(source: str, encodings: Sequence[str], **options: Any) -> None:
        asked.append(options)
        raise MspeError("enough is known")

    monkeypatch.setattr("mspe.ablation.compare.compare", compare)
    for arguments in (["--seeds", "4", "--epochs", "2"], ["--epochs", "9"], ["--minutes", "2"]):
        with pytest.raises(SystemExit, match="enough is known"):
            main(["compare", "csl", *arguments])
    training = [options["training"] for options in asked]
    assert [(options["confirm"], options["minutes"]) for options in asked] == [
        ({"seeds": 4}, None),
        (None, None),
        (None, 2),
    ]
    assert training == [
        {"epochs": 2, "scheduler": {"warmup_epochs": 1}},
        {"epochs": 9, "scheduler": {"warmup_epochs": 3}},
        {},
    ]


def test_a_budget_beside_seeds_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["compare", "csl", "--minutes", "2", "--seeds", "3"])
    assert stop.value.code == 2 and "--seeds: not allowed with argument --minutes" in capsys.readouterr().err


def test_choices_are_the_librarys() -> None:
    """They stand in the parser as text, since help is to import nothing."""
    parser = ArgumentParser()
    COMPARE.add_arguments(parser)
    choices = {action.dest: action.choices for action in parser._actions}
    assert set(choices["task"] or ()) == {task.type for task in TASKS.values()}
    assert set(choices["by"] or ()) == {*get_args(Axis), "none"}
