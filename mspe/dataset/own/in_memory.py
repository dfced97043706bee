"""Graphs that lie in memory, read as those in files are."""

from collections.abc import Iterable
from pathlib import Path

from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset.config import DatasetParams
from mspe.dataset.own.pt_files import samples_of_graphs
from mspe.dataset.spec import Samples

_PLACE = Path("the graphs given")
"""Stands in messages where a file's name would."""


def read_graphs(graphs: Iterable[Data], params: DatasetParams) -> Samples:
    """Read a list or a dataset of PyG graphs with targets `y`; none of them is changed.

    Raises
    ------
    MspeError
        If there is none, an entry is no `Data`, or as `read_graph_files` does.
    """
    listed = list(graphs)
    if not listed:
        raise MspeError(f"{_PLACE}: got none, allowed: a list or a dataset of PyG Data with targets y")
    for number, graph in enumerate(listed):
        if not isinstance(graph, Data):
            raise MspeError(
                f"{_PLACE}: graph {number} is of type {type(graph).__name__}, allowed: PyG Data (of a HeteroData, "
                "to_homogeneous())"
            )
    return samples_of_graphs(_PLACE, [(_PLACE, [graph.to_dict() for graph in listed])], params, parts={})
