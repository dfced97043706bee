"""Random generators and determinism."""

import operator
import os
import random
from types import TracebackType
from typing import Any, SupportsIndex

import numpy as np
import torch

from mspe.common.errors import MspeError

_VARIABLES = ("CUBLAS_WORKSPACE_CONFIG", "MKL_CBWR")
_LARGEST_SEED = 2**32 - 1  # of NumPy's generator


def set_seed(seed: SupportsIndex, deterministic: bool = False) -> None:
    """Seed Python's, NumPy's and torch's generators, on every device.

    Parameters
    ----------
    seed
        0 to 2³² − 1.
    deterministic
        Also make torch choose deterministic algorithms, and raise where it has none.

    Raises
    ------
    MspeError
        If the seed is no such integer.
    """
    number = _check_seed(seed)
    random.seed(number)
    np.random.seed(number)
    torch.manual_seed(number)  # all devices
    if deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        # MKL may otherwise sum in another order on a busy machine; read before its first product in the process.
        os.environ.setdefault("MKL_CBWR", "AUTO,STRICT")
        torch.use_deterministic_algorithms(True)
        torch.backends.cudnn.benchmark = False
        # Uninitialised memory is never read here; filling it would cost time in every operation.
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]


def _check_seed(seed: SupportsIndex) -> int:
    """A seed as Python's own integer; NumPy's are taken too."""
    try:
        number = -1 if isinstance(seed, bool) else operator.index(seed)
    except TypeError:
        number = -1
    if not 0 <= number <= _LARGEST_SEED:
        raise MspeError(f"seed: got {seed!r}, allowed: an integer from 0 to {_LARGEST_SEED}")
    return number


def generator_states() -> dict[str, Any]:
    """The states of every generator, as plain values and tensors that a checkpoint can hold."""
    name, keys, *rest = np.random.get_state(legacy=True)
    return {
        "python": random.getstate(),
        "numpy": (name, torch.from_numpy(np.asarray(keys).astype(np.int64)), *rest),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def restore_generator_states(states: dict[str, Any]) -> None:
    """Put back what `generator_states` gave."""
    random.setstate(states["python"])
    name, keys, *rest = states["numpy"]
    np.random.set_state((name, keys.numpy().astype(np.uint32), *rest))
    torch.set_rng_state(states["torch"])
    if torch.cuda.is_available() and states["cuda"]:
        torch.cuda.set_rng_state_all(states["cuda"])


class ReproducibilityContext:
    """Seeds everything inside the block; restores every generator and flag on exit, also after an exception.

    One context may be entered again, also within itself.

    Parameters
    ----------
    seed
        Of the block.
    deterministic
        Whether torch is to choose deterministic algorithms inside.

    Examples
    --------
    >>> with ReproducibilityContext(seed=123):
    ...     first = torch.rand(1)
    >>> with ReproducibilityContext(seed=123):
    ...     second = torch.rand(1)
    >>> torch.equal(first, second)
    True
    """

    def __init__(self, seed: SupportsIndex, deterministic: bool = True) -> None:
        self.seed = _check_seed(seed)
        self.deterministic = deterministic
        self._entered: list[tuple[dict[str, Any], tuple[bool, ...], dict[str, str | None]]] = []

    def __enter__(self) -> "ReproducibilityContext":
        flags = (
            torch.are_deterministic_algorithms_enabled(),
            torch.is_deterministic_algorithms_warn_only_enabled(),
            torch.backends.cudnn.benchmark,
            torch.utils.deterministic.fill_uninitialized_memory,  # type: ignore[attr-defined]
        )
        self._entered.append((generator_states(), flags, {name: os.environ.get(name) for name in _VARIABLES}))
        set_seed(self.seed, self.deterministic)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        states, (deterministic, warn_only, benchmark, fill), variables = self._entered.pop()
        restore_generator_states(states)
        torch.use_deterministic_algorithms(deterministic, warn_only=warn_only)
        torch.backends.cudnn.benchmark = benchmark
        torch.utils.deterministic.fill_uninitialized_memory = fill  # type: ignore[attr-defined]
        for name, value in variables.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
