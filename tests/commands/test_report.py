"""The summary over seeds, printed, and commands that go on from it."""

import shlex
from pathlib import Path

import pytest

from mspe.cli import build_parser, main
from mspe.commands.report import next_commands
from mspe.common.json_files import write_json
from mspe.encodings.presets import PRESETS
from mspe.pipeline.summary import read_summary, summarise


def test_the_summary_that_the_pipeline_wrote_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_json("metrics/summary.json", summarise("test", {3: {"mae": 0.5}, 1: {"mae": 0.7}}))
    assert main(["report"]) == 0
    assert capsys.readouterr().out == f"{read_summary()}\n{next_commands(3)}\n"


def test_the_next_commands_are_ones_that_are_taken() -> None:
    _, *lines = next_commands(3).splitlines()
    first, second, third = (shlex.split(line.strip().split("  ")[0]) for line in lines)
    assert build_parser().parse_args(first[1:]).checkpoint == "models/3/best.pt"
    assert build_parser().parse_args(second[1:]).model == "models/3/best.pt"
    assert third[:4] == ["dvc", "exp", "run", "-S"] and third[4].split("=")[1] in PRESETS
