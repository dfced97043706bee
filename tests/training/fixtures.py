"""A model and graphs small enough to train in a blink."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch_geometric.data import Batch, Data

from mspe.graphs import GraphLoader, PackedGraphs
from mspe.training import Trainer, get_optimizer, get_scheduler, set_seed


class Mean(nn.Module):
    """Any module will do: the Trainer knows nothing of our models."""

    def __init__(self, outputs: int = 1) -> None:
        super().__init__()
        self.linear = nn.Linear(3, 8)
        self.dropout = nn.Dropout(0.3)
        self.output = nn.Linear(8, outputs)

    def forward(self, batch: Batch) -> Tensor:
        return self.output(self.dropout(self.linear(batch.x).relu()))


class Normed(Mean):
    """A model with a batch norm, whose statistics are buffers, one of them an integer."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(3)

    def forward(self, batch: Batch) -> Tensor:
        return self.output(self.dropout(self.linear(self.norm(batch.x)).relu()))


def make_graphs(count: int = 40) -> PackedGraphs:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(count, 3, generator=generator)
    nothing = torch.zeros(2, 0, dtype=torch.long)
    return PackedGraphs.from_list(
        [Data(x=row[None], y=row.sum().reshape(1, 1), edge_index=nothing, num_nodes=1) for row in x]
    )


def make_trainer(folder: Path, seed: int = 0, **options: object) -> Trainer:
    set_seed(seed)
    model = Mean()
    optimizer = get_optimizer(model, lr=3e-2)
    scheduler = get_scheduler(optimizer, "cosine_warmup", total_epochs=6, warmup_epochs=2)
    return Trainer(model, optimizer, scheduler, checkpoint_dir=folder, device="cpu", **options)  # type: ignore[arg-type]


class Pairs(nn.Module):
    """Scores the pairs of nodes in `edge_label_index` by the first of each."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(3, 1))

    def forward(self, batch: Batch) -> Tensor:
        return batch.x[batch.edge_label_index[0]] @ self.weight


def make_pair_trainer(folder: Path, **options: object) -> Trainer:
    model = Pairs()
    options = {"task_type": "edge_prediction", "checkpoint_dir": folder, "device": "cpu", **options}
    return Trainer(model, get_optimizer(model), **options)  # type: ignore[arg-type]


def make_pairs(graphs: int = 4) -> list[Data]:
    """Graphs with six candidates each, half of them edges, all of one source."""
    index = torch.stack([torch.zeros(6, dtype=torch.long), torch.arange(6)])
    label = torch.arange(6).remainder(2).float()
    generator = torch.Generator().manual_seed(0)
    return [
        Data(x=torch.randn(6, 3, generator=generator), edge_index=index, edge_label_index=index, edge_label=label)
        for _ in range(graphs)
    ]


def loaders() -> tuple[GraphLoader, GraphLoader]:
    return GraphLoader(make_graphs(), 8, shuffle=True), GraphLoader(make_graphs(16), 8)
