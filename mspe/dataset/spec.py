"""What a dataset's file says of it, and what reading it gives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import torch
from torch_geometric.data import Data

from mspe.dataset.config import DatasetParams
from mspe.dataset.node_split import SplitUnit, known_targets
from mspe.dataset.settings import check_settings
from mspe.graphs import GraphList
from mspe.tasks import Task

Misfit = tuple[str, str]
"""A key of the section `dataset`, and what was given there and what is allowed."""
SplitKind = Literal["published", "random", "stratified", "scaffold", "folds", "column"]


@dataclass(frozen=True)
class Samples:
    """Samples as read from a source, and what is known of them before they are graphs.

    Attributes
    ----------
    items
        PyG graphs, or what `to_graph` makes a graph of. Integer features are categories, real ones are numbers.
    to_graph
        A module's function from an item to its graph, called in several processes, on the items of the split alone.
    graphs
        All items as graphs with their targets, where reading has built them.
    identities
        Of each of these, a number that it shares with its duplicates alone.
    split_unit
        What the split divides: the items or, with `node`, the nodes that have a target, numbered over all items in
        their order; items are then graphs.
    predefined_split
        Items, or nodes, of train, val and test where reading decides: published splits, a user's column or masks, edges
        hidden at random.
    labels
        The class of each of `units`, which a stratified split needs.
    smiles
        The molecule of each item, which a scaffold split needs.
    dropped
        How many samples could not be used, by reason.
    classes
        Names of the classes, or of the targets.
    num_categories
        (node, edge): how many categories a feature has where its numbers are to be kept as they are; None: they are
        numbered by what the training split holds.
    standardize
        Whether real features are to be standardised.
    task
        Where the data decide it; else the spec's.
    drawn
        Whether the predefined split was drawn at random while reading, so that it is the `random` one too.
    account
        Lines on what became of the rows of each file: used + left out.
    unused
        Columns, or attributes of graphs, that were read and are not used.
    feature_names
        The columns that are features of nodes and of edges, where there are such.
    split_from
        What gives the predefined split.
    """

    items: Sequence[Any]
    to_graph: Callable[[Any], Data] | None = None
    graphs: GraphList | None = None
    identities: np.ndarray | None = None
    split_unit: SplitUnit = "graph"
    predefined_split: tuple[Sequence[int], Sequence[int], Sequence[int]] | None = None
    labels: Sequence[int] | None = None
    smiles: Sequence[str] | None = None
    dropped: dict[str, int] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    num_categories: tuple[int, int] | None = None
    standardize: bool = True
    task: Task | None = None
    drawn: bool = False
    account: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    feature_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    split_from: str = ""

    @cached_property
    def units(self) -> Sequence[int]:
        """Positions of what a split divides: all items, or the nodes that have a target."""
        if self.split_unit == "graph":
            return range(len(self.items))
        return known_targets(torch.cat([graph.y for graph in self.items])).nonzero().flatten().tolist()


@dataclass(frozen=True)
class DatasetSpec:
    """A dataset as `list_datasets` and the table of docs/data.md show it, and the function that reads it.

    Attributes
    ----------
    name
        The value of `dataset.name`.
    graphs
        What and how many, with their sizes.
    target
        What is predicted.
    task
        None where the data decide.
    splits
        Kinds of split that it has; the first is the default.
    origin, licence, citation
        Where the data come from.
    read
        From the section `dataset` to samples; most need little of it.
    parallel
        Whether `read` takes, as `num_workers`, how many processes it may use and, as `kept`, the folder where an
        interrupted reading is resumed.
    embedded
        Whether it needs no raw files.
    folds
        Parts of a split by `folds`.
    has_target_columns
        Whether `dataset.target_columns` chooses among targets of its own.
    tasks
        Types of task that `dataset.task` may ask for, empty for none; None for any.
    settings
        Its own values of parameters that are `auto` in `params.yaml`, by their path: `{"training.epochs": 40}`.
    misfit
        What of the section `dataset` it cannot do, beside what the attributes here tell; None where it can do all.
    """

    name: str
    graphs: str
    target: str
    task: Task | None
    splits: tuple[SplitKind, ...]
    origin: str
    licence: str
    citation: str
    read: Callable[..., Samples]
    embedded: bool = False
    parallel: bool = False
    folds: int = 10
    has_target_columns: bool = False
    tasks: tuple[str, ...] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    misfit: Callable[[DatasetParams], Misfit | None] = lambda params: None

    def __post_init__(self) -> None:
        check_settings(self.name, self.settings)

    @property
    def metric(self) -> str:
        """The metric that the field reports."""
        return "by task" if self.task is None else self.task.metric

    def task_of(self, samples: Samples) -> Task:
        """Return the task that the dataset sets, or else its samples decide."""
        task = self.task or samples.task
        assert task is not None, self.name
        return task
