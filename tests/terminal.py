"""Standard error as a person has it, or as a pipe."""

import logging
import sys
from io import StringIO

import pytest


class Stream(StringIO):
    """Standard error as a person has it, or as a pipe."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def stream(monkeypatch: pytest.MonkeyPatch, terminal: bool, handlers: tuple[logging.Handler, ...] = ()) -> Stream:
    """What a program has that has set up its log in this way."""
    found = Stream(terminal)
    monkeypatch.setattr(sys, "stderr", found)
    monkeypatch.setattr(logging.root, "handlers", list(handlers))
    return found
