"""One tree of parameters laid over another."""

from copy import deepcopy
from typing import Any

import pytest

from mspe.common.merge import merged

BASE: dict[str, Any] = {"filters": {"walk": {"steps": [1, 2]}, "heat": {"times": [0.5]}}, "node": True, "pair": None}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, BASE),
        (BASE, BASE),
        ({"node": False}, {**BASE, "node": False}),
        ({"pair": {"distance": 3}}, {**BASE, "pair": {"distance": 3}}),
        ({"filters": None}, {**BASE, "filters": None}),
        ({"filters": {}}, BASE),
        ({"filters": {"walk": {"steps": []}}}, {**BASE, "filters": {**BASE["filters"], "walk": {"steps": []}}}),
    ],
)
def test_mappings_merge_and_anything_else_is_replaced(changes: dict[str, Any], expected: dict[str, Any]) -> None:
    assert merged(BASE, changes) == expected


def test_the_order_is_that_of_the_base_and_what_is_new_comes_last() -> None:
    assert list(merged(BASE, {"degree": True, "node": False})) == [*BASE, "degree"]


def test_neither_tree_is_touched_by_a_change_of_the_result() -> None:
    base, changes = deepcopy(BASE), {"filters": {"walk": {"steps": [4]}}, "degree": {"bins": [1]}}
    result = merged(base, changes)
    result["filters"]["walk"]["steps"].append(8)
    result["filters"]["heat"]["times"].append(8)
    result["degree"]["bins"].append(8)
    assert base == BASE
    assert changes == {"filters": {"walk": {"steps": [4]}}, "degree": {"bins": [1]}}


def test_changes_laid_one_after_another_are_laid_as_one() -> None:
    first, second = {"filters": {"walk": {"steps": [4]}}}, {"filters": {"heat": None}, "node": False}
    assert merged(merged(BASE, first), second) == merged(BASE, merged(first, second))
