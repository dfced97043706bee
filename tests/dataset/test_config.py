"""The section `dataset`: what is allowed there."""

from typing import Any

import pytest

from mspe.common.errors import MspeError
from mspe.common.section import validate
from mspe.dataset import DATASETS, DatasetParams


def test_nothing_given_is_the_default_dataset_with_its_own_split() -> None:
    params = DatasetParams()
    assert params.name == "nci" and params.name in DATASETS
    assert (params.split, params.task, params.limit, params.target_columns) == (None, None, None, None)


@pytest.mark.parametrize(
    ("given", "columns"), [("logP", ("logP",)), (["logP", "TPSA"], ("logP", "TPSA")), (None, None), ([], ())]
)
def test_one_target_column_needs_no_list(given: Any, columns: tuple[str, ...] | None) -> None:
    assert validate(DatasetParams, {"target_columns": given}, "test").target_columns == columns


def test_every_split_of_a_dataset_may_be_asked_for() -> None:
    for split in {split for spec in DATASETS.values() for split in spec.splits}:
        assert validate(DatasetParams, {"split": split}, "test").split == split


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("limit", 0, "limit: got 0, input should be greater than 0"),
        ("limit", True, "limit: got True, input should be a valid integer"),
        ("limit", 2.5, "limit: got 2.5, input should be a valid integer"),
        ("split", "bands", "split: got 'bands', input should be 'published', 'random', "),
        ("split_seed", -1, "split_seed: got -1, input should be greater than or equal to 0"),
        ("split_seed", 2**32, "split_seed: got 4294967296, input should be less than 4294967296"),
        ("fold", -1, "fold: got -1, input should be greater than or equal to 0"),
        ("task", "ranking", "task: got 'ranking', input should be 'regression', 'classification' or 'edge_prediction'"),
        ("target_columns", [1], "target_columns.0: got 1, input should be a valid string"),
        ("strict", "yes", "strict: got 'yes', input should be a valid boolean"),
        ("path", None, "path: got None, input should be a valid string"),
        ("paht", "x.csv", "paht: unknown key; known here: fold, limit, name, path, positive_class, root, "),
    ],
)
def test_a_wrong_value_is_one_line(key: str, value: Any, message: str) -> None:
    with pytest.raises(MspeError) as raised:
        validate(DatasetParams, {key: value}, "test")
    assert str(raised.value).startswith(f"test: {message}") and "\n" not in str(raised.value)
