"""Feature columns: categories or real numbers."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mspe.dataset.own.csv_table import Table
from mspe.dataset.own.feature_columns import FeatureColumns


def table(*rows: list[str]) -> Table:
    return Table(Path("nodes.csv"), [f"c{i}" for i in range(len(rows[0]))], list(enumerate(rows, start=2)))


def learn(*rows: list[str]) -> FeatureColumns:
    return FeatureColumns.learn(table(*rows), range(len(rows[0])))


@given(st.lists(st.sampled_from(["C", "N", "", "7", "-3", "10"]), min_size=1, max_size=8))
def test_equal_cells_and_no_others_have_equal_categories(cells: list[str]) -> None:
    columns = learn(*[[cell] for cell in cells])
    codes = columns.encode([[cell] for cell in cells])
    assert codes is not None and not columns.real and codes.dtype == torch.long
    assert len({*codes.flatten().tolist()}) == len({*cells})
    assert {*codes.flatten().tolist()} == set(range(len({*cells})))


def test_whole_numbers_are_numbered_by_their_value_and_an_empty_cell_comes_first() -> None:
    codes = learn(["10"], ["9"], [""], ["-1"]).encode([[""], ["-1"], ["9"], ["10"]])
    assert codes is not None and codes.flatten().tolist() == [0, 1, 2, 3]


def test_one_real_number_makes_all_columns_real_and_words_one_hot() -> None:
    columns = learn(["C", "1", "0.5"], ["N", "2", "1"])
    assert columns.real
    encoded = columns.encode([["N", "2", "0.5"], [" C ", "1", "1"]])
    assert encoded is not None and encoded.tolist() == [[0, 1, 2, 0.5], [1, 0, 1, 1]]


def test_numbers_that_are_not_finite_decide_nothing_and_are_refused() -> None:
    columns = learn(["1"], ["2"], ["nan"], ["1e999"])
    assert not columns.real and columns.codes == ({"1": 0, "2": 1},)
    problems = [columns.problem([cell]) for cell in ("nan", "1e999", "1")]
    assert [problem and problem.reason for problem in problems] == ["feature not finite", "feature not finite", None]


def test_an_empty_cell_among_real_numbers_is_a_missing_number() -> None:
    columns = learn(["x", "0.5"], ["y", ""])
    problem = columns.problem(["x", " "])
    assert problem is not None and (problem.reason, problem.detail) == ("missing number", "cell 2 is empty")


def test_a_row_of_another_length_decides_nothing() -> None:
    rows = table(["1"], ["2"])
    ragged = Table(rows.path, rows.columns, [*rows.rows, (4, ["0.5", "extra"])])
    assert not FeatureColumns.learn(ragged, [0]).real


@pytest.mark.parametrize("rows", [[], [["a"]]])
def test_without_feature_columns_there_are_no_features(rows: list[list[str]]) -> None:
    assert FeatureColumns.learn(table(["a"]), []).encode(rows) is None


@pytest.mark.parametrize("stray", ["n/a", ">90", "old"])
def test_one_cell_makes_no_categories_of_whole_numbers_beside_fractions(stray: str) -> None:
    rows = [[str(age), str(age / 4)] for age in range(1, 30)]
    columns = learn(*rows, [stray, "0.5"])
    assert columns.codes == (None, None)
    assert columns.problem([stray, "0.5"]).reason == "feature is no number"
