"""Cells of target columns: what is a number, what is unknown, what cannot be used, and what is a class."""

import pytest

from mspe.dataset.own.target_cells import TargetCells, can_be_classes, hold_commas

NUMBERS = [f"{0.37 * i:.2f}" for i in range(1, 30)]

PANDAS = ["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A"]
PANDAS += ["NA", "NULL", "NaN", "None", "n/a", "nan", "null"]
WRITTEN = [
    "n.d.",
    "N.D.",
    "nd",
    "ND",
    "-",
    "--",
    "\u2014",
    "\u2013",
    "\u2212",
    "?",
    ".",
    "n.a.",
    "nil",
    "missing",
    " NA ",
]
WRITTEN += ["#DIV/0!", "\u00a0", "not determined"]


@pytest.mark.parametrize("cell", [*PANDAS, *WRITTEN])
def test_a_mark_among_numbers_is_an_unknown_value(cell: str) -> None:
    for task in (None, "regression"):
        column = TargetCells.learn([*NUMBERS, cell], task)
        assert column.numeric and column.read(cell) == "" and column.find_problem(cell) is None


UNUSABLE = [">10", "<0.1", "~5", "5%", "1.5 nM", "1.2.3", "0x10", "1_000", "1 000", "1/2", "5 ± 1", "TRUE", "high"]
UNUSABLE += ["2020-01-01", "$5", "1.5\u200b", "1-2", "\uff11\uff0e\uff15", "[1.5]", "1d5", "=A1+1"]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        *[(cell, "target is no number") for cell in UNUSABLE],
        *[(cell, "target with a comma") for cell in ("0,5", "1,234", "-0,5", "1,234,567")],
        *[(cell, "target not finite") for cell in ("inf", "-Infinity", "1e400", "1e39")],
    ],
)
def test_another_cell_among_numbers_is_named_and_changes_nothing_else(cell: str, reason: str) -> None:
    for task in (None, "regression"):
        column = TargetCells.learn([*NUMBERS, cell], task)
        problem = column.find_problem(cell)
        assert column.numeric and problem is not None and problem.reason == reason
        assert cell.strip() in problem.detail or repr(cell.strip())[1:-1] in problem.detail
        assert not any(column.find_problem(number) for number in NUMBERS)


@pytest.mark.parametrize(
    ("cell", "number"),
    [("\u22121.5", -1.5), ("+2", 2), (" 3 ", 3), ("\u00a04\u00a0", 4), ("1e3", 1000), (".5", 0.5), ("\uff15", 5)],
)
def test_numbers_as_people_write_them(cell: str, number: float) -> None:
    column = TargetCells.learn([*NUMBERS, cell], None)
    assert column.find_problem(cell) is None and float(column.read(cell)) == number


def test_what_most_cells_are_decides() -> None:
    assert TargetCells.learn([*NUMBERS, *[">10"] * 40], None).numeric  # censored values are no class
    assert TargetCells.learn([f"{number} nM" for number in NUMBERS], None).numeric
    assert not TargetCells.learn(["low", "high", "2"] * 5, None).numeric
    assert not TargetCells.learn(["2D6", "3A4", "2C9"] * 5, None).numeric
    assert not TargetCells.learn(["<10", "10-50", ">50"] * 5, None).numeric


def test_commas_of_a_whole_column() -> None:
    assert hold_commas([number.replace(".", ",") for number in NUMBERS]) and hold_commas(["0,5", "1", "1,5", "2"])
    assert not hold_commas([*NUMBERS, "0,5"]) and not hold_commas(["1", "2", "3", "1,234"])


def test_two_values_with_a_stray_mark_stay_two_classes() -> None:
    column = TargetCells.learn(["0", "1", "NA", "n.d."] * 3, None)
    assert [column.read(cell) for cell in ("0", "1", "NA", "n.d.")] == ["0", "1", "", ""]


def test_a_class_is_one_in_whatever_case() -> None:
    column = TargetCells.learn(["True", "TRUE", "true ", "False", "NA", "n.d."], None)
    assert [column.read(cell) for cell in ("True", "TRUE", "true ", "False", "n.d.")] == ["true"] * 3 + ["false", ""]
    column = TargetCells.learn(["Active", "active", "inactive", "active", "N", "n.d."], None)
    assert [column.read(cell) for cell in ("Active", "active", "N")] == ["active", "active", "N"]


def test_truth_beside_bits_or_beside_other_columns_is_one_of_them() -> None:
    mixed = TargetCells.learn(["1", "TRUE", "0", "False"], None)
    assert [mixed.read(cell) for cell in ("1", "TRUE", "0", "False")] == ["1", "1", "0", "0"]
    assert TargetCells.learn(["Yes", "no"], None, several=True).read("yes") == "1"


def test_a_dash_is_a_class_beside_a_plus() -> None:
    assert TargetCells.learn(["+", "-"] * 5, None).read("-") == "-"
    assert TargetCells.learn(["low", "high", "-"] * 5, None).read("-") == ""


@pytest.mark.parametrize("mark", ["-1", "-100", "-1.0", "\u22121"])
def test_a_label_that_stands_for_none(mark: str) -> None:
    assert TargetCells.learn(["0", "1", mark] * 5, None).read(mark) == ""
    assert TargetCells.learn(["0", "1", "2", mark] * 5, "classification").read(mark) == ""
    assert TargetCells.learn(["0", "1", "2", mark] * 5, None).read(mark) != ""  # numbers
    assert TargetCells.learn(["0", "1", mark] * 5, "regression").read(mark) != ""
    assert TargetCells.learn(["1", mark] * 5, None).read(mark) != ""  # ±1


def test_classes_are_few_and_each_stands_several_times() -> None:
    assert can_be_classes(["a", "b", "c"] * 4) and can_be_classes(["a", "b"]) and can_be_classes([])
    assert not can_be_classes([f"note {i}" for i in range(20)])
    assert not can_be_classes(["inactive"] * 60 + NUMBERS)
