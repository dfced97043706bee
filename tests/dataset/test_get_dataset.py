"""Datasets by name."""

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset


def test_a_smaller_limit_only_shortens_the_split() -> None:
    small, large = get_dataset("nci", limit=10), get_dataset("nci", limit=20)
    for few, many in zip(small.get_splits(), large.get_splits(), strict=True):
        assert torch.equal(few.fields["y"], many[:10].fields["y"])


def test_another_split_seed_gives_another_split() -> None:
    first, second = get_dataset("nci", limit=10), get_dataset("nci", limit=10, split_seed=1)
    assert not torch.equal(first.train.fields["y"], second.train.fields["y"])


def test_an_unknown_dataset_lists_the_known_ones() -> None:
    with pytest.raises(
        MspeError,
        match=r"name: got 'zink', unknown dataset 'zink'; did you mean 'zinc'\? Known: amazon-ratings, bace, .*, zinc",
    ):
        get_dataset("zink")
    with pytest.raises(
        MspeError, match="limti: unknown key; known here: fold, limit, name, path, positive_class, root"
    ):
        get_dataset("nci", limti=3)
