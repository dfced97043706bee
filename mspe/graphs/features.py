"""Features as the training split knows them: categories numbered, real numbers scaled."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import torch
from jaxtyping import Bool, Int, Shaped
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.common.shown import first_of
from mspe.graphs import FeatureKind, GraphSchema, PackedGraphs
from mspe.graphs.chirality import check_chirality
from mspe.graphs.content_key import text_key
from mspe.graphs.narrow import WidenedFields, narrowest
from mspe.graphs.packing import FEATURE_KEY

logger = logging.getLogger(__name__)

Vocabularies = tuple[tuple[int, ...], ...]

_MANY = 30
"""Values of a column from which on all of them being unknown is no accident."""

_ROWS = 2**18
"""Rows of a feature that are at once in the type that they are computed in."""

_LOST = torch.iinfo(torch.long).min
"""Stands for a category whose number is not kept, so that it is in no vocabulary."""


@dataclass(frozen=True)
class FeatureTable:
    """Content of one feature, node-wise or edge-wise, in training; turns any graphs' feature into a model's input.

    Attributes
    ----------
    kind
        `categorical`, `real` or `none`.
    width
        One-hot width of categories, columns of real numbers.
    vocabularies
        Of categories, per column; empty where their numbers are kept.
    mean, std
        Of real numbers, per column; empty where they are not scaled.
    """

    kind: FeatureKind
    width: int
    vocabularies: Vocabularies = ()
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()

    @classmethod
    def learn(cls, values: Tensor | None, categories: int | None = None, scaled: bool = True) -> "FeatureTable":
        """Learn from the training rows.

        Parameters
        ----------
        values
            [rows, columns], or [rows]: integers are categories; None for no feature.
        categories
            How many categories there are, where their numbers are to be kept.
        scaled
            Whether real columns are to have mean 0 and standard deviation 1; a constant column is only shifted.

        Examples
        --------
        >>> FeatureTable.learn(torch.tensor([[6, 0], [8, 0]])).width
        3
        >>> FeatureTable.learn(torch.tensor([[1.0], [3.0]]))
        FeatureTable(kind='real', width=1, vocabularies=(), mean=(2.0,), std=(1.0,))
        """
        if values is None:
            return cls("none", 0)
        columns = _columns(values)
        if not values.is_floating_point():
            if categories is not None:
                return cls("categorical", categories)
            vocabularies = build_vocabularies(columns)
            return cls("categorical", vocabulary_width(vocabularies), vocabularies)
        if not scaled or len(columns) == 0:
            return cls("real", columns.size(1))
        return cls("real", columns.size(1), (), *column_statistics(columns))

    def no_rows(self) -> Tensor | None:
        """Return the raw feature of a graph that has no row of it: an edge feature, where it has no edges.

        Examples
        --------
        >>> FeatureTable.learn(torch.tensor([[6, 0], [8, 0]])).no_rows().shape
        torch.Size([0, 2])
        """
        if self.kind == "none":
            return None
        if self.kind == "real":
            return torch.empty(0, self.width)
        return torch.empty(0, max(1, len(self.vocabularies)), dtype=torch.long)

    def check(self, values: Tensor | None, name: str) -> None:
        """See that a feature has the kind and the columns that training saw.

        Raises
        ------
        MspeError
            If it has others.
        """
        kind = "no" if values is None else "real" if values.is_floating_point() else "categorical"
        given = 0 if values is None else _columns(values).size(1)
        expected = len(self.vocabularies) or (self.width if self.kind == "real" else 1 if self.kind != "none" else 0)
        known = "no" if self.kind == "none" else self.kind
        if kind != known or given != expected:
            raise MspeError(
                f"{name} has {given} {kind} columns, the model was trained on {expected} {known} ones; give the "
                "features that it was trained on"
            )

    def apply(self, values: Shaped[Tensor, "rows *columns"]) -> Shaped[Tensor, "rows *columns"]:
        """Number or scale a feature as users have it; a category that training did not see becomes `width`."""
        if self.vocabularies:
            return encode_categories(_columns(values), self.vocabularies)
        if self.mean:
            mean, std = self._scaling(values.device)
            return ((_columns(values).double() - mean) / std).float()
        if self.kind == "categorical":
            return torch.where(self.unknown(values).view_as(values), self.width, values)
        return values

    def restore(self, values: Shaped[Tensor, "rows *columns"]) -> Shaped[Tensor, "rows *columns"]:
        """Return the feature as users have it, from what `apply` gave; a category not seen is in no vocabulary."""
        if self.vocabularies:
            raw = [*(value for column in self.vocabularies for value in column), _LOST]
            return torch.tensor(raw, device=values.device)[values]
        if self.mean:
            mean, std = self._scaling(values.device)
            return (values.double() * std + mean).float()
        return torch.where(values == self.width, _LOST, values) if self.kind == "categorical" else values

    def unknown(self, values: Shaped[Tensor, "rows *columns"]) -> Bool[Tensor, "rows columns"]:
        """Return which values of a feature, as users have it, are categories that training did not see."""
        columns = _columns(values)
        if self.vocabularies:
            return encode_categories(columns, self.vocabularies) == self.width
        if self.kind == "categorical":
            return (columns < 0) | (columns >= self.width)
        return torch.zeros_like(columns, dtype=torch.bool)

    def _scaling(self, device: torch.device) -> tuple[Tensor, Tensor]:
        return tuple(torch.tensor(values, device=device).double() for values in (self.mean, self.std))  # type: ignore[return-value]


@dataclass(frozen=True)
class Features:
    """Tables of a dataset's node and edge features.

    Graphs whose features are numbered and scaled by them are marked with their `key`, so that a model tells them from
    graphs as users have them, and from those of another dataset.

    Examples
    --------
    >>> from torch_geometric.data import Data
    >>> features = Features(FeatureTable("categorical", 2, ((6, 8),)), FeatureTable("none", 0))
    >>> water = PackedGraphs.from_list([Data(x=torch.tensor([[8]]), edge_index=torch.zeros(2, 0, dtype=torch.long))])
    >>> features.apply(water).fields["x"].tolist(), features.restore(features.apply(water)).fields["x"].tolist()
    ([[1]], [[8]])
    """

    nodes: FeatureTable
    edges: FeatureTable

    @classmethod
    def of(cls, schema: GraphSchema) -> "Features":
        """Return what a stored schema says of both."""
        s = schema
        nodes = FeatureTable(s.node_features, s.num_features, s.node_vocabularies, s.node_mean, s.node_std)
        edges = FeatureTable(s.edge_features, s.num_edge_features, s.edge_vocabularies, s.edge_mean, s.edge_std)
        return cls(nodes, edges)

    @classmethod
    def from_plain(cls, values: Mapping[str, Mapping[str, Any]]) -> "Features":
        """Return what `plain` gave."""
        return cls(FeatureTable(**values["nodes"]), FeatureTable(**values["edges"]))

    def plain(self) -> dict[str, Any]:
        """Return both tables as plain values, which a checkpoint holds."""
        return asdict(self)

    @cached_property
    def key(self) -> int:
        """The key of what the tables hold."""
        return text_key(repr(self))

    @property
    def tables(self) -> dict[str, FeatureTable]:
        """The tables by the attribute that each is of."""
        return {"x": self.nodes, "edge_attr": self.edges}

    def check(self, values: Mapping[str, Tensor]) -> None:
        """See that features, by attribute, have the kinds and columns that training saw.

        Raises
        ------
        MspeError
            If they have others.
        """
        for name, table in self.tables.items():
            table.check(values.get(name), name)

    def apply_to(self, values: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Number and scale features, by attribute."""
        return {name: table.apply(values[name]) for name, table in self.tables.items() if values.get(name) is not None}

    def apply(self, graphs: PackedGraphs) -> PackedGraphs:
        """Return the same graphs with their features numbered and scaled, and marked so; numbers stay narrow."""
        given = graphs.fields
        present = {name: table for name, table in self.tables.items() if name in given}
        applied = {name: _apply_rows(table, given.stored[name], given.types[name]) for name, table in present.items()}
        stored = {name: values for name, (values, _) in applied.items()}
        return self._marked(graphs, WidenedFields(stored, {name: dtype for name, (_, dtype) in applied.items()}))

    def as_trained(self, graphs: PackedGraphs, place: str) -> PackedGraphs:
        """Return marked graphs as they are, and others as `apply` does; see `translate`."""
        return self._marked(graphs, self.translate(graphs.fields, place))

    def _marked(self, graphs: PackedGraphs, fields: Mapping[str, Tensor]) -> PackedGraphs:
        mark = torch.full((len(graphs), 1), self.key, device=graphs.num_nodes.device)
        finished = graphs.with_fields(fields, {name: graphs.levels[name] for name in fields})
        return finished.with_fields({FEATURE_KEY: mark}, {FEATURE_KEY: "graph"})

    def translate(self, fields: Mapping[str, Any], place: str) -> dict[str, Tensor]:
        """Return the features that graphs are to have instead of their own, by attribute.

        Those of graphs that these tables have marked (`feature_key`) stay as they are; those of graphs without a mark
        are numbered and scaled, and categories that training did not see are counted in the log.

        Raises
        ------
        MspeError
            If other tables have marked the graphs, the features are others, or training saw no category of a column.
        """
        key = fields.get(FEATURE_KEY)
        if key is None:
            given = {name: fields[name] for name in self.tables if fields.get(name) is not None}
            self.check(given)
            if self.nodes.vocabularies:
                check_chirality(self.nodes.vocabularies, given["x"])
            for unknown in self.unknown_categories(given, place):
                unknown.refuse_all()
                logger.warning("%s; they count as unknown", unknown)
            return self.apply_to(given)
        if bool((key != self.key).any()):
            raise MspeError(
                f"{place}: the features are numbered or scaled by the tables of another dataset than the model was "
                "trained on; give the graphs as they were before that, or as TrainedModel.adopt returns them"
            )
        return {}

    def restore(self, graphs: PackedGraphs) -> PackedGraphs:
        """Return graphs that `apply` gave as they were."""
        present = {name: table for name, table in self.tables.items() if name in graphs.fields}
        restored = {name: table.restore(graphs.fields[name]) for name, table in present.items()}
        return graphs.without_fields([FEATURE_KEY]).with_fields(
            restored, {name: graphs.levels[name] for name in present}
        )

    def unknown_categories(self, values: Mapping[str, Tensor], place: str) -> list["UnknownCategories"]:
        """Return the columns with categories that training did not see.

        Parameters
        ----------
        values
            Features as users have them, by attribute.
        place
            What they belong to, for the message.
        """
        found = []
        for name, table in self.tables.items():
            if values.get(name) is not None and table.kind == "categorical":
                unknown = table.unknown(values[name])
                for column in torch.nonzero(unknown.any(dim=0)).flatten().tolist():
                    seen = _columns(values[name])[:, column]
                    where = f"{place}: {name} column {column}"
                    found.append(UnknownCategories(where, seen[unknown[:, column]], len(seen), table.width == 0))
        return found


