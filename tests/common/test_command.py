"""Errors of a command."""

import pytest

from mspe.common.command import command
from mspe.common.errors import MspeError


def test_a_command_ends_with_one_line_and_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^error: too small$") as stopped, command():
        raise MspeError("too small")
    assert stopped.value.code == "error: too small"  # Python prints it on standard error and exits with 1
