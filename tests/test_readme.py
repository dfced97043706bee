"""What the README shows works as it is printed."""

import re
from pathlib import Path

import pytest

from mspe.dataset import get_dataset
from tests.conftest import ROOT
from tests.pipeline.conftest import train

BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)


def test_the_library_example_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(next(block for block in BLOCKS if "get_model" in block), names)
    assert len(names["history"]["val_loss"]) == 2
    assert (tmp_path / "checkpoints" / "best.pt").exists()


def test_a_checkpoint_is_one_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict = {"dataset": get_dataset("nci", limit=24)}
    train(names["dataset"], tmp_path / "models" / "0")
    exec(next(block for block in BLOCKS if "TrainedModel" in block), names)
    assert names["trained"].path == Path("models/0/best.pt")


def test_the_weights_of_the_scales_are_read_out() -> None:
    names: dict = {}
    exec(next(block for block in BLOCKS if "scale_weights" in block), names)
    assert names["weights"]["walk(1)"] == names["weights"]["heat(32)"] == 1.0


def test_the_transform_example_runs() -> None:
    names: dict = {}
    exec(next(block for block in BLOCKS if "AddMultiScalePE" in block), names)
    assert names["ring"].pe[0, :2].tolist() == [0.0, 0.5]


def test_every_command_of_the_table_is_known() -> None:
    """The dotted parameters that the README names exist, and so do the modules that it runs."""
    from mspe.config import load_params

    text = (ROOT / "README.md").read_text()
    params = load_params(ROOT / "params.yaml")
    for path in re.findall(r"-S '?([a-z_.]+)=", text):
        value: object = params
        for part in path.split("."):
            value = value[part] if isinstance(value, dict) else getattr(value, part)
    modules = re.findall(r"python -m ([a-z_.]+)", text)
    assert modules and all((ROOT / Path(*name.split("."))).with_suffix(".py").exists() for name in modules)