@dataclass(frozen=True)
class UnknownCategories:
    """Categories of one column that training did not see.

    Attributes
    ----------
    place
        Of the column.
    values
        All that are unknown.
    total
        How many values the column has.
    unused
        Whether training saw no value of the feature at all, so that a model does not use it.
    """

    place: str
    values: Tensor
    total: int
    unused: bool = False

    def __str__(self) -> str:
        shown = first_of(["not kept" if value == _LOST else value for value in self.values.unique().tolist()])
        return (
            f"{self.place}: {len(self.values):,} of {self.total:,} values ({shown}) are categories that training "
            "did not see"
        )

    def refuse_all(self) -> None:
        """Refuse a column of some length of which training saw no category; one atom may well be a rare element.

        Raises
        ------
        MspeError
            If so.
        """
        if len(self.values) == self.total >= _MANY and not self.unused:
            raise MspeError(
                f"{self}, all of them: these graphs are of another kind; give the features that the model was trained "
                "on"
            )


def _apply_rows(table: FeatureTable, values: Tensor, dtype: torch.dtype) -> tuple[Tensor, torch.dtype]:
    """A feature numbered or scaled some rows at a time, narrow, and the type that it is read as."""
    wide = table.apply(values[:0].to(dtype)).dtype
    return torch.cat([narrowest(table.apply(rows.to(dtype))) for rows in values.split(_ROWS)]), wide


