"""The datasets by name."""

import pytest

from mspe.cli import main


def test_datasets_are_listed_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets"]) == 0
    assert capsys.readouterr().out.startswith("nci ")
