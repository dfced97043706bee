"""Words by which parts of a split are named."""

import pytest

from mspe.dataset.own.split_names import COLUMNS, find_part, group_by_part
from mspe.graphs import SPLITS

WORDS = {
    "train": ["train", "training", "trn"],
    "val": ["val", "valid", "validation", "dev"],
    "test": ["test", "testing", "tst"],
}
CASES = [(word, part) for part, words in WORDS.items() for word in words]


@pytest.mark.parametrize(("word", "part"), CASES)
@pytest.mark.parametrize("form", ["{}", "my_{}", "{}-2", "{}.1", "fold3_{}", "{}_set"])
def test_a_word_is_found_however_it_is_written(word: str, part: str, form: str) -> None:
    for written in (word, word.upper(), word.capitalize()):
        assert find_part(form.format(written)) == part
    assert find_part(f"mySet{word.capitalize()}") == part


@pytest.mark.parametrize(
    "name", ["", "3", "contest", "latest", "trained", "values", "evaluation", "constrain", "molecules"]
)
def test_a_word_inside_another_one_names_nothing(name: str) -> None:
    assert find_part(name) is None


def test_a_name_of_several_parts_names_none_unless_they_are_the_same() -> None:
    assert find_part("train_test") is None and find_part("val_dev") == "val"


def test_every_sample_is_in_its_part_and_in_no_other() -> None:
    parts = ["test", "train", "val", "train", "test"]
    grouped = group_by_part(parts)
    assert {position: part for part, where in zip(SPLITS, grouped, strict=True) for position in where} == dict(
        enumerate(parts)
    )
    assert group_by_part([]) == ([], [], [])


def test_names_of_columns_are_in_small_letters() -> None:
    assert all(name == name.lower() for name in COLUMNS) and len({*COLUMNS}) == len(COLUMNS)
