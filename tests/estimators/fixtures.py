"""Molecules, graphs and small settings to fit."""

from typing import Any

import torch
from torch_geometric.data import Data

from tests.conftest import complete, cycle

SMALL: dict[str, Any] = {"model": {"hidden_dim": 8, "num_layers": 1, "node_dim": 4}, "epochs": 1, "device": "cpu"}
LEARNING: dict[str, Any] = {
    "model": {"hidden_dim": 16, "num_layers": 1},
    "epochs": 30,
    "training": {"batch_size": 8, "optimizer": {"lr": 0.01}},
    "device": "cpu",
}
CHAINS = ["C" * length + end for length in range(1, 11) for end in ("", "O", "N", "Cl")]
LENGTHS = [float(len(text.replace("Cl", "X"))) for text in CHAINS]
KINDS = ["polar" if text[-1] in "ON" else "not" for text in CHAINS]


def with_target(graph: Data, y: float) -> Data:
    return Data(edge_index=graph.edge_index, num_nodes=graph.num_nodes, y=torch.tensor([y]))


RINGS = [with_target(cycle(size), float(size)) for size in range(3, 23)]
CLIQUES = [with_target(complete(size), float(size)) for size in range(3, 13)]
