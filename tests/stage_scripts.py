"""The pipeline's scripts, run as `__main__` within this process, which spares each of them its imports."""

import runpy
import signal
import sys
from contextlib import chdir
from pathlib import Path
from unittest.mock import patch

STAGES = (
    "validate", "preprocess", "spectrum", "operators", "encode", "train --seed 0", "evaluate --seed 0", "report"
)  # fmt: skip


def run_stages(folder: Path, last: str = "report") -> None:
    """Run the scripts in the order of `dvc.yaml`, up to the last one, in a project's folder; what they print is shown.

    A stage that fails raises `SystemExit` with its line.
    """
    handler = signal.getsignal(signal.SIGINT)
    with chdir(folder):
        for stage in STAGES:
            name, *arguments = stage.split()
            sys.modules.pop(f"stages.{name}", None)  # else runpy warns that it is there already
            with patch.object(sys, "argv", [name, *arguments]):
                try:
                    runpy.run_module(f"stages.{name}", run_name="__main__")
                finally:
                    signal.signal(signal.SIGINT, handler)
            if name == last:
                return
