"""Signals that leave a note."""

import signal

import pytest

from mspe.common.errors import InterruptionError
from mspe.training.interruption import Interruption


def test_signals_are_left_alone_outside_and_where_nothing_is_kept() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Interruption(enabled=True) as interruption:
        assert signal.getsignal(signal.SIGTERM) != before
        signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) == before  # a second one is not held up
        with pytest.raises(InterruptionError) as stopped:
            interruption.raise_if_requested("here", "go on")
        assert stopped.value.exit_status == 143
    assert signal.getsignal(signal.SIGTERM) == before
    with Interruption(enabled=False):
        assert signal.getsignal(signal.SIGTERM) == before
