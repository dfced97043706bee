"""A bar is shown on a terminal alone."""

import io
import sys

import pytest

from mspe.common.progress import progress_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def advance_twice() -> None:
    with progress_bar("rows", 2, "row") as advance:
        advance()
        advance()


def test_a_terminal_sees_the_bar_of_a_long_computation(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, times = Terminal(), iter(range(100, 1000, 10))
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("tqdm.std.time", lambda: float(next(times)))
    with progress_bar("rows", 2, "row") as advance:
        advance()
    assert "rows:  50%" in terminal.getvalue()


def test_a_file_and_a_program_without_an_error_stream_see_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr(sys, "stderr", file)
    advance_twice()
    assert not file.getvalue()
    monkeypatch.setattr(sys, "stderr", None)
    advance_twice()
