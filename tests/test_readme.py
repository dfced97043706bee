"""What the README shows works as it is printed."""

import re
from pathlib import Path

import pytest
import torch
from pydantic import ValidationError

from mspe.encodings import FILTERS, FilterBank, ScaleFilter
from mspe.encodings.config import filter_section
from tests.conftest import BANK, ROOT, cycle
from tests.encodings.test_bank import encode

BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)


def test_the_library_example_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(next(block for block in BLOCKS if "get_model" in block), names)
    assert len(names["history"]["val_loss"]) == 2
    assert (tmp_path / "checkpoints" / "best.pt").exists()


def test_the_weights_of_the_scales_are_read_out() -> None:
    names: dict = {}
    exec(next(block for block in BLOCKS if "scale_weights" in block), names)
    assert names["weights"]["walk(1)"] == names["weights"]["heat(32)"] == 1.0


def test_the_transform_example_runs() -> None:
    names: dict = {}
    exec(next(block for block in BLOCKS if "AddMultiScalePE" in block), names)
    assert names["ring"].pe[0, :2].tolist() == [0.0, 0.5]


def test_an_encoding_is_added_in_one_class_and_one_registry_line(monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict = {"ScaleFilter": ScaleFilter}
    exec(next(block for block in BLOCKS if "class LowPass" in block), names)
    low_pass = names["LowPass"]
    monkeypatch.setitem(FILTERS, low_pass.name, low_pass)
    bank = FilterBank.from_config({**BANK, "filters": {"low_pass": {"cuts": [0.6, 2.0]}}})
    assert bank.node_channel_names == ["low_pass(0.6)", "low_pass(2)"]
    node, pair = encode(bank, cycle(6))
    torch.testing.assert_close(pair[..., 1], torch.eye(6).double())  # everything passes
    torch.testing.assert_close(node[:, 0], torch.full((6,), 0.5).double())  # λ = 0, ½, ½ of six
    schema = filter_section(low_pass)
    assert schema.model_validate({"cuts": [0.5]}).model_dump() == {"cuts": (0.5,)}
    with pytest.raises(ValidationError, match="3 is out of range, allowed: numbers from 0 to 2"):
        schema.model_validate({"cuts": [3.0]})


def test_every_command_of_the_table_is_known() -> None:
    """The dotted parameters that the README names exist, and so do the modules that it runs."""
    from mspe.config import load_params

    text = (ROOT / "README.md").read_text()
    params = load_params(ROOT / "params.yaml")
    for path in re.findall(r"-S '?([a-z_.]+)=", text):
        value: object = params
        for part in path.split("."):
            value = getattr(value, part)
    modules = re.findall(r"python -m ([a-z_.]+)", text)
    assert modules and all((ROOT / Path(*name.split("."))).with_suffix(".py").exists() for name in modules)
