"""A checkpoint's parts are of one training run, or it is refused in one line."""

import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from mspe.common.errors import MspeError
from mspe.common.tensor_files import read_tensors, write_tensors
from mspe.dataset import GraphDataset
from mspe.pipeline.checkpoint import read_trained

Content = dict[str, Any]


def refusal(path: Path) -> str:
    with pytest.raises(MspeError) as raised:
        read_trained(path)
    message = str(raised.value)
    assert message.startswith(f"{path}: ") and "\n" not in message and len(message) < 600
    return message


def write_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "no weights")


OTHER_FILES: dict[str, Callable[[Path], Any]] = {
    "nothing": lambda path: None,
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("hello\nworld\n"),
    "zip": write_zip,
    "pickle": lambda path: path.write_bytes(pickle.dumps({"model": 1})),
    "module": lambda path: torch.save(nn.Linear(2, 2), path),
    "weights alone": lambda path: torch.save(nn.Linear(2, 2).state_dict(), path),
    "list": lambda path: torch.save([1, 2], path),
    "tensor": lambda path: torch.save(torch.zeros(2), path),
    "folder": lambda path: path.mkdir(),
    "half of a file": lambda path: path.write_bytes(b"PK\x03\x04" + bytes(40)),
}


@pytest.mark.parametrize("kind", OTHER_FILES)
def test_what_is_no_checkpoint_is_refused_by_its_path(tmp_path: Path, kind: str) -> None:
    OTHER_FILES[kind](tmp_path / "other.pt")
    refusal(tmp_path / "other.pt")


def edit(*path: str, value: Any) -> Callable[[Content], None]:
    """Put a value into nested dictionaries, of which the last may be a state."""

    def change(content: Content) -> None:
        for name in path[:-1]:
            content = content[name]
        content[path[-1]] = value

    return change


def fill(weight: float, key: str = "model") -> Callable[[Content], None]:
    def change(content: Content) -> None:
        content[key] = {name: value.clone() for name, value in content["model"].items()}
        content[key]["node_encoder.encoding.bias"][0] = weight

    return change


CHANGES: dict[str, tuple[Callable[[Content], None], str]] = {
    "newer format": (edit("format", value=99), "written by a newer version of mspe (format 99"),
    "format of words": (edit("format", value="two"), "written by a newer version of mspe (format 'two'"),
    "format below all": (edit("format", value=-5), "written by a newer version of mspe (format -5"),
    "format of a truth value": (edit("format", value=True), "written by a newer version of mspe (format True"),
    "tensors for numbers": (edit("metadata", "model", "num_features", value=torch.ones(2)), "metadata.model holds"),
    "another task": (edit("metadata", "schema", "task_type", value="x" * 3000), "metadata.schema: "),
    "weights of no name": (lambda content: content["model"].update({5: torch.ones(1)}), "'model' holds a"),
    "complex weights": (
        lambda content: content["model"].update(
            {"node_encoder.encoding.bias": content["model"]["node_encoder.encoding.bias"] + 1j}
        ),
        "the weights node_encoder.encoding.bias are complex",
    ),
    "no weights": (lambda content: content.pop("model"), "not a checkpoint of this version's pipeline ('model')"),
    "no metadata": (edit("metadata", value={}), "not a checkpoint of this version's pipeline ('metadata')"),
    "no schema": (lambda content: content["metadata"].pop("schema"), "pipeline ('metadata.schema')"),
    "arguments of another form": (edit("metadata", "model", value=3), "pipeline ('metadata.model')"),
    "NaN": (fill(float("nan")), "the weights node_encoder.encoding.bias hold NaN or infinity"),
    "infinity": (fill(float("inf")), "the weights node_encoder.encoding.bias hold NaN or infinity"),
    "NaN in the average": (fill(float("nan"), "ema"), "ema: the weights node_encoder.encoding.bias hold NaN"),
    "an average that is none": (edit("ema", value=1.0), "'ema' holds a float, allowed: a model's state_dict"),
    "an average of another model": (edit("ema", value={"x": torch.ones(1)}), "ema: its weights are not of the model"),
    "NaN beside an average": (
        lambda content: (fill(0.0, "ema")(content), fill(float("nan"))(content)),  # type: ignore[func-returns-value]
        "model: the weights node_encoder.encoding.bias hold NaN",
    ),
    "weights that are none": (edit("model", value=[1]), "'model' holds a list, allowed: a model's state_dict"),
    "another depth": (edit("metadata", "model", "num_layers", value=3), "its weights are not of the model"),
    "another model": (edit("metadata", "model", "name", value="gine"), "its weights are not of the model"),
    "an unknown model": (edit("metadata", "model", "name", value="cnn"), "name: got 'cnn'"),
    "an unknown key": (edit("metadata", "model", "colour", value=1), "colour: unknown key"),
    "no bank": (lambda content: content["metadata"]["model"].pop("bank"), "metadata.model names no bank"),
    "classes": (
        edit("metadata", "model", "num_classes", value=7),
        "metadata.model.num_classes is 7, but metadata.schema asks for 1",
    ),
    "names of classes": (edit("metadata", "schema", "classes", value=["a", "b"]), "classes has 2 entries, allowed: 1"),
    "vocabulary": (
        edit("metadata", "schema", "node_vocabularies", value=[[6, 7]]),
        "node_vocabularies has 2 entries, allowed:",
    ),
    "scaling of the model": (edit("metadata", "model", "target_mean", value=[5.0]), "model.target_mean is [5.0]"),
    "scaling of the features": (edit("metadata", "model", "features", value={}), "metadata.model.features is {}"),
    "channels": (
        edit("metadata", "model", "bank", "node_channels", value=["walk(0)"]),
        "metadata.model.bank names the node_channels",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", CHANGES)
def test_a_contradiction_is_named(regression: tuple[GraphDataset, Path], tmp_path: Path, kind: str) -> None:
    change, message = CHANGES[kind]
    content = read_tensors(regression[1])
    change(content)
    write_tensors(tmp_path / "changed.pt", content)
    assert message in refusal(tmp_path / "changed.pt")


def test_a_scaling_that_the_weights_were_not_trained_with_is_refused(
    regression: tuple[GraphDataset, Path], tmp_path: Path
) -> None:
    content = read_tensors(regression[1])
    for part in ("schema", "model"):
        content["metadata"][part]["target_mean"] = [100.0]
    write_tensors(tmp_path / "changed.pt", content)
    assert "metadata.schema.target_mean is [100.0], but the weights were trained with" in refusal(
        tmp_path / "changed.pt"
    )


def test_a_checkpoint_of_before_has_its_tables_from_the_schema(
    regression: tuple[GraphDataset, Path], tmp_path: Path
) -> None:
    content = read_tensors(regression[1])
    del content["metadata"]["model"]["features"], content["format"]
    write_tensors(tmp_path / "former.pt", content)
    former, present = read_trained(tmp_path / "former.pt"), read_trained(regression[1])
    assert former[1] == present[1] and former[0].features == present[0].features


def test_averaged_weights_are_taken_where_there_are_any(regression: tuple[GraphDataset, Path], tmp_path: Path) -> None:
    content = read_tensors(regression[1])
    fill(7.0, "ema")(content)
    write_tensors(tmp_path / "averaged.pt", content)
    live, averaged = (read_trained(path)[0].state_dict() for path in (regression[1], tmp_path / "averaged.pt"))
    assert averaged["node_encoder.encoding.bias"][0] == 7.0
    assert [name for name, value in live.items() if not torch.equal(value, averaged[name])] == [
        "node_encoder.encoding.bias"
    ]
