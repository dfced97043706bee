"""The user's own graphs: which kind of folder it is; its readers have tests of their own."""

from pathlib import Path

import pytest
import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset import DATASETS, DatasetParams, get_dataset
from mspe.dataset.sources.graphs import read
from tests.conftest import ROOT, cycle
from tests.dataset.own.fixtures import check_refused, collection, load, save, write


def rings(folder: Path, name: str = "rings.pt") -> None:
    """Rings of 3 to 32 nodes, with their sizes as targets."""
    torch.save([Data(y=torch.tensor([[float(size)]]), **cycle(size).to_dict()) for size in range(3, 33)], folder / name)


def tables(folder: Path) -> None:
    (folder / "edges.csv").write_text("source,target\na,b\nb,c\n")


@pytest.mark.parametrize("name", ["rings.pt", "RINGS.PT"])
def test_a_folder_of_pyg_files_is_read(tmp_path: Path, name: str) -> None:
    rings(tmp_path, name)
    dataset = get_dataset("graphs", path=str(tmp_path))
    assert dataset.task_type == "regression" and sum(map(len, dataset.get_splits())) == 30
    for part in dataset.get_splits():
        assert torch.equal(part.fields["y"].flatten(), part.num_nodes.float())
        assert torch.equal(part.num_edges, 2 * part.num_nodes)


def test_the_example_of_tables_is_read() -> None:
    dataset = get_dataset("graphs", path=str(ROOT / "examples/graphs"))
    assert all(len(part) > 0 for part in dataset.get_splits())


def test_both_kinds_in_one_folder_are_refused(tmp_path: Path) -> None:
    rings(tmp_path)
    tables(tmp_path)
    with pytest.raises(MspeError, match=r"holds both rings\.pt and edges\.csv; leave one kind there"):
        read(DatasetParams(name="graphs", path=str(tmp_path)))


@pytest.mark.parametrize(("files", "found"), [([], "nothing"), (["nodes.csv", "notes.txt"], "nodes.csv, notes.txt")])
def test_a_folder_of_neither_kind_says_what_it_holds(tmp_path: Path, files: list[str], found: str) -> None:
    for name in files:
        (tmp_path / name).write_text("")
    with pytest.raises(MspeError) as raised:
        read(DatasetParams(name="graphs", path=str(tmp_path)))
    assert str(raised.value).startswith(str(tmp_path)) and f", but {found};" in str(raised.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"none: no such folder; set dataset\.path"):
        read(DatasetParams(name="graphs", path=str(tmp_path / "none")))


def test_the_users_graphs_are_trained_with_the_common_settings() -> None:
    assert DATASETS["graphs"].settings == DATASETS["smiles"].settings == {}


def test_a_folder_without_usable_graphs_is_refused(tmp_path: Path) -> None:
    for content in ("", "source,target\n"):
        check_refused(write(tmp_path, edges=content), r"edges\.csv: no rows under the header")
    (tmp_path / "edges.csv").unlink()
    save(tmp_path, Data(edge_index=torch.empty(2, 0)))
    for options in ({}, {"strict": True}):
        check_refused(tmp_path, r"no usable graph \(1 no nodes\)|graph 0: no nodes", **options)


def test_what_is_not_read_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    load(save(tmp_path, collection()))
    assert "not read" not in caplog.text
    (tmp_path / "raw").mkdir()
    write(tmp_path, graphs="graph,target")
    load(tmp_path)
    assert "not read: graphs.csv, raw" in caplog.text
