"""The summary over seeds, printed."""

from pathlib import Path

import pytest

from mspe.cli import main
from mspe.common.json_files import write_json
from mspe.pipeline.summary import read_summary, summarise


def test_the_summary_that_the_pipeline_wrote_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_json("metrics/summary.json", summarise("test", {0: {"mae": 0.5}, 1: {"mae": 0.7}}))
    assert main(["report"]) == 0
    assert capsys.readouterr().out == f"{read_summary()}\n"
