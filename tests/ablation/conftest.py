"""Fixtures of simulations and made-up runs."""

import jaxtyping
import pytest

from mspe.dataset import UnsplitDataset
from tests.ablation.fake_runs import Launcher, probed, read_csl


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Call functions without a check of their types, which takes several times as long as judging a difference."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)


@pytest.fixture(scope="session")
def csl() -> UnsplitDataset:
    return read_csl()


@pytest.fixture
def launcher(monkeypatch: pytest.MonkeyPatch) -> Launcher:
    """Replace the processes of a comparison; its score may be set."""
    launcher = Launcher(lambda run: 0.5)
    monkeypatch.setattr("mspe.ablation.engine.launch", launcher)
    monkeypatch.setattr("mspe.ablation.plans.call", probed)
    return launcher
