"""Errors that a user can fix."""

from signal import Signals

import pytest

from mspe.common.errors import InterruptionError, MspeError


@pytest.mark.parametrize("signal", [Signals.SIGINT, Signals.SIGTERM, Signals.SIGHUP])
def test_a_run_that_a_signal_ended_tells_the_shell_so(signal: Signals) -> None:
    error = InterruptionError("runs/0: interrupted; run it again to resume", signal)
    assert error.exit_status == 128 + signal.value
    assert str(error) == "runs/0: interrupted; run it again to resume"


def test_they_are_caught_as_what_they_are() -> None:
    assert issubclass(InterruptionError, MspeError) and issubclass(MspeError, ValueError)
