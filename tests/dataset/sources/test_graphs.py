"""Folders of the user's own graphs."""

from pathlib import Path

import pytest
import torch
from torch_geometric.data import Data

from tests.dataset.own.fixtures import check_refused, collection, load, save, write


def test_a_folder_without_graphs_is_refused(tmp_path: Path) -> None:
    check_refused(tmp_path / "nowhere", "nowhere: no such folder; set dataset.path to a folder")
    check_refused(tmp_path, r"neither \*\.pt files nor edges\.csv, but nothing")
    (tmp_path / "notes.txt").write_text("")
    check_refused(tmp_path, r"but notes\.txt; put one of these there")
    write(tmp_path, edges="")
    check_refused(tmp_path, r"edges\.csv: no rows under the header")
    write(tmp_path, edges="source,target\n")
    check_refused(tmp_path, r"edges\.csv: no rows under the header")
    save(tmp_path, collection())
    check_refused(tmp_path, r"holds both graphs\.pt and edges\.csv")
    for options in ({}, {"strict": True}):
        (tmp_path / "edges.csv").unlink(missing_ok=True)
        save(tmp_path, Data(edge_index=torch.empty(2, 0)))
        check_refused(tmp_path, r"no usable graph \(1 no nodes\)|graph 0: no nodes", **options)


def test_what_is_not_read_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    load(save(tmp_path, collection()))
    assert "not read" not in caplog.text
    (tmp_path / "raw").mkdir()
    write(tmp_path, graphs="graph,target")
    load(tmp_path)
    assert "not read: graphs.csv, raw" in caplog.text
