"""Features as the training split knows them: categories numbered, real numbers scaled."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Int
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.graphs import FeatureKind, GraphSchema, PackedGraphs

Vocabularies = tuple[tuple[int, ...], ...]


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
        columns = values.flatten(1) if values.ndim > 1 else values[:, None]
        if not values.is_floating_point():
            if categories is not None:
                return cls("categorical", categories)
            vocabularies = build_vocabularies(columns)
            return cls("categorical", vocabulary_width(vocabularies), vocabularies)
        if not scaled or len(columns) == 0:
            return cls("real", columns.size(1))
        return cls("real", columns.size(1), (), *column_statistics(columns))

    @classmethod
    def of_nodes(cls, schema: GraphSchema) -> "FeatureTable":
        """Return what a stored schema says of the node features."""
        return cls(
            schema.node_features, schema.num_features, schema.node_vocabularies, schema.node_mean, schema.node_std
        )

    @classmethod
    def of_edges(cls, schema: GraphSchema) -> "FeatureTable":
        """Return what a stored schema says of the edge features."""
        return cls(
            schema.edge_features, schema.num_edge_features, schema.edge_vocabularies, schema.edge_mean, schema.edge_std
        )

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
        given = 0 if values is None else values.flatten(1).size(1)
        expected = len(self.vocabularies) or (self.width if self.kind == "real" else 1 if self.kind != "none" else 0)
        known = "no" if self.kind == "none" else self.kind
        if kind != known or given != expected:
            raise MspeError(
                f"{name} has {given} {kind} columns, the model was trained on {expected} {known} ones; give the "
                "features that it was trained on"
            )

    def apply(self, graphs: PackedGraphs, name: str) -> PackedGraphs:
        """The same graphs with the feature of this name numbered or scaled."""
        if not self.vocabularies and not self.mean:
            return graphs
        values = graphs.fields[name]
        columns = values.flatten(1) if values.ndim > 1 else values[:, None]
        if self.vocabularies:
            columns = encode_categories(columns, self.vocabularies)
        else:
            columns = ((columns.double() - torch.tensor(self.mean).double()) / torch.tensor(self.std).double()).float()
        return graphs.with_fields({name: columns}, {name: graphs.levels[name]})


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
        known = torch.tensor(vocabulary)
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
