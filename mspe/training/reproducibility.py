"""Random generators and determinism."""

import os
import random
from types import TracebackType
from typing import Any

import numpy as np
import torch


def set_seed(seed: int, deterministic: bool = False) -> None:
    """Seed Python's, NumPy's and torch's generators, on every device.

    Parameters
    ----------
    seed
        0 to 2³² − 1.
    deterministic
        Also make torch choose deterministic algorithms, and raise where it has none.
    """
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)  # all devices
    if deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        # MKL may otherwise sum in another order on a busy machine; read before its first product in the process.
        os.environ.setdefault("MKL_CBWR", "AUTO,STRICT")
        torch.use_deterministic_algorithms(True)
        torch.backends.cudnn.benchmark = False
        # Uninitialised memory is never read here; filling it would cost time in every operation.
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]


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

    def __init__(self, seed: int, deterministic: bool = True) -> None:
        self.seed = seed
        self.deterministic = deterministic

    def __enter__(self) -> "ReproducibilityContext":
        self._states = generator_states()
        self._flags = (
            torch.are_deterministic_algorithms_enabled(),
            torch.is_deterministic_algorithms_warn_only_enabled(),
            torch.backends.cudnn.benchmark,
            torch.utils.deterministic.fill_uninitialized_memory,  # type: ignore[attr-defined]
            os.environ.get("CUBLAS_WORKSPACE_CONFIG"),
        )
        set_seed(self.seed, self.deterministic)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        restore_generator_states(self._states)
        deterministic, warn_only, benchmark, fill, workspace = self._flags
        torch.use_deterministic_algorithms(deterministic, warn_only=warn_only)
        torch.backends.cudnn.benchmark = benchmark
        torch.utils.deterministic.fill_uninitialized_memory = fill  # type: ignore[attr-defined]
        if workspace is None:
            os.environ.pop("CUBLAS_WORKSPACE_CONFIG", None)
        else:
            os.environ["CUBLAS_WORKSPACE_CONFIG"] = workspace
