"""Splits into train, val and test: lists of positions, the same for the same seed."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from mspe.common.errors import MspeError
from mspe.common.optional import optional_module
from mspe.graphs.molecules import parse_smiles

Split = tuple[list[int], list[int], list[int]]

Fractions = tuple[float, float]

FRACTIONS: Fractions = (0.8, 0.1)
"""Of train and val; test is the rest."""


def cut_validation(train: Sequence[int], seed: int) -> tuple[list[int], list[int]]:
    """Cut a validation part at random from the positions of a train part: as train and val, of 8 : 1.

    Examples
    --------
    >>> [len(part) for part in cut_validation(range(90), seed=0)]
    [80, 10]
    """
    order = np.random.default_rng(seed).permutation(np.asarray(train))
    size = round(len(order) * FRACTIONS[1] / sum(FRACTIONS))
    return sorted(order[size:].tolist()), sorted(order[:size].tolist())


def random_split(count: int, seed: int, fractions: Fractions = FRACTIONS) -> Split:
    """Positions 0 … count − 1, each part in random order; `fractions` are those of train and val.

    Examples
    --------
    >>> [len(part) for part in random_split(100, seed=0)]
    [80, 10, 10]
    """
    order = np.random.default_rng(seed).permutation(count)
    train, val, test = np.split(order, [round(fractions[0] * count), round(sum(fractions) * count)])
    return train.tolist(), val.tolist(), test.tolist()


def stratified_split(labels: Sequence[int], seed: int, fractions: Fractions = FRACTIONS) -> Split:
    """Random parts in which every class has its share; `fractions` are those of train and val.

    Raises
    ------
    MspeError
        If a class has too few members to be in every part.

    Examples
    --------
    >>> [len(part) for part in stratified_split([0] * 70 + [1] * 30, seed=0)]
    [80, 10, 10]
    """
    from sklearn.model_selection import train_test_split

    _check_members(labels, 3)
    positions, classes = np.arange(len(labels)), np.asarray(labels)
    try:
        train, rest = train_test_split(positions, train_size=fractions[0], stratify=classes, random_state=seed)
        share = fractions[1] / (1 - fractions[0])
        val, test = train_test_split(rest, train_size=share, stratify=classes[rest], random_state=seed)
    except ValueError:  # a class is in every part only where parts have at least as many samples as there are classes
        raise MspeError(
            f"dataset.split=stratified: {len(labels)} samples of {len(set(labels))} classes are too few for a val and "
            "a test part with every class; give more, or set dataset.split=random"
        ) from None
    return train.tolist(), val.tolist(), test.tolist()


def fold_split(labels: Sequence[int], fold: int, folds: int, seed: int) -> Split:
    """Stratified cross-validation: `fold` is the test part, the next one validation, the others train.

    Raises
    ------
    MspeError
        If there is no such fold, or a class has fewer members than there are folds.

    Examples
    --------
    >>> [len(part) for part in fold_split([0, 1] * 50, fold=0, folds=10, seed=0)]
    [80, 10, 10]
    """
    from sklearn.model_selection import StratifiedKFold

    if fold >= folds:
        raise MspeError(f"dataset.fold: got {fold}, allowed: 0 to {folds - 1}")
    _check_members(labels, folds)
    splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
    parts = [part.tolist() for _, part in splitter.split(np.zeros(len(labels)), np.asarray(labels))]
    test, val = parts[fold], parts[(fold + 1) % folds]
    held = {*test, *val}
    train = [position for position in range(len(labels)) if position not in held]
    order = np.random.default_rng(seed).permutation(len(train))
    return [train[i] for i in order], val, test


def scaffold_split(smiles: Sequence[str]) -> Split:
    """Molecules by their Bemis–Murcko scaffold, no scaffold in two parts: the largest groups train, the rarest test.

    Deterministic, as in MoleculeNet (Wu et al., arXiv 1703.00564) and OGB: groups, the largest first and among equal
    ones the one that begins last, fill train up to 80 %, then val up to 10 %, then test.

    Examples
    --------
    >>> scaffold_split(["c1ccccc1"] * 8 + ["C1CCCC1", "CCO"])
    ([0, 1, 2, 3, 4, 5, 6, 7], [9], [8])
    """
    scaffolds = optional_module("rdkit.Chem.Scaffolds.MurckoScaffold", "molecules")

    groups: dict[str, list[int]] = {}
    for position, text in enumerate(smiles):
        try:
            scaffold = scaffolds.MurckoScaffoldSmiles(mol=parse_smiles(text), includeChirality=True)
        except (ValueError, RuntimeError):  # RDKit cannot write down some aromatic scaffolds: a group of its own
            scaffold = text
        groups.setdefault(scaffold, []).append(position)
    end_of_train, end_of_val = FRACTIONS[0] * len(smiles), sum(FRACTIONS) * len(smiles)
    train: list[int] = []
    val: list[int] = []
    test: list[int] = []
    for group in sorted(groups.values(), key=lambda group: (len(group), group[0]), reverse=True):
        if len(train) + len(group) <= end_of_train:
            train += group
        elif len(train) + len(val) + len(group) <= end_of_val + 1e-9:
            val += group
        else:
            test += group
    return train, val, test


def _check_members(labels: Sequence[int], least: int) -> None:
    label, members = min(Counter(labels).items(), key=lambda item: item[1])
    if members < least:
        raise MspeError(
            f"dataset.split: class {label} has {members} member{'s' * (members > 1)}, and a stratified split needs at "
            f"least {least}; leave the class out, or set dataset.split=random"
        )
