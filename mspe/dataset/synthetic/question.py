"""What is asked of a generated graph."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Int, Real

from mspe.dataset.synthetic.config import SyntheticParams
from mspe.dataset.synthetic.graph import SyntheticGraph
from mspe.graphs import TargetLevel


@dataclass(frozen=True)
class Answered:
    """The answers on one graph, and the features of nodes in which the question stands.

    Attributes
    ----------
    answers
        One for the graph or one a node; NaN where a node is not asked.
    features
        Categories (whole) or numbers of each node; None where structure alone is asked about.
    categories
        How many categories each column has; empty where the columns are numbers.
    distances
        Hops between each answer's place and the node that it comes from; None where that is no single node.
    """

    answers: Real[np.ndarray, " rows"]
    features: Real[np.ndarray, "nodes columns"] | None = None
    categories: tuple[int, ...] = ()
    distances: Real[np.ndarray, " rows"] | None = None


@dataclass(frozen=True)
class Question:
    """A kind of question with its exact answer; one entry of the registry of tasks.

    Attributes
    ----------
    name
        The value of `dataset.synthetic.task`.
    asks
        What is predicted, in words; a parameter in braces stands for its value.
    level
        What one answer belongs to.
    answer
        From NumPy's generator of random numbers, a graph and the parameters to answers and features.
    classes
        Names of the classes; None where answers are numbers.
    as_classes
        Whether answers that are numbers are few enough to be classes, as `dataset.synthetic.as_classes` asks.
    loss, metric
        Of a classification.
    connected
        Whether the graph must be connected; others are drawn again.
    features
        What they are: `none`, a `help` that structure alone may do without, or where the question stands: `asked`.
    generators
        The only ones that it can be asked on, the first the default; empty: all, erdos_renyi the default.
    size
        The number of nodes where `dataset.synthetic.size` is null.
    misfit
        What a number of nodes has to be for the question; None where it is.
    """

    name: str
    asks: str
    level: TargetLevel
    answer: Callable[[np.random.Generator, SyntheticGraph, SyntheticParams], Answered]
    classes: Callable[[SyntheticParams], tuple[str, ...]] | None = None
    as_classes: bool = False
    loss: str = "cross_entropy"
    metric: str = "accuracy"
    connected: bool = True
    features: Literal["none", "help", "asked"] = "none"
    generators: tuple[str, ...] = ()
    size: Callable[[SyntheticParams], int] = lambda params: 50
    misfit: Callable[[int, SyntheticParams], str | None] = lambda size, params: None


def mark(size: int, marks: dict[int, int]) -> Int[np.ndarray, "size 1"]:
    """Return a column of categories, 0 but for some nodes.

    Examples
    --------
    >>> mark(3, {1: 5}).tolist()
    [[0], [5], [0]]
    """
    column = np.zeros((size, 1), dtype=np.int64)
    column[list(marks), 0] = list(marks.values())
    return column


def asked_at(size: int, node: int, answer: float) -> Float[np.ndarray, " size"]:
    """Return answers of which one node alone has one, NaN at the others.

    Examples
    --------
    >>> asked_at(3, 1, 5).tolist()
    [nan, 5.0, nan]
    """
    answers = np.full(size, np.nan)
    answers[node] = answer
    return answers
