"""A temporary clone of the project in which the pipeline is really run."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

TINY = {
    "dataset.limit": 24,
    "model.hidden_dim": 16,
    "model.num_layers": 2,
    "model.node_dim": 6,
    "training.epochs": 3,
    "training.scheduler.warmup_epochs": 1,
}


def clean_environment() -> dict[str, str]:
    """Variables of commands: this interpreter is `python`, and nothing of the outer run leaks in."""
    outer = ("DVC_", "PYTEST_", "MSPE_", "PYTHONDONTWRITEBYTECODE")  # a process after the other reads compiled files
    kept = {name: value for name, value in os.environ.items() if not name.startswith(outer)}
    return {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


class Workspace:
    """The project's files, in a Git repository of their own with an empty DVC cache."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        for name in listed.stdout.splitlines():
            if (ROOT / name).is_file() and not name.startswith("metrics/"):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, folder / name)
        for pipeline in ("", "ablation"):
            (folder / pipeline / "dvc.lock").unlink(missing_ok=True)
        self.run("git", "init", "--quiet")
        self.run("git", "config", "user.name", "test")
        self.run("git", "config", "user.email", "test@example.org")
        self.commit("start")

    @property
    def environment(self) -> dict[str, str]:
        """Of the commands."""
        return clean_environment()

    def run(self, *command: str, ok: bool = True, **variables: str) -> str:
        """Run a command; its output, both streams together."""
        result = subprocess.run(
            command, cwd=self.folder, env={**self.environment, **variables}, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert (result.returncode == 0) == ok, f"{command} gave {result.returncode}:\n{result.stdout}"
        return result.stdout

    def commit(self, message: str) -> None:
        """Commit everything that Git does not ignore."""
        self.run("git", "add", "--all")
        self.run("git", "commit", "--quiet", "--allow-empty", "--message", message)

    def set(self, **values: Any) -> None:
        """Change parameters; a dot in a key is written as two underscores."""
        arguments = [f"{key.replace('__', '.')}={json.dumps(value)}" for key, value in values.items()]
        self.set_params(*arguments)

    def set_params(self, *assignments: str) -> None:
        """Change parameters by the mechanism of `dvc exp run -S`."""
        set_params(self.folder / "params.yaml", *assignments)

    def json(self, name: str) -> dict[str, Any]:
        """Read a JSON file of the workspace."""
        return json.loads((self.folder / name).read_text())

    def read(self, name: str) -> bytes:
        """Read any file of the workspace."""
        return (self.folder / name).read_bytes()


def set_params(path: Path, *assignments: str) -> None:
    """Change parameters of a file by the mechanism of `dvc exp run -S`."""
    from dvc.utils.hydra import apply_overrides

    apply_overrides(path, list(assignments))


def stages_run(output: str) -> list[str]:
    """The stages that DVC ran, in order, the validation of the parameters aside."""
    return [name for name in re.findall(r"Running stage '([^']+)'", output) if name != "validate"]
