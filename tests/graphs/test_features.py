"""Vocabularies and scaling."""

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset
from mspe.graphs import PackedGraphs, features
from mspe.graphs.features import (
    Features,
    FeatureTable,
    build_vocabularies,
    column_statistics,
    encode_categories,
    vocabulary_width,
)


def test_an_unseen_category_has_a_place_of_its_own() -> None:
    vocabularies = build_vocabularies(torch.tensor([[6, 1], [8, 1]]))
    assert vocabulary_width(vocabularies) == 3
    assert encode_categories(torch.tensor([[7, 2], [99, 1], [0, 0]]), vocabularies).tolist() == [[3, 3], [3, 2], [3, 3]]


def test_a_constant_target_is_not_divided_by_zero() -> None:
    dataset = get_dataset("nci", limit=10)
    constant = dataset.train.with_fields({"y": torch.ones(10, 1)}, {"y": "graph"})
    assert column_statistics(constant.fields["y"]) == ((1.0,), (1.0,))


@pytest.mark.parametrize("kept", [True, False])
def test_a_category_that_was_not_seen_is_none_after_restoring(kept: bool) -> None:
    table = FeatureTable.learn(torch.tensor([[0], [1], [2]]), categories=3 if kept else None)
    wider = FeatureTable.learn(torch.arange(6)[:, None], categories=6)
    restored = table.restore(table.apply(torch.tensor([[1], [5]])))
    assert restored[0] == 1 and wider.unknown(restored).flatten().tolist() == [False, True]


def test_features_of_one_dimension_are_one_column() -> None:
    table = FeatureTable.learn(torch.tensor([6, 8]))
    table.check(torch.tensor([8, 8, 6]), "edge_attr")
    features = Features(FeatureTable("none", 0), table)
    assert len(features.unknown_categories({"edge_attr": torch.tensor([8, 7])}, "here")) == 1


def test_all_of_many_unknown_values_are_of_another_kind_and_one_is_rare() -> None:
    features = Features(FeatureTable.learn(torch.tensor([[6], [8]])), FeatureTable("none", 0))
    assert features.translate({"x": torch.tensor([[2]])}, "helium")["x"].tolist() == [[2]]
    with pytest.raises(MspeError, match=r"helium: x column 0: 30 of 30 values \(2\) .* all of them"):
        features.translate({"x": torch.full((30, 1), 2)}, "helium")


@pytest.mark.parametrize(
    "raw",
    [
        torch.arange(22).reshape(11, 2) * 37 % 300,
        torch.arange(22.0).reshape(11, 2) / 7,
        torch.arange(11)[:, None],
    ],
)
def test_rows_that_are_taken_some_at_a_time_become_what_they_become_at_once(
    raw: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Narrow before and after, and read in the same type."""
    monkeypatch.setattr(features, "_ROWS", 3)
    for table in (FeatureTable.learn(raw[:8]), FeatureTable.learn(raw[:8], 5)):
        applied = Features(table, FeatureTable("none", 0)).apply(dots(raw).narrowed())
        expected = table.apply(raw)
        assert applied.fields["x"].dtype == expected.dtype and torch.equal(applied.fields["x"], expected)
        if not raw.is_floating_point():
            assert applied.fields.stored["x"].dtype in (torch.int8, torch.int16)


def dots(x: torch.Tensor) -> PackedGraphs:
    """A node with no edge for every row."""
    ones, none = torch.ones(len(x), dtype=torch.long), torch.empty(2, 0, dtype=torch.int32)
    return PackedGraphs(ones, torch.zeros_like(ones), none, {"x": x}, {"x": "node"})
