"""Columns of a split: found by what they hold or are called, and never left aside in silence."""

from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.dataset import GraphDataset, get_dataset
from mspe.dataset.own.csv_table import read_table
from mspe.dataset.own.split_column import find_split_column
from tests.dataset.own.fixtures import check_refused, write

MOLECULES = [f"{'C' * length}{end}" for length in range(1, 11) for end in ("", "O", "N", "Cl")]
PARTS = ["Train"] * 28 + ["VALID"] * 6 + ["test"] * 6


def load(folder: Path, header: str, *columns: list[str], **options: object) -> GraphDataset:
    path = folder / "molecules.csv"
    rows = [
        f"{smiles},{i / 2}," + ",".join(cells)
        for i, (smiles, *cells) in enumerate(zip(MOLECULES, *columns, strict=True))
    ]
    path.write_text("\n".join([f"smiles,logP,{header}", *rows]) + "\n")
    return get_dataset("smiles", path=str(path), target_columns="logP", **options)


@pytest.mark.parametrize("name", ["split", "Set", "group", "scaffold_split", "used for", "is_train", ""])
def test_a_column_that_holds_parts_is_that_of_the_split(tmp_path: Path, name: str) -> None:
    dataset = load(tmp_path, name, PARTS)
    assert list(map(len, dataset.get_splits())) == [28, 6, 6]
    assert dataset.summary[-1] == f"split: given by column {name!r} of molecules.csv (train, val, test)"


@pytest.mark.parametrize(
    "name", ["is_train", "train", "cv_fold", "fold", "Fold_ID", "scaffold split", "test_set", "split"]
)
@pytest.mark.parametrize("values", ["01", "01234", ("True", "False")])
def test_what_looks_like_a_split_and_is_not_understood_is_refused(tmp_path: Path, name: str, values: str) -> None:
    cells = [values[i % len(values)] for i in range(40)]
    with pytest.raises(
        MspeError, match=rf"line 2: column '{name}' looks like that of a split, but holds '{values[0]}'"
    ):
        load(tmp_path, name, cells)
    assert "random" in load(tmp_path, name, cells, split="random").summary[-1]


@pytest.mark.parametrize("name", ["fold_change", "ames_test", "basis_set", "valid", "subsets", "charge"])
def test_other_columns_are_not_that_of_the_split(tmp_path: Path, name: str) -> None:
    dataset = load(tmp_path, name, ["01"[i % 2] for i in range(40)])
    assert "random" in dataset.summary[-1] and f"not used: column {name!r}" in dataset.summary[-2]


def test_of_two_columns_the_user_says_which(tmp_path: Path) -> None:
    columns = PARTS, PARTS[::-1]
    with pytest.raises(MspeError, match="columns 'random' and 'scaffold' both hold parts of a split"):
        load(tmp_path, "random,scaffold", *columns)
    dataset = load(tmp_path, "random,scaffold", *columns, split_column="scaffold")
    assert "column 'scaffold'" in dataset.summary[-1]


def test_a_few_words_that_are_no_part_leave_rows_out_and_many_refuse_the_file(tmp_path: Path) -> None:
    dataset = load(tmp_path, "split", ["tset", *PARTS[1:]])
    assert dataset.schema.counts["dropped_unknown_split"] == 1
    with pytest.raises(MspeError, match="line 36: column 'split' looks like that of a split, but holds 'holdout'"):
        load(tmp_path, "split", [part.replace("test", "holdout") for part in PARTS])


def test_a_column_of_parts_and_other_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match="line 2: column 'group' looks like that of a split, but holds 'external'"):
        load(tmp_path, "group", ["external", *PARTS[1:]])


def test_a_column_that_is_taken_is_not_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "molecules.csv"
    path.write_text("smiles,kind\n" + "".join(f"C,{part}\n" for part in PARTS))
    assert find_split_column(read_table(path), "split", ("smiles", "kind")) == "split"
    assert find_split_column(read_table(path), "split", ("smiles",)) == "kind"


@pytest.mark.parametrize("name", ["split", "group"])
def test_the_split_of_graphs_stands_in_their_table(tmp_path: Path, name: str) -> None:
    edges = "".join(f"g{i},a,b\n" for i in range(40))
    nodes = "".join(f"g{i},a,{part}\ng{i},b,{part}\n" for i, part in enumerate(PARTS))
    graphs = "".join(f"g{i},{i}.5\n" for i in range(40))
    write(
        tmp_path,
        edges=f"graph,source,target\n{edges}",
        graphs=f"graph,y\n{graphs}",
        nodes=f"graph,node,{name}\n{nodes}",
    )
    check_refused(tmp_path, f"nodes.csv: column '{name}' is that of the split, which graphs.csv has; move it there")
