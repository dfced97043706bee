"""The schema's way through its file, and the shares of classes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mspe.common.errors import MspeError
from mspe.graphs import GraphSchema, PackedGraphs

SCHEMA = GraphSchema(
    name="made up",
    task_type="classification",
    target_level="node",
    num_features=5,
    node_features="categorical",
    num_edge_features=1,
    edge_features="real",
    num_classes=2,
    loss="cross_entropy",
    metric="accuracy",
    node_vocabularies=((-1, 6, 8), (0, 1)),
    edge_mean=(0.1,),
    edge_std=(1 / 3,),
    classes=("no", "ja, é"),
    class_counts={"train": (3, 1), "test": (0, 0)},
    label_counts={"train": (4, 4), "test": (0, 0)},
    max_nodes=7,
    counts={"train": 4, "dropped: no atoms": 1},
)


def test_a_schema_survives_its_file(tmp_path: Path, molecules: tuple[GraphSchema, PackedGraphs]) -> None:
    for number, schema in enumerate((SCHEMA, molecules[0])):
        path = tmp_path / f"{number}.json"
        schema.save(path)
        assert GraphSchema.load(path) == schema
        GraphSchema.load(path).save(tmp_path / "again.json")
        assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


def changed(change: Callable[[dict[str, Any]], Any]) -> bytes:
    content = SCHEMA.model_dump()
    change(content)
    return json.dumps(content).encode()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not valid JSON"),
        (json.dumps(SCHEMA.model_dump()).encode()[:-20], "not valid JSON"),
        (b"\xff\xfe\x00", "line 1: not UTF-8 text"),
        (b"[1, 2]", "holds a list, expected an object; was it written by mspe?"),
        (changed(lambda schema: schema.pop("max_nodes")), "max_nodes: missing"),
        (changed(lambda schema: schema.update(of_tomorrow=1)), "of_tomorrow: unknown key; known here: class_counts"),
        (changed(lambda schema: schema.update(target_level="atom")), "target_level: got 'atom', input should be"),
        (changed(lambda schema: schema.update(edge_mean=[None])), "edge_mean.0: got None"),
    ],
)
def test_a_damaged_file_or_one_of_another_version_is_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "schema.json"
    path.write_bytes(content)
    with pytest.raises(MspeError) as raised:
        GraphSchema.load(path)
    assert str(raised.value).startswith(f"{path}: ") and message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_without_a_file_it_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"schema\.json: no such file; run the stage that writes it"):
        GraphSchema.load(tmp_path / "schema.json")


def test_shares_of_classes_are_of_the_samples_whose_label_is_known() -> None:
    assert SCHEMA.class_shares() == {"train": {"no": 0.75, "ja, é": 0.25}, "test": {"no": 0.0, "ja, é": 0.0}}
    labels = {"classes": (), "class_counts": {"train": (1, 2)}, "label_counts": {"train": (4, 2)}}
    assert SCHEMA.model_copy(update=labels).class_shares() == {"train": {"0": 0.25, "1": 1.0}}
