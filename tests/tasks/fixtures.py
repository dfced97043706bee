"""Graphs with targets."""

import torch
from torch_geometric.data import Data

from mspe.graphs import PackedGraphs
from tests.conftest import cycle


def packed(targets: torch.Tensor) -> PackedGraphs:
    """Triangles, each with a row of targets."""
    return PackedGraphs.from_list([Data(y=row[None], **cycle(3).to_dict()) for row in targets], {"y": "graph"})
