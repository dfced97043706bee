"""One reading and many splits are what reading anew for each split gives."""

import logging
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.dataset import DatasetParams, UnsplitDataset, load_dataset, read_unsplit
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.graphs import SPLITS, PackedGraphs
from mspe.tasks import Regression
from tests.conftest import cycle

DATASETS: dict[str, dict[str, Any]] = {
    "categories": {"name": "nci", "limit": 30},
    "folds": {"name": "csl", "split": "folds"},
    "real features": {"name": "digits"},
    "a table of molecules": {"name": "smiles", "split": "random"},
    "edges": {"name": "lesmiserables"},
}


def check_equal(ours: PackedGraphs, theirs: PackedGraphs) -> None:
    assert ours.levels == theirs.levels and set(ours.fields) == set(theirs.fields)
    for name in ("num_nodes", "num_edges", "num_links", "edge_index"):
        assert torch.equal(getattr(ours, name), getattr(theirs, name))
    for name, field in theirs.fields.items():
        assert ours.fields[name].dtype == field.dtype
        assert torch.equal(ours.fields[name].nan_to_num(nan=-1e9), field.nan_to_num(nan=-1e9))


def params_of(dataset: UnsplitDataset, seed: int) -> DatasetParams:
    """What a user would write for this seed."""
    draw = {"split_seed": seed}
    if dataset.params.split == "folds":
        draw = {"split_seed": seed // 5, "fold": seed % 5}
    return dataset.params.model_copy(update=draw if dataset.is_drawn else {})


@cache
def read(label: str) -> UnsplitDataset:
    return read_unsplit(DatasetParams(**DATASETS[label]))


@pytest.mark.parametrize("label", DATASETS)
def test_every_split_is_that_of_a_reading_of_its_own(label: str) -> None:
    dataset = read(label)
    for seed in (0, 13):
        division, expected = dataset.divide(seed), load_dataset(params_of(dataset, seed))
        assert division.schema == expected.schema
        assert division.summary == expected.summary
        for name, theirs in zip(SPLITS, expected.get_splits(), strict=True):
            check_equal(dataset.part(division, name), theirs)


def test_a_seed_draws_where_no_split_is_given() -> None:
    drawn = {label: read(label).is_drawn for label in DATASETS}
    assert drawn == {**dict.fromkeys(DATASETS, True), "edges": False}


def test_where_no_split_is_drawn_every_seed_has_the_same() -> None:
    dataset = read_unsplit(DatasetParams(name="lesmiserables", split_seed=5))
    assert (
        dataset.divide(0).positions
        == dataset.divide(7).positions
        == {"train": [0, 1, 2, 3, 4], "val": [5], "test": [6]}
    )


def test_seeds_go_through_the_folds_of_one_draw_and_then_of_the_next() -> None:
    dataset = read_unsplit(DatasetParams(name="csl", split="folds", fold=4))
    tests = [dataset.divide(seed).positions["test"] for seed in range(10)]
    for draw in (tests[:5], tests[5:]):
        assert sorted(chain.from_iterable(draw)) == list(range(150))
    assert tests[0] != tests[5]


@pytest.mark.parametrize("split", ["random", "stratified"])
def test_the_share_of_the_test_part_leaves_validation_as_it_is(split: str) -> None:
    dataset = read_unsplit(DatasetParams(name="digits", split=split))
    for share, sizes in ((None, [1437, 180, 180]), (0.1, [1437, 180, 180]), (0.5, [719, 180, 898])):
        parts = dataset.divide(3, share).positions
        assert [len(part) for part in parts.values()] == pytest.approx(sizes, abs=2)  # sklearn rounds parts down
        assert sorted(chain.from_iterable(parts.values())) == list(range(1797))
    assert dataset.divide(3, 0.1).positions == dataset.divide(3).positions
    labels = torch.tensor(dataset.samples.labels)[dataset.divide(3, 0.5).positions["test"]]
    if split == "stratified":
        assert all(abs(count - 89.8) < 3 for count in Counter(labels.tolist()).values())


@pytest.mark.parametrize(
    ("options", "share", "match"),
    [
        ({"name": "csl", "split": "folds"}, 0.3, "the split of csl is of the kind folds"),
        ({"name": "lesmiserables"}, 0.3, "drawn while reading"),
        ({"name": "digits"}, 0.9, "allowed: more than 0 and less than 0.9"),
        ({"name": "digits"}, 0.0, "allowed: more than 0 and less than 0.9"),
        ({"name": "digits"}, float("nan"), "allowed: more than 0"),
    ],
)
def test_a_share_that_cannot_be_is_refused(options: dict, share: float, match: str) -> None:
    with pytest.raises(MspeError, match=match):
        read_unsplit(DatasetParams(**options)).divide(0, share)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_that_no_split_can_have_is_refused(seed: int) -> None:
    with pytest.raises(MspeError, match=f"got {seed}, allowed: 0 to 4294967295"):
        read_unsplit(DatasetParams(name="csl")).divide(seed)


def spec_of(samples: Samples) -> DatasetSpec:
    return DatasetSpec("rings", "", "", Regression(), ("random",), "", "", "", lambda params: samples)


@pytest.mark.parametrize(
    ("category", "said"),
    [(lambda number: 0, "test leakage: 2 of 2 test graphs are also"), (lambda number: number, "did not see; they")],
)
def test_leakage_and_unseen_categories_are_said_where_they_are_asked_for(
    caplog: pytest.LogCaptureFixture, category: Callable[[int], int], said: str
) -> None:
    rings = [cycle(3 + number % 5) for number in range(20)]
    for number, ring in enumerate(rings):
        ring.y = torch.tensor([[float(number)]])
        ring.x = torch.full((ring.num_nodes, 1), category(number))
    samples = Samples(rings)
    dataset = UnsplitDataset.build(spec_of(samples), samples, DatasetParams(name="rings"))
    with caplog.at_level(logging.WARNING):
        dataset.divide(0)
        assert not caplog.messages
        dataset.divide(0, warn=True)
    assert said in caplog.text


def test_an_unusable_graph_is_named() -> None:
    rings = [cycle(4) for _ in range(20)]
    for ring in rings:
        ring.y = torch.zeros(1, 1)
    rings[17].edge_index[0, 0] = 9
    samples = Samples(rings)
    with pytest.raises(MspeError, match="rings: graph 17: node index out of range"):
        UnsplitDataset.build(spec_of(samples), samples, DatasetParams(name="rings"))


def test_a_split_that_the_dataset_lacks_is_refused_before_graphs_are_built() -> None:
    samples = Samples([])
    with pytest.raises(MspeError, match=r"dataset\.split: got 'scaffold', allowed for rings: random"):
        UnsplitDataset.build(spec_of(samples), samples, DatasetParams(name="rings", split="scaffold"))


def test_a_users_column_is_the_one_split(tmp_path: Path) -> None:
    rows = [f"{'C' * (1 + number)},{number},{'test' if number < 3 else 'train'}" for number in range(20)]
    (tmp_path / "chains.csv").write_text("\n".join(["smiles,length,split", *rows]))
    dataset = read_unsplit(DatasetParams(name="smiles", path=str(tmp_path / "chains.csv")))
    assert not dataset.is_drawn
    assert sorted(dataset.divide(4).positions["test"]) == [0, 1, 2]
    check_equal(dataset.part(dataset.divide(4), "val"), load_dataset(dataset.params).val)
