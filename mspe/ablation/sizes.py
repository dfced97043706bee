"""Errors by the size and the diameter of the graphs."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.sparse import csr_array
from torch import Tensor

from mspe.ablation.report import SizeBin
from mspe.graphs import PackedGraphs
from mspe.tasks import Task


def graph_sizes(graphs: PackedGraphs) -> dict[str, Int[Tensor, " graphs"]]:
    """`nodes`, how many each graph has, and its `diameter`."""
    return {"nodes": graphs.num_nodes, "diameter": diameters(graphs)}


def diameters(graphs: PackedGraphs) -> Int[Tensor, " graphs"]:
    """The longest shortest path between two connected nodes of each graph, in edges that lead either way.

    Of a graph in several parts it is the largest among the parts; of a single node it is 0.

    Examples
    --------
    >>> from torch_geometric.data import Data
    >>> diameters(PackedGraphs.from_list([Data(edge_index=torch.tensor([[0, 1], [1, 2]]), num_nodes=3)])).tolist()
    [2]
    """
    edges = np.split(graphs.edge_index.cpu().numpy(), graphs.num_edges.cumsum(0).tolist()[:-1], axis=1)
    return torch.tensor([_diameter(*pair) for pair in zip(graphs.num_nodes.tolist(), edges, strict=True)])


def _diameter(size: int, edges: np.ndarray) -> int:
    from scipy.sparse.csgraph import shortest_path

    adjacency = csr_array((np.ones(edges.shape[1]), edges), shape=(size, size))
    distance = shortest_path(adjacency, directed=False, unweighted=True)
    return int(distance[np.isfinite(distance)].max())


def quantile_bins(values: Int[Tensor, " graphs"], most: int = 5) -> list[SizeBin]:
    """Cut the range of some integers into ranges that hold about equally many of them.

    Parameters
    ----------
    values
        At least one.
    most
        Ranges at most; there are fewer where few values occur, or one occurs very often.

    Returns
    -------
    list of SizeBin
        At least one value lies in each. A range begins where the one before it ended.

    Examples
    --------
    >>> quantile_bins(torch.tensor([3, 9, 3, 4]), most=2)
    [SizeBin(first=3, last=3, graphs=2), SizeBin(first=4, last=9, graphs=2)]
    """
    ascending = values.sort().values.tolist()
    last = [-(-part * len(ascending) // most) - 1 for part in range(1, most + 1)]
    ends = sorted({ascending[max(place, 0)] for place in last})
    starts = [ascending[0], *(end + 1 for end in ends[:-1])]
    counts = torch.bincount(_bin_numbers(values, ends), minlength=len(ends)).tolist()
    return [SizeBin(*range_and_count) for range_and_count in zip(starts, ends, counts, strict=True)]


def _bin_numbers(values: Int[Tensor, " graphs"], ends: Sequence[int]) -> Int[Tensor, " graphs"]:
    return torch.bucketize(values, torch.tensor(ends))


def sample_errors(table: Mapping[str, Sequence[float]], task: Task) -> Float[Tensor, " samples"]:
    """Return how wrong each sample's prediction is, as its task measures it, averaged over its outputs.

    Parameters
    ----------
    table
        The columns of `Evaluation.table`.
    task
        What they are of.

    Returns
    -------
    Tensor
        Outputs without a target (NaN) are left out; NaN where a sample has none at all.

    Examples
    --------
    >>> from mspe.tasks import Regression
    >>> table = {"index": [0, 0, 1, 1], "target": [1.0, 2.0, 5.0, float("nan")], "prediction": [1.5, 1.0, 7.0, 0.0]}
    >>> sample_errors(table, Regression()).tolist()
    [0.75, 2.0]
    """
    target, prediction = (torch.tensor(table[name], dtype=torch.float64) for name in ("target", "prediction"))
    sample = torch.tensor(table["index"], dtype=torch.long)
    error = task.sample_errors(target, prediction)
    known = ~target.isnan()
    sums = torch.bincount(sample, weights=torch.where(known, error, 0.0))
    return sums / torch.bincount(sample, weights=known.double())
