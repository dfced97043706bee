"""Molecules of OGB, from tables as it unpacks them."""

import gzip
from pathlib import Path
from typing import Any

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset
from mspe.pipeline.trained_model import TrainedModel
from tests.pipeline.conftest import train

COUNT = 30
SIZES = [2 + number % 5 for number in range(COUNT)]


@pytest.fixture(autouse=True)
def no_other_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)


def write(folder: Path, name: str, labels: list[str], **changed: list[str]) -> Path:
    """Chains of atoms: each bond once, and the test part first, as no reader would put it."""
    place = folder / name.replace("-", "_")
    (place / "raw").mkdir(parents=True, exist_ok=True)
    (place / "split" / "scaffold").mkdir(parents=True, exist_ok=True)
    tables: dict[str, Any] = {
        "raw/num-node-list": SIZES,
        "raw/num-edge-list": [size - 1 for size in SIZES],
        "raw/node-feat": [f"{node % 3},0,0,0,0,0,0,0,{size}" for size in SIZES for node in range(size)],
        "raw/edge": [f"{node},{node + 1}" for size in SIZES for node in range(size - 1)],
        "raw/edge-feat": [f"{node % 2},0,0" for size in SIZES for node in range(size - 1)],
        "raw/graph-label": labels,
        "split/scaffold/test": range(6),
        "split/scaffold/valid": range(6, 12),
        "split/scaffold/train": range(12, COUNT),
        **changed,
    }
    for path, rows in tables.items():
        (place / f"{path}.csv.gz").write_bytes(gzip.compress("".join(f"{row}\n" for row in rows).encode()))
    return place


def test_molhiv_has_bonds_both_ways_and_the_published_split(tmp_path: Path) -> None:
    write(tmp_path, "ogbg-molhiv", [str(number % 3 // 2) for number in range(COUNT)])
    dataset = get_dataset("ogbg-molhiv", root=tmp_path)
    assert dataset.schema.counts == {"train": 18, "val": 6, "test": 6}
    assert (dataset.schema.metric, dataset.schema.classes) == ("roc_auc", ("0", "1"))
    assert dataset.test.num_nodes.tolist() == SIZES[:6]
    assert dataset.test.fields["y"].flatten().tolist() == [0, 0, 1, 0, 0, 1]
    graph = dataset.test[1]
    assert graph.edge_index.tolist() == [[0, 1, 1, 2], [1, 0, 2, 1]]
    assert graph.edge_attr[:, 0].tolist() == [0, 0, 1, 1]  # both directions have the bond's own
    assert [len(part) for part in get_dataset("ogbg-molhiv", root=tmp_path, split="stratified").get_splits()] == [
        24,
        3,
        3,
    ]


def test_molpcba_keeps_unknown_labels_unknown(tmp_path: Path) -> None:
    labels = [f"{number % 2},{'' if number % 3 else number // 3 % 2},{number // 2 % 2}" for number in range(COUNT)]
    write(tmp_path, "ogbg-molpcba", labels)
    dataset = get_dataset("ogbg-molpcba", root=tmp_path)
    assert (dataset.num_classes, dataset.schema.loss, dataset.schema.metric) == (3, "bce_logits", "ap")
    expected = torch.tensor([[float(cell or "nan") for cell in row.split(",")] for row in labels])
    torch.testing.assert_close(dataset.train.fields["y"], expected[12:], equal_nan=True)
    assert dataset.schema.label_counts["train"] == (18, 6, 18)
    trained = TrainedModel.load(train(dataset, tmp_path), "cpu")
    assert 0 < trained.evaluate(dataset.test).metrics["ap"] <= 1


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"raw/graph-label": ["2"] * COUNT}, "graph-label.csv.gz: holds labels that are neither 0 nor 1"),
        ({"raw/graph-label": [""] + ["1"] * (COUNT - 1)}, "graph-label.csv.gz: "),
        ({"raw/num-node-list": ["2"]}, "num-node-list.csv.gz: has 1 rows for 30 labelled graphs"),
        ({"raw/edge": ["0,1"]}, "edge.csv.gz: has 1 rows, but the graphs have 90 in all"),
        ({"split/scaffold/train": ["30"]}, "train.csv.gz: holds numbers outside 0 to 29"),
    ],
)
def test_tables_that_do_not_fit_are_named(tmp_path: Path, changed: dict[str, list[str]], message: str) -> None:
    write(tmp_path, "ogbg-molhiv", [str(number % 2) for number in range(COUNT)], **changed)
    with pytest.raises(MspeError, match=message) as error:
        get_dataset("ogbg-molhiv", root=tmp_path)
    assert "\n" not in str(error.value)


def test_bonds_to_atoms_that_are_not_there_are_refused(tmp_path: Path) -> None:
    bonds = [f"{node},{node + 1}" for size in SIZES for node in range(size - 1)]
    write(tmp_path, "ogbg-molhiv", [str(number % 2) for number in range(COUNT)], **{"raw/edge": ["0,2", *bonds[1:]]})
    with pytest.raises(MspeError, match="node index out of range"):
        get_dataset("ogbg-molhiv", root=tmp_path)


def test_what_is_not_there_is_not_downloaded(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"^ogbg-molpcba: raw files are missing in .*/ogbg_molpcba; put them there"):
        get_dataset("ogbg-molpcba", root=tmp_path)
