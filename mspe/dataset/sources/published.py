"""Splits that a source prescribes, each a dataset of PyG's."""

import logging
from collections.abc import Callable, Iterable
from itertools import accumulate, pairwise

from torch_geometric.data import Data

from mspe.dataset.spec import Samples
from mspe.graphs import SPLITS

logger = logging.getLogger(__name__)


def read_published(
    load: Callable[[str], Iterable[Data]],
    convert: Callable[[Data], Data] = lambda graph: graph,
    num_categories: tuple[int, int] | None = None,
) -> Samples:
    """Read train, val and test.

    Parameters
    ----------
    load
        Gives the graphs of a split by its name.
    convert
        Applied to every graph.
    num_categories
        As `Samples` has it.
    """
    parts = [[convert(graph) for graph in load(split)] for split in SPLITS]
    ends = accumulate((len(part) for part in parts), initial=0)
    train, val, test = (range(start, end) for start, end in pairwise(ends))
    return Samples(
        [graph for part in parts for graph in part], predefined_split=(train, val, test), num_categories=num_categories
    )


def say_other_sizes(name: str, samples: Samples, sizes: tuple[int, int, int]) -> None:
    """Say in the log that splits have lost, or gained, graphs since they were published: it may be meant."""
    assert samples.predefined_split is not None
    found = tuple(map(len, samples.predefined_split))
    if found != sizes:
        logger.warning("%s: got %s graphs of %s, published: %s", name, found, ", ".join(SPLITS), sizes)
