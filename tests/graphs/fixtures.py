"""Graphs with fields of every kind, and such as cannot be used."""

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


def with_field(name: str, values: torch.Tensor) -> Data:
    data = cycle(3)
    data[name] = values
    return data


def weights(value: float) -> torch.Tensor:
    return torch.tensor([1.0, 1.0, value, 1.0, 1.0, 1.0])


BROKEN = {
    "no nodes": (graph(0, []), "no nodes: 0 nodes"),
    "index too large": (graph(2, [(0, 2)]), "node index out of range: 0 to 2 among 2 nodes"),
    "negative index": (graph(2, [(0, -1)]), "node index out of range: -1 to 0 among 2 nodes"),
    "feature": (with_field("x", torch.tensor([[1.0], [torch.nan], [0.0]])), "feature not finite: x holds NaN or inf"),
    "edge feature": (with_field("edge_attr", torch.full((6, 2), torch.inf)), "feature not finite: edge_attr holds"),
    "weight": (with_field("edge_weight", weights(torch.nan)), "feature not finite: edge_weight holds NaN or inf"),
    "negative weight": (with_field("edge_weight", weights(-1.0)), "negative weight: -1"),
}
"""Graphs that cannot be used, and how their problems begin."""
