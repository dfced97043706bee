"""Graphs in memory are read as those in files are."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch_geometric.data import Data, HeteroData

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset, unsplit_graphs, unsplit_source
from mspe.dataset.config import DatasetParams
from mspe.dataset.own.in_memory import read_graphs

PARAMS = DatasetParams(name="graphs")


def path(target: float | None, **attributes: Any) -> Data:
    edges = torch.tensor([[0, 1], [1, 0]])
    y = {} if target is None else {"y": torch.tensor([target])}
    return Data(edge_index=edges, num_nodes=2, **y, **attributes)


def test_those_that_cannot_be_used_are_left_out_and_counted() -> None:
    samples = read_graphs([path(0.5), path(None), path(1.5)], PARAMS)
    assert [graph.y.item() for graph in samples.items] == [0.5, 1.5] and sum(samples.dropped.values()) == 1


def test_what_is_not_read_is_named() -> None:
    samples = read_graphs([path(0.5, colour=torch.ones(1)), path(1.5, colour=torch.ones(1))], PARAMS)
    assert samples.unused == ("attribute 'colour'",)


@pytest.mark.parametrize(("entry", "kind"), [("CCO", "str"), (HeteroData(), "HeteroData"), (None, "NoneType")])
def test_an_entry_that_is_no_graph_is_named(unchecked: None, entry: Any, kind: str) -> None:
    with pytest.raises(MspeError, match=f"graph 1 is of type {kind}, allowed: PyG Data"):
        read_graphs([path(0.5), entry], PARAMS)


def test_graphs_that_a_dataset_has_numbered_are_refused(tmp_path: Path) -> None:
    """Their numbers would be taken for raw categories, and a model of them would misread new graphs."""
    graphs = list(get_dataset("nci", limit=20).train)
    with pytest.raises(MspeError, match=r"^the graphs given: graph 0: its features are numbered or scaled by get_da"):
        unsplit_graphs(graphs)
    torch.save(graphs, tmp_path / "graphs.pt")
    with pytest.raises(MspeError, match=r"graphs\.pt: graph 0: its features are numbered or scaled by get_dataset"):
        unsplit_source(tmp_path / "graphs.pt")
