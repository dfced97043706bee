"""Words by which users name the parts of a split: of files, and in a column."""

import re
from collections.abc import Sequence

from mspe.dataset.splits import Split
from mspe.graphs import SPLITS

_WORDS = {
    **dict.fromkeys(("train", "training", "trn"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "val"),
    **dict.fromkeys(("test", "testing", "tst"), "test"),
}

COLUMNS = ("split", "set", "subset", "partition", "fold")
"""What a column that holds the parts is usually called, in small letters."""


def find_part(name: str) -> str | None:
    """Return the part of a split that a name stands for: train, val or test; None where it names none, or several.

    Examples
    --------
    >>> [find_part(name) for name in ("Train", "x_valid", "mol-dev.2", "testSet", "contest", "train_test")]
    ['train', 'val', 'val', 'test', None, None]
    """
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)
    parts = {_WORDS[word.lower()] for word in words if word.lower() in _WORDS}
    return parts.pop() if len(parts) == 1 else None


def group_by_part(parts: Sequence[str]) -> Split:
    """Return the positions of train, of val and of test among the parts of samples.

    Examples
    --------
    >>> group_by_part(["train", "test", "train", "val"])
    ([0, 2], [3], [1])
    """
    train, val, test = ([i for i, part in enumerate(parts) if part == name] for name in SPLITS)
    return train, val, test
