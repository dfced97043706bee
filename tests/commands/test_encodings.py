"""The encodings by name."""

import pytest

from mspe.cli import main


def test_encodings_are_listed_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["encodings"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("name ") and lines[1].startswith("walk ")
