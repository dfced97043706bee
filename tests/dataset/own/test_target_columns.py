"""Target columns of whole files: the task is that of most cells, and used + left out = rows."""

import logging
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mspe.common.errors import MspeError
from mspe.dataset import GraphDataset, get_dataset

MOLECULES = [f"{'C' * length}{end}" for length in range(1, 11) for end in ("", "O", "N", "Cl")]
NUMBERS = [f"{0.37 * i - 3:.2f}" for i in range(len(MOLECULES))]


def load(folder: Path, columns: list[list[str]], header: str = "smiles,logP", **options: object) -> GraphDataset:
    path = folder / "molecules.csv"
    rows = [",".join(f'"{cell}"' for cell in row) for row in zip(MOLECULES, *columns, strict=True)]
    path.write_text("\n".join([header, *rows]) + "\n")
    return get_dataset("smiles", path=str(path), **options)


def altered(cells: list[str], **changes: str) -> list[str]:
    return [changes.get(f"row{i}", cell) for i, cell in enumerate(cells)]


@pytest.mark.parametrize("cell", ["NA", "n.d.", ">10", "0,5", "5%", "1.5 nM", "inf", ""])
def test_one_cell_leaves_one_row_out_and_names_it(tmp_path: Path, cell: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        dataset = load(tmp_path, [altered(NUMBERS, row7=cell)])
    assert dataset.task_type == "regression" and sum(map(len, dataset.get_splits())) == 39
    assert sum(count for name, count in dataset.schema.counts.items() if name.startswith("dropped")) == 1
    assert any("line 9 (" in message and cell in message for message in caplog.messages)
    with pytest.raises(MspeError, match=r"line 9: .*set dataset\.strict=false"):
        load(tmp_path, [altered(NUMBERS, row7=cell)], strict=True)


@pytest.mark.parametrize("task", [None, "regression", "classification"])
def test_a_task_never_refuses_the_file_for_one_cell(tmp_path: Path, task: str | None) -> None:
    labels, split = ([str(i % 2) for i in range(40)], "stratified") if task == "classification" else (NUMBERS, "random")
    dataset = load(tmp_path, [altered(labels, row7=">10")], task=task, split=split)
    assert dataset.schema.counts["dropped_target_is_no_number"] == 1


@settings(
    max_examples=60 * settings().max_examples // 100,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(
    cell=st.text(st.characters(exclude_categories=["Cs"], exclude_characters='"\r\n\0'), max_size=8),
    row=st.integers(0, 39),
)
def test_no_cell_makes_classes_of_numbers_and_every_row_is_accounted_for(tmp_path: Path, cell: str, row: int) -> None:
    dataset = load(tmp_path, [altered(NUMBERS, **{f"row{row}": cell})])
    assert dataset.task_type == "regression" and sum(dataset.schema.counts.values()) == 40


def test_several_columns(tmp_path: Path) -> None:
    columns = [altered(NUMBERS, row3="n.d.", row7=">10"), altered(NUMBERS[::-1], row4="NA")]
    dataset = load(tmp_path, columns, "smiles,a,b", target_columns=["a", "b"])
    assert (dataset.task_type, dataset.num_classes) == ("regression", 2)
    assert sum(map(len, dataset.get_splits())) == 40
    targets = torch.cat([split.fields["y"] for split in dataset.get_splits()])
    assert targets.isnan().sum(dim=0).tolist() == [2, 1]
    line = "1 cells count as unknown: target is no number: line 9, column 'a' ('>10')"
    assert any(line in message for message in dataset.summary)
    with pytest.raises(MspeError, match=r"line 9, column 'a': target is no number: '>10'; correct it, or set dataset"):
        load(tmp_path, columns, "smiles,a,b", target_columns=["a", "b"], strict=True)


def test_a_row_of_bad_cells_alone_is_left_out(tmp_path: Path) -> None:
    columns = [altered(NUMBERS, row7=">10"), altered(NUMBERS, row7="")]
    dataset = load(tmp_path, columns, "smiles,a,b", target_columns=["a", "b"])
    assert dataset.schema.counts["dropped_target_is_no_number"] == 1 and sum(map(len, dataset.get_splits())) == 39


def test_several_columns_of_truth_are_labels(tmp_path: Path) -> None:
    columns = [
        [("True", "FALSE", "NA")[i % 3] for i in range(40)],
        [("yes", "No", "yes", "no")[i % 4] for i in range(40)],
        ["maybe", *(("Active", "inactive")[i % 2] for i in range(39))],
    ]
    dataset = load(tmp_path, columns, "smiles,a,b,c", target_columns=["a", "b", "c"])
    assert dataset.schema.loss == "bce_logits" and dataset.schema.classes == ("a", "b", "c")
    targets = torch.cat([split.fields["y"] for split in dataset.get_splits()])
    assert targets.isnan().sum(dim=0).tolist() == [13, 0, 1] and targets.nansum(dim=0).tolist() == [14, 20, 20]


@pytest.mark.parametrize("task", [None, "regression", "classification"])
def test_a_column_of_commas_is_refused_with_the_line(tmp_path: Path, task: str | None) -> None:
    match = r"line 2: column 'logP' holds numbers with commas \('-3,00'\); write a decimal point"
    with pytest.raises(MspeError, match=match):
        load(tmp_path, [[number.replace(".", ",") for number in NUMBERS]], task=task)


def test_text_is_no_target(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"column 'logP' holds text, 40 values in 40 rows \('note 0', …\)"):
        load(tmp_path, [[f"note {i}" for i in range(40)]])
    with pytest.raises(MspeError, match="neither numbers nor classes"):
        load(tmp_path, [["inactive"] * 25 + NUMBERS[25:]])


@pytest.mark.parametrize("cells", [[f"CHEMBL{i}" for i in range(40)], NUMBERS, [str(i) for i in range(1000, 1040)]])
def test_identifiers_and_numbers_are_no_classes_when_asked(tmp_path: Path, cells: list[str]) -> None:
    remedy = r"(set dataset\.task=regression|join them)"
    with pytest.raises(MspeError, match=rf"the target has 40 values in 40 samples .* {remedy}"):
        load(tmp_path, [cells], task="classification")


def test_percentages_are_no_classes(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match="no usable row \\(40 target is no number\\)"):
        load(tmp_path, [[f"{i % 4 * 10}%" for i in range(40)]])


def test_a_column_counts_once(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"dataset\.target_columns names a column twice: logP, logP"):
        load(tmp_path, [NUMBERS], target_columns=["logP", "logP"])


def test_signs_in_several_columns_may_be_classes_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    signs = [["1", "-1"][i % 2] for i in range(40)]
    with caplog.at_level(logging.WARNING):
        load(tmp_path, [signs, signs[::-1]], "smiles,a,b", target_columns=["a", "b"])
    assert any("they are -1, 1 alone; are they classes? Write those of several" in line for line in caplog.messages)


def test_labels_for_none_are_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        dataset = load(tmp_path, [[("0", "1", "2", "-100")[i % 4] for i in range(40)]], task="classification")
    assert dataset.schema.classes == ("0", "1", "2") and dataset.schema.counts["dropped_no_target"] == 10
    assert any("column 'logP': -100 stands for no label" in message for message in caplog.messages)


def test_few_whole_numbers_may_be_classes_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert load(tmp_path, [[str(i % 3) for i in range(40)]]).task_type == "regression"
    assert any("though they are 0, 1, 2 alone; are they classes?" in message for message in caplog.messages)
