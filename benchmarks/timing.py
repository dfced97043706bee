"""Two sides timed in one process, in turn."""

import time
from collections.abc import Callable
from statistics import median

import torch


def interleaved(
    ours: Callable[[], object],
    theirs: Callable[[], object],
    repetitions: int,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """Median seconds of both, run in turn after one warm-up each."""
    ours(), theirs()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(repetitions):
        for function, seconds in zip((ours, theirs), times, strict=True):
            start = clock()
            function()
            synchronize()
            seconds.append(clock() - start)
    return median(times[0]), median(times[1])


def show(name: str, ours: float, theirs: float, peer: str = "PyG") -> float:
    print(f"{name:<42} ours {ours:8.3f} s   {peer} {theirs:8.3f} s   ratio {theirs / ours:6.1f}", flush=True)
    return round(theirs / ours, 2)


def synchronize() -> None:
    """Wait for the GPU, where there is one."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
