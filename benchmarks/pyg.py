"""What users write today: GraphGPS's ZINC model from PyG's own layers."""

import torch
from torch import nn
from torch_geometric.data import Batch
from torch_geometric.nn import GINEConv, GPSConv, global_add_pool


class PyGModel(nn.Module):
    """GraphGPS's ZINC model from PyG's own layers: 10 layers of width 64, 4 heads, GINE, attention dropout 0.5."""

    def __init__(self) -> None:
        super().__init__()
        self.node, self.edge = nn.Embedding(28, 36), nn.Embedding(4, 64)
        self.encoding = nn.Sequential(nn.BatchNorm1d(20), nn.Linear(20, 28))
        self.layers = nn.ModuleList(
            GPSConv(
                64,
                GINEConv(nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64))),
                heads=4,
                attn_kwargs={"dropout": 0.5},
            )
            for _ in range(10)
        )
        self.head = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, batch: Batch) -> torch.Tensor:
        x = torch.cat([self.node(batch.x.squeeze(-1)), self.encoding(batch.node_encoding)], dim=-1)
        edge = self.edge(batch.edge_attr)
        for layer in self.layers:
            x = layer(x, batch.edge_index, batch.batch, edge_attr=edge)
        return self.head(global_add_pool(x, batch.batch))
