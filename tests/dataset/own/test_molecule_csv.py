"""The user's own molecules: what is read, what is left out and counted, and what is refused in one line."""

import logging
from pathlib import Path

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset

MOLECULES = [f"{'C' * length}{end}" for length in range(1, 6) for end in ("", "O", "N", "Cl")]


def write(folder: Path, rows: list[str], header: str = "smiles,target") -> Path:
    path = folder / "molecules.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def write_split(folder: Path) -> Path:
    names = ["train"] * 14 + ["val", "test"] * 3
    rows = [f"{row},{name}" for row, name in zip(numbered(), names, strict=True)]
    return write(folder, rows, "smiles,target,split")


def numbered(first: int = 0) -> list[str]:
    return [f"{smiles},{number / 2}" for number, smiles in enumerate(MOLECULES, first)]


def test_numbers_are_a_regression(tmp_path: Path) -> None:
    dataset = get_dataset("smiles", path=str(write(tmp_path, numbered())))
    assert (dataset.task_type, dataset.num_classes, dataset.schema.metric) == ("regression", 1, "mae")
    targets = sorted(y for split in dataset.get_splits() for y in split.fields["y"].flatten().tolist())
    assert targets == [number / 2 for number in range(20)]


def test_zeros_and_ones_and_words_are_classes(tmp_path: Path) -> None:
    path = write(tmp_path, [f"{smiles},{number % 2}" for number, smiles in enumerate(MOLECULES)])
    dataset = get_dataset("smiles", path=str(path), split="stratified")
    assert (dataset.num_classes, dataset.schema.classes, dataset.schema.metric) == (2, ("0", "1"), "roc_auc")
    path = write(
        tmp_path, [f"{smiles},{('low', 'middle', 'high')[number % 3]}" for number, smiles in enumerate(MOLECULES)]
    )
    dataset = get_dataset("smiles", path=str(path))
    assert (dataset.num_classes, dataset.schema.classes) == (3, ("high", "low", "middle"))
    assert dataset.schema.metric == "accuracy"
    halves = [f"{smiles},{number % 5 / 2}" for number, smiles in enumerate(MOLECULES)]
    again = get_dataset("smiles", path=str(write(tmp_path, halves)), task="classification")
    assert again.num_classes == 5 and again.schema.classes[:3] == ("0", "0.5", "1")


def test_several_columns_are_several_targets_and_may_be_unknown(tmp_path: Path) -> None:
    rows = [f"{smiles},{number},{'' if number % 2 else number * 2.5}" for number, smiles in enumerate(MOLECULES)]
    path = write(tmp_path, rows, "smiles,a,b")
    dataset = get_dataset("smiles", path=str(path), target_columns=["a", "b"])
    assert dataset.num_classes == 2 and dataset.schema.classes == ("a", "b")
    unknown = sum(int(split.fields["y"][:, 1].isnan().sum()) for split in dataset.get_splits())
    assert unknown == 10
    parts = ["train"] * 12 + ["val"] * 4 + ["test"] * 4
    rows = [f"{smiles},{n % 2},{n % 3 // 2},{parts[n]}" for n, smiles in enumerate(MOLECULES)]
    labels = write(tmp_path, rows, "smiles,a,b,split")
    assert get_dataset("smiles", path=str(labels), target_columns=["a", "b"]).schema.loss == "bce_logits"


def test_a_column_of_splits_decides(tmp_path: Path) -> None:
    names = ["train"] * 14 + ["val", "test"] * 3
    path = write(
        tmp_path, [f"{row},{name}" for row, name in zip(numbered(), names, strict=True)], "smiles,target,split"
    )
    dataset = get_dataset("smiles", path=str(path))
    assert [len(part) for part in dataset.get_splits()] == [14, 3, 3]
    assert dataset.val.fields["y"].flatten().tolist() == [7.0, 8.0, 9.0]
    assert [len(part) for part in get_dataset("smiles", path=str(path), split="random").get_splits()] == [16, 2, 2]


def test_one_target_column_may_be_given_without_a_list(tmp_path: Path) -> None:
    path = write(tmp_path, [f"{row},{i}" for i, row in enumerate(numbered())], "smiles,logP,id")
    single, listed = (get_dataset("smiles", path=str(path), target_columns=name) for name in ("logP", ["logP"]))
    assert single.schema == listed.schema and single.schema.num_classes == 1


@pytest.mark.parametrize("column", ["Split", "SET", "fold", "subset", "Partition"])
@pytest.mark.parametrize("words", [("Train", "Valid", "TEST"), ("training", "dev", "testing")])
def test_a_column_that_means_a_split_decides(tmp_path: Path, column: str, words: tuple[str, str, str]) -> None:
    names = [words[0]] * 14 + [words[1], words[2]] * 3
    rows = [f"{row},{name}" for row, name in zip(numbered(), names, strict=True)]
    path = write(tmp_path, rows, f"smiles,target,{column}")
    assert [len(part) for part in get_dataset("smiles", path=str(path)).get_splits()] == [14, 3, 3]


