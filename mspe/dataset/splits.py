"""Seeded splits."""

import numpy as np

from mspe.common.errors import MspeError


def random_split(
    count: int, seed: int, limit: int | None, fractions: tuple[float, float] = (0.8, 0.1)
) -> list[list[int]]:
    """Split ``range(count)`` at random into train, val and test, each in random order, cut to `limit` entries.

    Parameters
    ----------
    count
        How many graphs there are.
    seed
        The same seed gives the same split; a limit only shortens it.
    limit
        At most so many a split; None for all.
    fractions
        Of train and val; test is the rest.

    Raises
    ------
    MspeError
        If a part would be empty.

    Examples
    --------
    >>> [len(part) for part in random_split(100, seed=0, limit=None)]
    [80, 10, 10]
    """
    order = np.random.default_rng(seed).permutation(count)
    first, second = round(fractions[0] * count), round(sum(fractions) * count)
    parts = [part.tolist()[:limit] for part in np.split(order, [first, second])]
    if not all(parts):
        raise MspeError(f"{count} graphs are too few for a split into train, val and test; give at least 10")
    return parts
