"""The package's README: its code runs, and its tables name every argument with its default."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mspe.training import (
    EarlyStopping,
    ReproducibilityContext,
    Trainer,
    get_loss_fn,
    get_metrics,
    get_optimizer,
    get_scheduler,
)
from tests.conftest import ROOT

README = (ROOT / "mspe" / "training" / "README.md").read_text()
TABLES: dict[str, Callable[..., Any]] = {"Trainer": Trainer, "fit": Trainer.fit, "get_scheduler": get_scheduler}


def test_every_block_runs_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "readme"}
    with ReproducibilityContext(seed=0):
        for block in re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL):
            exec(compile(block, "README.md", "exec"), names)
    assert len(names["history"]["val_mae"]) == 4 and names["predictions"].shape == (16, 1)
    assert (tmp_path / "checkpoints" / "best.pt").is_file() and (tmp_path / "state.pt").is_file()


@pytest.mark.parametrize("name", TABLES)
def test_a_table_names_every_argument_with_its_default(name: str) -> None:
    table = README.split(f"| argument of `{name}` |")[1].split("\n\n")[0]
    rows = [[cell.strip() for cell in row.split("|")[1:3]] for row in table.splitlines()[2:]]
    told: dict[str, str] = {}
    for names, defaults in rows:
        arguments, values = re.findall(r"`(.*?)`", names), re.findall(r"`(.*?)`", defaults) or ["-"] * 2
        told |= dict(zip(arguments, values, strict=False))
    parameters = {key: value for key, value in inspect.signature(TABLES[name]).parameters.items() if key != "self"}
    assert told == {key: default(parameter) for key, parameter in parameters.items()}


def default(parameter: inspect.Parameter) -> str:
    """What the README prints of a parameter's default."""
    return "-" if parameter.default is inspect.Parameter.empty else repr(parameter.default).replace("'", '"')


def test_signatures_are_those_printed() -> None:
    for function in (get_loss_fn, get_metrics, get_optimizer):
        shown = ", ".join(
            parameter.name if default(parameter) == "-" else f"{parameter.name}={default(parameter)}"
            for parameter in inspect.signature(function).parameters.values()
        )
        assert f"`{function.__name__}({shown})`".replace("0.0001", "1e-4") in README
    assert inspect.signature(EarlyStopping).parameters["patience"].default == 10
