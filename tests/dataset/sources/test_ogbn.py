"""Graphs of OGB, from tables as it unpacks them."""

import gzip
from pathlib import Path

import numpy as np
import pytest
import torch

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset

NODES = 30


def write(folder: Path) -> Path:
    place = folder / "ogbn_arxiv"
    split = place / "split" / "time"
    split.mkdir(parents=True)
    (place / "raw").mkdir()
    numbers = np.arange(NODES)
    tables = {
        place / "raw" / "edge.csv.gz": [f"{node},{(node + 1) % NODES}" for node in numbers],
        place / "raw" / "node-feat.csv.gz": [f"{node / 10},{-node},0.5" for node in numbers],
        place / "raw" / "node-label.csv.gz": [str(node % 4) for node in numbers],
        split / "train.csv.gz": numbers[:10].tolist(),
        split / "valid.csv.gz": numbers[10:15].tolist(),
        split / "test.csv.gz": numbers[15:].tolist(),
    }
    for path, rows in tables.items():
        write_table(path, rows)
    return place


def write_table(path: Path, rows: list) -> None:
    path.write_bytes(gzip.compress("".join(f"{row}\n" for row in rows).encode()))


@pytest.fixture(autouse=True)
def no_other_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)


def test_a_graph_is_read_from_its_tables_with_edges_both_ways(tmp_path: Path) -> None:
    write(tmp_path)
    dataset = get_dataset("ogbn-arxiv", root=tmp_path)
    assert dataset.schema.counts == {"train": 10, "val": 5, "test": 15} and dataset.num_classes == 4
    assert dataset.train.num_edges.item() == 2 * NODES
    labels = torch.stack([part.fields["y"].flatten() for part in dataset.get_splits()]).nansum(dim=0)
    assert labels.tolist() == [node % 4 for node in range(NODES)]


@pytest.mark.parametrize(
    ("file", "rows", "message"),
    [
        ("raw/edge.csv.gz", ["0,30"], "holds numbers outside 0 to 29"),
        ("split/time/test.csv.gz", ["-1"], "holds numbers outside 0 to 29"),
        ("raw/node-feat.csv.gz", ["1,2", "1"], "cannot be read"),
        ("raw/node-label.csv.gz", [], "cannot be read"),
    ],
)
def test_tables_that_do_not_fit_are_named(tmp_path: Path, file: str, rows: list[str], message: str) -> None:
    path = write(tmp_path) / file
    write_table(path, rows)
    with pytest.raises(MspeError, match=rf"^{path}: {message}"):
        get_dataset("ogbn-arxiv", root=tmp_path)


def test_files_that_are_missing_are_named(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"^ogbn-arxiv: raw files are missing in .*/ogbn_arxiv; put them there as OGB"):
        get_dataset("ogbn-arxiv", root=tmp_path)
    path = write(tmp_path) / "raw" / "edge.csv.gz"
    path.unlink()
    with pytest.raises(MspeError, match=rf"^{path}: no such file"):
        get_dataset("ogbn-arxiv", root=tmp_path)
