"""Errors and the log of a command."""

import logging

import pytest

from mspe.common.command import command
from mspe.common.errors import MspeError


def test_a_command_ends_with_one_line_and_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^error: too small$") as stopped, command():
        raise MspeError("too small")
    assert stopped.value.code == "error: too small"  # Python prints it on standard error and exits with 1


@pytest.mark.parametrize("apart", [True, False])
def test_the_log_can_be_kept_apart_from_what_is_printed(
    apart: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.root, "handlers", [])
    with command(log_apart=apart):
        logging.getLogger("mspe").warning("computed anew")
        print("{}")
    expected = ("{}\n", "computed anew\n") if apart else ("computed anew\n{}\n", "")
    assert tuple(capsys.readouterr()) == expected
