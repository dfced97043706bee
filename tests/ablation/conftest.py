"""Fixtures of simulations."""

import jaxtyping
import pytest


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Call functions without a check of their types, which takes several times as long as judging a difference."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
