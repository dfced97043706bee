"""Categorical features, numbered by what training has seen."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Int
from torch import Tensor

from mspe.graphs import PackedGraphs

Vocabularies = tuple[tuple[int, ...], ...]


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
        known = torch.tensor(vocabulary)
        place = torch.searchsorted(known, values.contiguous()).clamp(max=len(vocabulary) - 1)
        columns.append(torch.where(known[place] == values, start + place, width))
    return torch.stack(columns, dim=1)


def vocabulary_width(vocabularies: Sequence[Sequence[int]]) -> int:
    """Rows of the table that all columns share."""
    return sum(len(vocabulary) for vocabulary in vocabularies)


def encode_field(graphs: PackedGraphs, name: str, vocabularies: Vocabularies) -> PackedGraphs:
    """The same graphs with one categorical field numbered."""
    encoded = encode_categories(graphs.fields[name], vocabularies)
    return graphs.with_fields({name: encoded}, {name: graphs.levels[name]})


def max_nodes(*splits: PackedGraphs) -> int:
    """Nodes of the largest graph of any split."""
    return max(int(graphs.num_nodes.max()) for graphs in splits)


def target_statistics(graphs: PackedGraphs) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation (ddof 0) of each target; a constant target's deviation is given as 1."""
    targets = graphs.fields["y"].double()
    deviation = targets.std(dim=0, correction=0)
    return tuple(targets.mean(dim=0).tolist()), tuple(torch.where(deviation > 0, deviation, 1.0).tolist())
