"""Linear models whose influence is known, and graphs for them."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.data import Batch, Data

from mspe.graphs import PackedGraphs
from mspe.influence import RangeReport, Sites, measure_range
from mspe.models import get_model
from tests.conftest import AWKWARD, BANK, cycle

Operator = Callable[[Tensor, Tensor], Tensor]
"""From the adjacency matrix of a batch, and which pairs are of one graph, to the matrix that mixes nodes."""


class Mixing(nn.Module):
    """x ↦ W x, with W by the graph alone; one node takes up several columns."""

    def __init__(self, operator: Operator) -> None:
        super().__init__()
        self.operator = operator

    def forward(self, x: Tensor, batch: Batch) -> Tensor:
        nodes = batch.batch.numel()
        adjacency = torch.zeros(nodes, nodes, dtype=x.dtype).index_put_(tuple(batch.edge_index), torch.ones(()).to(x))
        together = (batch.batch[:, None] == batch.batch[None]).to(x)
        return self.operator(adjacency, together) @ x


class LinearModel(nn.Module):
    """A sum of mixings of embedded features, mapped to the output."""

    def __init__(self, *operators: Operator, width: int = 1) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.encoder = nn.Linear(1, width, bias=False).double()
        self.ways = nn.ModuleList([Mixing(operator) for operator in operators])
        self.head = nn.Linear(width, width, bias=False).double()

    def forward(self, batch: Batch) -> Tensor:
        x = self.encoder(batch.x)
        return self.head(sum(way(x, batch) for way in self.ways))

    @property
    def sites(self) -> Sites:
        return Sites(
            self.encoder,
            layers={f"layer {number}": way for number, way in enumerate(self.ways, 1)},
            paths={str(number): [way] for number, way in enumerate(self.ways)} if len(self.ways) > 1 else {},
        )


def hops(count: int) -> Operator:
    """A^k: all walks of so many steps."""
    return lambda adjacency, together: torch.linalg.matrix_power(adjacency, count)


def all_pairs(adjacency: Tensor, together: Tensor) -> Tensor:
    """J: the sum over the graph."""
    return together


def packed(*graphs: Data) -> PackedGraphs:
    """Graphs with a feature of 1 each."""
    return PackedGraphs.from_list(
        [graph.clone().update({"x": torch.ones(graph.num_nodes, 1).double()}) for graph in graphs]
    )


AWKWARD_GRAPHS = packed(*AWKWARD.values())
CYCLES = packed(cycle(12), cycle(8), cycle(20))


def measured(model: LinearModel, graphs: PackedGraphs, **options: int) -> RangeReport:
    """All nodes of all graphs."""
    return measure_range(
        model, graphs, "node", **{"most_graphs": 99, "most_nodes": 99, "sites": model.sites, **options}
    )


def transformer(**options: object) -> nn.Module:
    """A small model of the library for graphs without features."""
    torch.manual_seed(0)
    shape = {"name": "graph_transformer", "hidden_dim": 16, "num_layers": 2, "heads": 2, "node_dim": 6, "pair_dim": 8}
    return get_model(**{**shape, "num_features": 0, "num_classes": 1, "bank": BANK, **options}).eval()
