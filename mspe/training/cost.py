"""What a run cost, and on what it ran: kept apart from its scores, which must not differ between identical runs."""

import os
import platform
import resource
import subprocess
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

import torch

_PACKAGES = ("torch", "torch_geometric", "numpy", "scikit-learn", "rdkit")


class CostMeter:
    """Measures from its creation on.

    Examples
    --------
    >>> sorted(CostMeter(torch.device("cpu")).report())[:3]
    ['environment', 'epoch_seconds', 'peak_memory_mb']
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.start = self._epoch_start = time.perf_counter()
        self._epoch_seconds: list[float] = []
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)

    def mark_epoch(self) -> None:
        """Note that an epoch has ended."""
        now = time.perf_counter()
        self._epoch_seconds.append(now - self._epoch_start)
        self._epoch_start = now

    def report(self, earlier_seconds: float = 0.0) -> dict[str, Any]:
        """Seconds so far, and of an epoch in the median; peak memory in MB (1e6 bytes); commit, hardware and versions.

        Seconds of a resumed run's earlier processes are added; memory and epochs are of this one.
        Before the first epoch has ended its seconds are None. The last three stand in a list, which `dvc metrics show`
        leaves out of its table of numbers.
        """
        report: dict[str, Any] = {
            "seconds": round(earlier_seconds + time.perf_counter() - self.start, 1),
            "epoch_seconds": round(median(self._epoch_seconds), 3) if self._epoch_seconds else None,
            "peak_memory_mb": round(_peak_process_memory() / 1e6),
            "threads": torch.get_num_threads(),
        }
        if self.device.type == "cuda":
            report["peak_gpu_memory_mb"] = round(torch.cuda.max_memory_allocated(self.device) / 1e6)
        versions = [f"{name} {_version(name)}" for name in _PACKAGES]
        environment = [_device_name(self.device), f"commit {_commit()}", f"python {platform.python_version()}"]
        return {**report, "environment": environment + versions}


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
    """The commit that the code stands at; `+` where it has been changed since."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.stdout.strip() or "unknown"


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} x {model}"