def test_a_column_that_looks_like_a_split_and_is_not_understood_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, [f"{row},{i % 5}" for i, row in enumerate(numbered())], "smiles,target,Fold")
    with pytest.raises(MspeError, match="line 2: column 'Fold' looks like that of a split, but holds '0', allowed"):
        get_dataset("smiles", path=str(path))
    assert sum(map(len, get_dataset("smiles", path=str(path), split="random").get_splits())) == 20


def test_other_names_of_columns_quotes_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = "".join(f'"a, quoted name",{smiles},{number}\n' for number, smiles in enumerate(MOLECULES))
    path.write_text("\ufeffname,structure,rate\n\n" + rows, encoding="utf-8")
    dataset = get_dataset("smiles", path=str(path), smiles_column="structure", target_columns=["rate"])
    assert sum(map(len, dataset.get_splits())) == 20


def test_rows_that_cannot_be_used_are_counted_with_their_lines(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bad = ["C1CC,1.0", "CCO", "CCO,", "CCO,nan", "[C+9],1.0", ",1.0"]
    path = write(tmp_path, [*numbered(), *bad])
    with caplog.at_level(logging.WARNING):
        dataset = get_dataset("smiles", path=str(path))
    dropped = {name: count for name, count in dataset.schema.counts.items() if name.startswith("dropped")}
    assert sum(dropped.values()) == 6 and dropped["dropped_unreadable_smiles"] == 2
    assert f"{path}: left out 2: unreadable SMILES: line 22 ('C1CC'), line 27 ('')" in caplog.messages
    assert any("line 23 (1 instead of 2)" in message for message in caplog.messages)
    with pytest.raises(MspeError, match=r"line 22: unreadable SMILES: 'C1CC'; correct it, or set dataset.strict=false"):
        get_dataset("smiles", path=str(path), strict=True)


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (None, {}, r"no such file; set dataset.path to a CSV file"),
        ("", {}, r"no rows under the header"),
        ("smiles,target\n", {}, r"no rows under the header"),
        ("SMILES,target\nC,1\n", {}, r"no column 'smiles'; its columns are SMILES, target; set dataset.smiles_column"),
        ("smiles,a,b\nC,1,2\n", {}, r"which column is the target\? Set dataset.target_columns to one or more of a, b"),
        ("smiles,a\nC,1\n", {"target_columns": ["b"]}, r"no column 'b'; its columns are smiles, a; set dataset.target"),
        ("smiles,a,a\nC,1,2\n", {}, r"line 1: duplicate column 'a'"),
        ("smiles,a\nC1,1\nC2,2\n", {}, r"no usable row \(2 unreadable.smiles\); correct the rows"),
        (
            "smiles,a\nC,high\nCC,low\n",
            {"task": "regression"},
            r"no usable row \(2 target is no number\); correct the rows",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(
    tmp_path: Path, content: str | None, options: dict, message: str
) -> None:
    path = tmp_path / "molecules.csv"
    if content is not None:
        path.write_text(content)
    with pytest.raises(MspeError, match=message) as raised:
        get_dataset("smiles", path=str(path), **options)
    assert "\n" not in str(raised.value) and str(path) in str(raised.value)


def test_a_molecule_is_the_graph_that_pyg_makes_of_it(tmp_path: Path) -> None:
    from torch_geometric.utils import from_smiles

    names = ["train"] * 14 + ["val", "test"] * 3
    path = write(
        tmp_path, [f"{row},{name}" for row, name in zip(numbered(), names, strict=True)], "smiles,target,split"
    )
    dataset = get_dataset("smiles", path=str(path))
    for ours, smiles in zip(dataset.train, MOLECULES, strict=False):
        theirs = from_smiles(smiles)
        assert torch.equal(ours.edge_index, theirs.edge_index)
        vocabularies = dataset.schema.node_vocabularies
        values = [value for vocabulary in vocabularies for value in vocabulary]
        assert [[values[i] for i in row] for row in ours.x.tolist()] == theirs.x.tolist()


def test_another_split_does_not_look_at_the_column(tmp_path: Path) -> None:
    path = write(tmp_path, [f"{row},holdout" for row in numbered()], "smiles,target,split")
    assert sum(map(len, get_dataset("smiles", path=str(path), split="random").get_splits())) == 20
    with pytest.raises(MspeError, match="line 2: column 'split' looks like that of a split, but holds 'holdout'"):
        get_dataset("smiles", path=str(path))


def test_the_cell_that_does_not_fit_is_named(tmp_path: Path) -> None:
    rows = [f"{smiles},1,{number % 3}" for number, smiles in enumerate(MOLECULES)]
    path = write(tmp_path, rows, "smiles,a,b")
    with pytest.raises(MspeError, match="line 4: target 'b' holds '2', allowed for classification: 0 or 1"):
        get_dataset("smiles", path=str(path), target_columns=["a", "b"], task="classification")
    with pytest.raises(MspeError, match="task is edge_prediction, allowed for smiles: regression, classification"):
        get_dataset("smiles", path=str(path), task="edge_prediction")