def _columns(values: Shaped[Tensor, "rows *columns"]) -> Shaped[Tensor, "rows columns"]:
    return values.flatten(1) if values.ndim > 1 else values[:, None]


def build_vocabularies(column_values: Int[Tensor, "rows columns"]) -> Vocabularies:
    """The distinct values of each column, ascending; to be built on training graphs only.

    Examples
    --------
    >>> build_vocabularies(torch.tensor([[6, 0], [8, 0], [6, 1]]))
    ((6, 8), (0, 1))
    """
    return tuple(tuple(torch.unique(column).tolist()) for column in column_values.T)


def encode_categories(
    column_values: Int[Tensor, "rows columns"], vocabularies: Vocabularies
) -> Int[Tensor, "rows columns"]:
    """Number the values, all columns within one table; a value that no vocabulary holds becomes the table's width.

    Examples
    --------
    >>> encode_categories(torch.tensor([[8, 1], [7, 0]]), ((6, 8), (0, 1))).tolist()
    [[1, 3], [4, 2]]
    """
    width = vocabulary_width(vocabularies)
    starts = [0, *torch.tensor([len(v) for v in vocabularies]).cumsum(0).tolist()]
    columns = []
    for values, vocabulary, (start, _) in zip(column_values.T, vocabularies, pairwise(starts), strict=True):
        if not vocabulary:  # training had no row at all
            columns.append(torch.full_like(values, width))
            continue
        known = torch.tensor(vocabulary, device=values.device)
        place = torch.searchsorted(known, values.contiguous()).clamp(max=len(vocabulary) - 1)
        columns.append(torch.where(known[place] == values, start + place, width))
    return torch.stack(columns, dim=1)


def vocabulary_width(vocabularies: Sequence[Sequence[int]]) -> int:
    """Rows of the table that all columns share."""
    return sum(len(vocabulary) for vocabulary in vocabularies)


def column_statistics(columns: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation (ddof 0) of each column over its known values; a constant column's deviation is 1.

    Examples
    --------
    >>> column_statistics(torch.tensor([[1.0, 5.0], [3.0, torch.nan]]))
    ((2.0, 5.0), (1.0, 1.0))
    """
    values = columns.double()
    mean = values.nanmean(dim=0)
    deviation = (values - mean).square().nanmean(dim=0).sqrt()
    return tuple(mean.tolist()), tuple(torch.where(deviation > 0, deviation, 1.0).tolist())
