"""What a run cost, and on what it ran: kept apart from its scores, which must not differ between identical runs."""

import os
import platform
import resource
import subprocess
import time
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

import torch

_PACKAGES = ("torch", "torch_geometric", "numpy", "scikit-learn", "rdkit")


class CostMeter:
    """Measures a run from the meter's creation on, and of a resumed run its earlier processes, too.

    Examples
    --------
    >>> sorted(CostMeter(torch.device("cpu")).report())[:3]
    ['environment', 'epoch_seconds', 'peak_memory_mb']
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._start = self._epoch_start = time.perf_counter()
        self._earlier_seconds = self._earlier_in_epoch = 0.0
        self._earlier_peaks: dict[str, int] = {}
        self._epoch_seconds: list[float] = []
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)

    @property
    def seconds(self) -> float:
        """Seconds of the whole run so far."""
        return self._earlier_seconds + time.perf_counter() - self._start

    @property
    def epoch_seconds(self) -> float | None:
        """Seconds of an epoch, in the median; None before the first has ended."""
        return median(self._epoch_seconds) if self._epoch_seconds else None

    def mark_epoch(self) -> None:
        """Note that an epoch has ended."""
        now = time.perf_counter()
        self._epoch_seconds.append(self._earlier_in_epoch + now - self._epoch_start)
        self._epoch_start, self._earlier_in_epoch = now, 0.0

    def state_dict(self) -> dict[str, Any]:
        """Return what has been measured, for a later process of the same run."""
        return {
            "seconds": self.seconds,
            "epoch_seconds": list(self._epoch_seconds),
            "in_epoch": self._earlier_in_epoch + time.perf_counter() - self._epoch_start,
            "peaks": self._peaks(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Add what an earlier process has measured, and go on within the epoch that it was in."""
        self._earlier_seconds = state["seconds"]
        self._epoch_seconds = list(state["epoch_seconds"])
        self._earlier_in_epoch = state["in_epoch"]
        self._earlier_peaks = dict(state["peaks"])

    def report(self) -> dict[str, Any]:
        """Seconds so far, and of an epoch in the median; peak memory in MB (1e6 bytes); commit, hardware and versions.

        Before the first epoch has ended its seconds are None. The last three stand in a list, which `dvc metrics show`
        leaves out of its table of numbers; they are of this process.
        """
        report: dict[str, Any] = {
            "seconds": round(self.seconds, 1),
            "epoch_seconds": None if self.epoch_seconds is None else round(self.epoch_seconds, 3),
            **{f"{name}_mb": round(peak / 1e6) for name, peak in self._peaks().items()},
            "threads": torch.get_num_threads(),
        }
        versions = [f"{name} {_version(name)}" for name in _PACKAGES]
        environment = [_device_name(self.device), f"commit {_commit()}", f"python {platform.python_version()}"]
        return {**report, "environment": environment + versions}

    def _peaks(self) -> dict[str, int]:
        """The highest memory of any process of the run, in bytes."""
        peaks = {"peak_memory": _peak_process_memory()}
        if self.device.type == "cuda":
            peaks["peak_gpu_memory"] = torch.cuda.max_memory_allocated(self.device)
        return {name: max(peak, self._earlier_peaks.get(name, 0)) for name, peak in peaks.items()}


class SpeedMeter:
    """Graphs a second since the last report, and the peak memory: of the GPU where there is one, else of the process.

    Examples
    --------
    >>> meter = SpeedMeter(torch.device("cpu"))
    >>> meter.count(32)
    >>> sorted(meter.report())
    ['graphs_per_second', 'peak_memory_mb']
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.restart()

    def restart(self) -> None:
        """Begin to count anew."""
        self._since = time.perf_counter()
        self._graphs = 0

    def count(self, graphs: int) -> None:
        """Take the graphs of a batch."""
        self._graphs += graphs

    def report(self) -> dict[str, float]:
        """Return what has been measured, in graphs and MB (1e6 bytes)."""
        speed = self._graphs / max(time.perf_counter() - self._since, 1e-9)
        on_gpu = self.device.type == "cuda"
        peak = torch.cuda.max_memory_allocated(self.device) if on_gpu else _peak_process_memory()
        self.restart()
        return {"graphs_per_second": speed, "peak_memory_mb": peak / 1e6}


def _peak_process_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # Linux counts in KiB


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def _commit() -> str:
    """The commit that the code stands at, with `+` where it has been changed since; `unknown` without Git."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:  # there is no Git
        return "unknown"
    return result.stdout.strip() or "unknown"


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} x {model}"
