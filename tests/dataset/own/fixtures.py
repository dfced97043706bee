"""Folders of graphs, and what the project makes of them."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset import GraphDataset, get_dataset
from mspe.dataset.config import DatasetParams
from mspe.dataset.sources.graphs import read
from mspe.dataset.spec import Samples
from tests.conftest import cycle


def load(folder: Path, **options: object) -> GraphDataset:
    return get_dataset("graphs", path=str(folder), **options)


def raw(folder: Path, **options: object) -> Samples:
    return read(DatasetParams(name="graphs", path=str(folder), **options))  # type: ignore[arg-type]


def check_refused(folder: Path, match: str, **options: object) -> None:
    with pytest.raises(MspeError, match=match) as raised:
        load(folder, **options)
    assert "\n" not in str(raised.value)


def collection(count: int = 20) -> list[Data]:
    """Rings with real node features, real edge features, weights, and as target how many nodes there are."""
    graphs = []
    for number in range(count):
        ring = cycle(3 + number)
        ring.x = torch.arange(2.0 * ring.num_nodes).reshape(-1, 2) + number
        ring.edge_attr = torch.arange(float(ring.num_edges))
        ring.edge_weight = torch.full((ring.num_edges, 1), 0.5 + number)
        ring.y = torch.tensor([[float(ring.num_nodes)]])
        graphs.append(ring)
    return graphs


def save(folder: Path, graphs: Sequence[Data] | Data, name: str = "graphs.pt") -> Path:
    torch.save(graphs, folder / name)
    return folder


def write(folder: Path, **tables: str) -> Path:
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text)
    return folder
