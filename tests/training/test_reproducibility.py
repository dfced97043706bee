"""Seeds, generators and flags."""

import os
import random

import numpy as np
import pytest
import torch

from mspe.common.errors import MspeError
from mspe.training import (
    ReproducibilityContext,
    set_seed,
)
from mspe.training.reproducibility import generator_states, restore_generator_states


def draws() -> tuple[float, float, float]:
    return random.random(), float(np.random.rand()), float(torch.rand(1))


def test_seeding_repeats_every_generator() -> None:
    set_seed(3)
    first = draws()
    set_seed(3)
    assert draws() == first


def test_generator_states_survive_a_round_trip() -> None:
    states = generator_states()
    expected = draws()
    restore_generator_states(states)
    assert draws() == expected


def test_the_context_restores_generators_and_flags_also_after_an_exception() -> None:
    set_seed(1)
    expected = draws()
    set_seed(1)
    with pytest.raises(RuntimeError, match="inside"), ReproducibilityContext(seed=9):
        draws()
        assert torch.are_deterministic_algorithms_enabled()
        raise RuntimeError("inside")
    assert draws() == expected
    assert not torch.are_deterministic_algorithms_enabled()


def test_a_context_entered_within_itself_restores_what_was_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MKL_CBWR", raising=False)
    set_seed(1)
    expected = draws()
    set_seed(1)
    context = ReproducibilityContext(seed=9)
    with context:
        inside = draws()
        with context:
            assert draws() == inside
            assert os.environ["MKL_CBWR"] == "AUTO,STRICT"
    assert draws() == expected
    assert "MKL_CBWR" not in os.environ
    assert not torch.are_deterministic_algorithms_enabled()


def test_numpy_integers_are_seeds() -> None:
    set_seed(3)
    first = draws()
    set_seed(np.int64(3))
    assert draws() == first


@pytest.mark.parametrize("seed", [-1, 2**32, True])
def test_what_is_no_seed_is_refused(seed: int) -> None:
    with pytest.raises(MspeError, match=r"seed: got .*, allowed: an integer from 0 to 4294967295"):
        set_seed(seed)
    with pytest.raises(MspeError, match="seed: got"):
        ReproducibilityContext(seed)
