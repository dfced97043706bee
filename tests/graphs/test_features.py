"""Vocabularies and scaling."""

import torch

from mspe.dataset import get_dataset
from mspe.graphs.features import build_vocabularies, column_statistics, encode_categories, vocabulary_width


def test_an_unseen_category_has_a_place_of_its_own() -> None:
    vocabularies = build_vocabularies(torch.tensor([[6, 1], [8, 1]]))
    assert vocabulary_width(vocabularies) == 3
    assert encode_categories(torch.tensor([[7, 2], [99, 1], [0, 0]]), vocabularies).tolist() == [[3, 3], [3, 2], [3, 3]]


def test_a_constant_target_is_not_divided_by_zero() -> None:
    dataset = get_dataset("nci", limit=10)
    constant = dataset.train.with_fields({"y": torch.ones(10, 1)}, {"y": "graph"})
    assert column_statistics(constant.fields["y"]) == ((1.0,), (1.0,))
