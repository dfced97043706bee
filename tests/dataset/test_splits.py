"""Splits: partitions, the same for the same seed, with the property that each is for."""

from collections import Counter
from itertools import chain

import numpy as np
import pytest

from mspe.common.errors import MspeError
from mspe.dataset.splits import Split, fold_split, random_split, scaffold_split, stratified_split

LABELS = [0] * 60 + [1] * 30 + [2] * 13


def check_partition(parts: Split, count: int) -> None:
    assert sorted(chain.from_iterable(parts)) == list(range(count))


def test_a_random_split_is_a_partition_that_the_seed_decides() -> None:
    parts = random_split(1003, seed=3)
    check_partition(parts, 1003)
    assert [len(part) for part in parts] == [802, 101, 100]
    assert parts == random_split(1003, seed=3) != random_split(1003, seed=4)


def test_a_stratified_split_gives_every_part_every_class() -> None:
    parts = stratified_split(LABELS, seed=0)
    check_partition(parts, len(LABELS))
    for part, size in zip(parts, (0.8, 0.1, 0.1), strict=True):
        counts = Counter(LABELS[i] for i in part)
        for label, members in Counter(LABELS).items():
            assert counts[label] == pytest.approx(size * members, abs=1)
    assert parts == stratified_split(LABELS, seed=0) != stratified_split(LABELS, seed=1)


def test_folds_are_stratified_and_every_sample_is_tested_once() -> None:
    tested = []
    for fold in range(5):
        train, val, test = fold_split(LABELS, fold, folds=5, seed=0)
        check_partition((train, val, test), len(LABELS))
        assert set(val) == set(fold_split(LABELS, (fold + 1) % 5, folds=5, seed=0)[2])
        assert {LABELS[i] for i in test} == {LABELS[i] for i in val} == {0, 1, 2}
        tested += test
    assert sorted(tested) == list(range(len(LABELS)))


def test_no_scaffold_stands_in_two_parts() -> None:
    from rdkit.Chem.Scaffolds.MurckoScaffold import MurckoScaffoldSmiles

    rings = ["c1ccccc1", "C1CCCCC1", "c1ccncc1", "C1CCCC1", "c1ccoc1", "c1ccsc1"]
    smiles = [ring + "C" * length for ring in rings for length in range(10)]
    parts = scaffold_split(smiles)
    check_partition(parts, len(smiles))
    scaffolds = [{MurckoScaffoldSmiles(smiles=smiles[i]) for i in part} for part in parts]
    assert all(
        first.isdisjoint(second) for first, second in ((scaffolds[0], scaffolds[1]), (scaffolds[0], scaffolds[2]))
    )
    assert scaffolds[1].isdisjoint(scaffolds[2])


def test_the_scaffold_split_is_the_fields() -> None:
    """Against the rule as DeepChem writes it down, on groups of many sizes."""
    random = np.random.default_rng(0)
    rings = ["C1" + "C" * n + "1" for n in range(2, 30)]
    smiles = [rings[i] for i in random.integers(0, len(rings), 200)]
    groups: dict[str, list[int]] = {}
    for position, text in enumerate(smiles):
        groups.setdefault(text, []).append(position)
    ordered = [g for _, g in sorted(groups.items(), key=lambda item: (len(item[1]), item[1][0]), reverse=True)]
    train: list[int] = []
    val: list[int] = []
    test: list[int] = []
    for group in ordered:
        if len(train) + len(group) > 160:
            (test if len(train) + len(val) + len(group) > 180 else val).extend(group)
        else:
            train.extend(group)
    assert scaffold_split(smiles) == (train, val, test)


def test_a_scaffold_is_one_however_its_molecule_is_written() -> None:
    benzenes = ["c1ccccc1", "C1=CC=CC=C1", "[CH3:1]c1ccccc1", "InChI=1S/C6H6/c1-2-4-6-5-3-1/h1-6H"] * 2
    assert scaffold_split([*benzenes, "C1CCCC1", "CCO"]) == ([*range(8)], [9], [8])


def test_what_cannot_be_stratified_is_named() -> None:
    with pytest.raises(MspeError, match="class 7 has 1 member, and a stratified split needs at least 3"):
        stratified_split([0] * 20 + [7], seed=0)
    with pytest.raises(MspeError, match="class 2 has 13 members, and a stratified split needs at least 20"):
        fold_split(LABELS, fold=0, folds=20, seed=0)
    with pytest.raises(MspeError, match="12 samples of 4 classes are too few for a val and a test part"):
        stratified_split([0, 1, 2, 3] * 3, seed=0)
    with pytest.raises(MspeError, match=r"dataset.fold: got 5, allowed: 0 to 4"):
        fold_split(LABELS, fold=5, folds=5, seed=0)
