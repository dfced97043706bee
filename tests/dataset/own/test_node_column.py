"""A column of nodes.csv that splits the nodes."""

import logging
from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.dataset import DatasetParams, read_unsplit
from mspe.dataset.unsplit import Division


def write(folder: Path, header: str, rows: list[str], size: int = 12) -> Path:
    (folder / "edges.csv").write_text("source,target\n" + "".join(f"n{n},n{(n + 1) % size}\n" for n in range(size)))
    (folder / "nodes.csv").write_text(f"{header}\n" + "".join(f"{row}\n" for row in rows))
    return folder


def divide(folder: Path, **options: object) -> Division:
    return read_unsplit(DatasetParams(name="graphs", path=str(folder), **options)).divide(seed=0)  # type: ignore[arg-type]


PARTS = ["train", "Train", "training", "trn", "valid", "dev", "test", "tst", "testing", "test", "", " "]


def rows(cells: list[str]) -> list[str]:
    return [f"n{number},{'ab'[number % 2]},{number / 2 + 0.1},{cell}" for number, cell in enumerate(cells)]


def test_a_column_splits_the_nodes_and_the_rest_are_features(tmp_path: Path) -> None:
    division = divide(write(tmp_path, "node,target,size,split", rows(PARTS)))
    assert division.positions == {"train": [0, 1, 2, 3], "val": [4, 5], "test": [6, 7, 8, 9]}
    assert division.schema.target_level == "node" and division.schema.num_features == 1
    assert "given by column 'split' of nodes.csv" in division.summary[-1]


def test_a_node_without_a_label_is_in_no_part(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    unlabelled = rows(PARTS)
    unlabelled[0], unlabelled[9] = "n0,,0.1,train", "n9,,0.1,test"
    with caplog.at_level(logging.WARNING):
        positions = divide(write(tmp_path, "node,target,size,split", unlabelled)).positions
    assert positions["train"] == [1, 2, 3] and positions["test"] == [6, 7, 8]
    assert "without a target, left out: 1 of train, 1 of test" in caplog.text


def test_the_labelled_nodes_of_one_graph_are_drawn_where_there_is_no_column(tmp_path: Path) -> None:
    cells = [f"n{number},{number / 2 + 0.1 if number else ''}" for number in range(12)]
    division = divide(write(tmp_path, "node,target", cells))
    assert division.unit == "node" and sorted(n for part in division.positions.values() for n in part) == [
        *range(1, 12)
    ]


def test_a_cell_that_names_no_part_is_refused(tmp_path: Path) -> None:
    cells = rows([*PARTS[:-1], "holdout"])
    with pytest.raises(
        MspeError, match=r"nodes.csv: line 13: column 'split' holds 'holdout', allowed: train, val, test"
    ):
        divide(write(tmp_path, "node,target,size,split", cells))


def test_a_split_of_graphs_beside_one_of_nodes_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "graph,node,target,split", [f"a,n{n},{n / 2 + 0.1},train" for n in range(12)])
    edges = "".join(f"a,n{n},n{(n + 1) % 12}\n" for n in range(12))
    (tmp_path / "edges.csv").write_text(f"graph,source,target\n{edges}")
    (tmp_path / "graphs.csv").write_text("graph,split\na,train\n")
    with pytest.raises(MspeError, match=r"both hold a split; remove one"):
        divide(tmp_path, target_columns=("target",))


@pytest.mark.parametrize("name", ["label", "Class", "y"])
def test_a_column_called_as_a_target_is_not_taken_as_a_feature_in_silence(tmp_path: Path, name: str) -> None:
    cells = [f"n{number},{number / 2 + 0.1}" for number in range(12)]
    folder = write(tmp_path, f"node,{name}", cells)
    with pytest.raises(
        MspeError, match=rf"does column '{name}' hold what to predict\? Set dataset.target_columns={name}"
    ):
        divide(folder)
    assert divide(folder, target_columns=name).schema.target_level == "node"
    assert divide(folder, task="edge_prediction").schema.num_features == 1
