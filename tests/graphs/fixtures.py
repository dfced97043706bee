"""Graphs with fields of every kind."""

import torch
from torch_geometric.data import Data

from tests.conftest import cycle, graph


def with_fields(data: Data, number: int) -> Data:
    data = data.clone()
    data.x = torch.arange(data.num_nodes)[:, None] + 100 * number
    data.edge_attr = torch.arange(data.num_edges) + 100 * number
    data.y = torch.tensor([[float(number)]])
    return data


GRAPHS = [with_fields(data, number) for number, data in enumerate([cycle(3), cycle(5), graph(1, []), cycle(4)])]
