"""What is written can be read."""

from collections import OrderedDict
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mspe.common.errors import MspeError
from mspe.training import Trainer, get_optimizer
from mspe.training.plain import plain_values
from tests.training.fixtures import Mean, loaders, make_trainer


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        (Path("a/b"), "a/b"),
        ({np.int64(1): (np.float64(2.0), [Path("c")])}, {1: (2.0, ["c"])}),
    ],
)
def test_numpy_scalars_and_paths_become_plain(given: Any, expected: Any) -> None:
    result = plain_values(given, "x")
    assert result == expected
    assert repr(result) == repr(expected)


def test_what_is_plain_stays_as_it_is() -> None:
    value = OrderedDict(a=torch.ones(2), b=[1, (2.0, None)], c={"d": torch.device("cpu"), "e": {1, 2}})
    value._metadata = "of a state_dict"  # type: ignore[attr-defined]
    plain = plain_values(value, "x")
    assert plain == value and type(plain) is OrderedDict and plain["a"] is value["a"]
    assert plain._metadata == "of a state_dict"


def test_equal_content_gives_equal_files_whichever_objects_are_shared(tmp_path: Path) -> None:
    def text() -> str:
        return "".join(["weight", "_decay"])  # a new object

    shared = text()
    inner = {shared: 0.1, "rate": shared}
    contents = {"shared": {"a": inner, "b": inner}, "apart": {key: {text(): 0.1, "rate": text()} for key in "ab"}}
    for name, content in contents.items():
        torch.save(plain_values(content, name), tmp_path / "content.pt")
        (tmp_path / "content.pt").rename(tmp_path / name)
    assert (tmp_path / "shared").read_bytes() == (tmp_path / "apart").read_bytes()


@pytest.mark.parametrize("wrong", [Fraction(1, 2), np.zeros(2), Colour.RED, object(), np.datetime64("2020-01-01")])
def test_what_could_not_be_read_is_refused_at_once(tmp_path: Path, wrong: object) -> None:
    model = Mean()
    with pytest.raises(MspeError, match=r"metadata\.run\[1\] is a .*, which could not be read back; give"):
        Trainer(model, get_optimizer(model), checkpoint_dir=tmp_path, metadata={"run": [1, wrong]})


def test_a_checkpoint_and_a_state_with_numpy_numbers_are_read(tmp_path: Path) -> None:
    def metrics(prediction: torch.Tensor, target: torch.Tensor) -> dict[str, float]:
        return {"mae": np.float64(1.0), "mse": np.float32(2.0)}  # type: ignore[dict-item]

    options = {"metrics": metrics, "metadata": {"folder": tmp_path}}
    trainer = make_trainer(tmp_path, **options)
    trainer.optimizer.param_groups[0]["weight_decay"] = np.float64(0.1)
    trainer.fit(*loaders(), epochs=1, metric_for_best="mae", resume_path=tmp_path / "state.pt")
    trainer.save_checkpoint("model.pt")
    for name in ("model.pt", "best.pt"):
        content = make_trainer(tmp_path).load_checkpoint(name)
        assert content["metrics"]["mse"] == 2.0
        assert content["metadata"] == {"folder": str(tmp_path)}
    again = make_trainer(tmp_path, **options)
    assert again.fit(*loaders(), epochs=1, metric_for_best="mae", resume_path=tmp_path / "state.pt") == trainer.history
