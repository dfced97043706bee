"""What is shown while a long step works: to a person, and neither to a pipe nor beside a log that is set up."""

import logging
import sys
from io import StringIO

import pytest

from mspe.common.terminal import log_shown, progress_bar
from tests.terminal import stream

LOG = logging.getLogger("mspe.work")


@pytest.mark.parametrize(
    ("terminal", "verbose", "shown"),
    [(True, None, True), (False, None, False), (True, False, False), (False, True, True)],
)
def test_lines_are_shown_on_a_terminal_or_where_they_are_wanted(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, verbose: bool | None, shown: bool
) -> None:
    found = stream(monkeypatch, terminal)
    with log_shown(verbose):
        LOG.info("epoch 1/2")
    assert found.getvalue() == ("epoch 1/2\n" if shown else "")
    LOG.info("over")
    assert "over" not in found.getvalue() and not logging.getLogger("mspe").handlers
    assert logging.getLogger("mspe").level == logging.NOTSET


@pytest.mark.parametrize("verbose", [None, True, False])
def test_a_log_that_a_program_has_set_up_shows_each_line_once(
    monkeypatch: pytest.MonkeyPatch, verbose: bool | None
) -> None:
    written = StringIO()
    found = stream(monkeypatch, terminal=True, handlers=(logging.StreamHandler(written),))
    for level, count in ((logging.INFO, 1), (logging.WARNING, 1 if verbose else 0)):
        monkeypatch.setattr(logging.root, "level", level)
        logging.root.manager._clear_cache()
        with log_shown(verbose):
            LOG.info("epoch 1/2")
        assert written.getvalue() == "epoch 1/2\n" * count and found.getvalue() == ""
        written.truncate(0)
        written.seek(0)


def test_a_step_within_a_step_shows_its_lines_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = stream(monkeypatch, terminal=True)
    with log_shown(), log_shown(), log_shown(True):
        LOG.info("epoch 1/2")
    assert found.getvalue() == "epoch 1/2\n"


@pytest.mark.parametrize(("terminal", "shown"), [(True, True), (True, False), (False, True)])
def test_a_bar_is_for_a_terminal_alone(monkeypatch: pytest.MonkeyPatch, terminal: bool, shown: bool) -> None:
    found = stream(monkeypatch, terminal)
    assert list(progress_bar([1, 2, 3], "adding", done=0, shown=shown)) == [1, 2, 3]
    assert ("adding" in found.getvalue() and "/3" in found.getvalue()) == (terminal and shown)


def test_a_bar_counts_what_is_done_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    found = stream(monkeypatch, terminal=True)
    with progress_bar(range(2), "rows") as bar:
        bar.update()
        bar.refresh()
    assert "rows:  50%" in found.getvalue()


def test_nothing_is_shown_where_there_is_no_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(logging.root, "handlers", [])
    with log_shown():
        assert list(progress_bar([1], "adding")) == [1]
