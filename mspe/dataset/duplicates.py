"""Samples that stand in two splits."""

from collections.abc import Hashable, Sequence

from torch import Tensor

from mspe.graphs import PackedGraphs
from mspe.graphs.molecules import canonical_smiles

_FIELDS = ("x", "edge_attr", "edge_weight")


def count_duplicates(train: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """Count the samples of `other` that are training samples too, by what tells them apart.

    Examples
    --------
    >>> count_duplicates(identify_molecules(["CCO", "CC"]), identify_molecules(["OCC", "CN"]))
    1
    """
    known = set(train)
    return sum(sample in known for sample in other)


def identify_molecules(smiles: Sequence[str]) -> list[Hashable]:
    """Return the canonical form of each molecule, which does not depend on how it is written."""
    return [canonical_smiles(text) for text in smiles]


def identify_graphs(graphs: PackedGraphs) -> list[Hashable]:
    """Return a number per graph, equal for the same nodes, edges and features.

    Graphs whose nodes stand in another order have others.

    Examples
    --------
    >>> import torch
    >>> from torch_geometric.data import Data
    >>> graphs = [Data(edge_index=torch.tensor([[0], [1]]), num_nodes=n) for n in (2, 3, 2)]
    >>> a, b, c = identify_graphs(PackedGraphs.from_list(graphs))
    >>> (a == b, a == c)
    (False, True)
    """
    names = [name for name in _FIELDS if name in graphs.fields]
    return [hash((g.num_nodes, _bytes(g.edge_index), *(_bytes(g[name]) for name in names))) for g in graphs]


def _bytes(values: Tensor) -> bytes:
    return values.contiguous().numpy().tobytes()
