"""Fixtures of simulations and made-up runs."""

import pytest

from mspe.dataset import UnsplitDataset
from tests.ablation.fake_runs import Launcher, probed, read_csl


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
