"""Data in memory, in files and by name come out as the dataset that the pipeline reads."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.datasets import FakeDataset

from mspe.common.errors import MspeError
from mspe.dataset import DatasetParams, load_dataset, unsplit_graphs, unsplit_source
from mspe.graphs import PackedGraphs


def rings(count: int = 30) -> list[Data]:
    """Rings of 3 to 7 nodes, whose size is their target; with an attribute that is not read."""
    graphs = []
    for number in range(count):
        size = 3 + number % 5
        nodes = torch.arange(size)
        edges = torch.stack([nodes, (nodes + 1) % size])
        attributes: dict[str, Any] = {"edge_index": torch.cat([edges, edges.flip(0)], dim=1), "num_nodes": size}
        graphs.append(Data(x=torch.rand(size, 2), y=torch.tensor([float(size)]), pos=torch.rand(size, 3), **attributes))
    return graphs


def assert_equal(given: PackedGraphs, expected: PackedGraphs) -> None:
    assert set(given.fields) == set(expected.fields) and torch.equal(given.edge_index, expected.edge_index)
    assert all(torch.equal(given.fields[name], field) for name, field in expected.fields.items())


@pytest.mark.parametrize("seed", [0, 7])
def test_graphs_in_memory_are_those_that_are_saved_and_read(tmp_path: Path, seed: int) -> None:
    graphs = rings()
    torch.save(graphs, tmp_path / "graphs.pt")
    dataset = unsplit_graphs(graphs)
    division = dataset.divide(seed)
    saved = load_dataset(DatasetParams(name="graphs", path=str(tmp_path), split_seed=seed))
    assert division.schema == saved.schema
    for name, part in zip(("train", "val", "test"), saved.get_splits(), strict=True):
        assert_equal(dataset.part(division, name), part)


@pytest.mark.parametrize("source", ["graphs.pt", ""])
def test_a_file_and_a_folder_are_the_same_graphs(tmp_path: Path, source: str) -> None:
    torch.save(rings(), tmp_path / "graphs.pt")
    assert_equal(unsplit_source(tmp_path / source).graphs, unsplit_graphs(rings_of(tmp_path)).graphs)


def rings_of(folder: Path) -> list[Data]:
    return torch.load(folder / "graphs.pt", weights_only=False)


def test_the_graphs_that_were_given_are_not_changed() -> None:
    graphs, before = rings(), rings()
    for graph, copy in zip(graphs, before, strict=True):
        copy.update(graph.clone().to_dict())
    unsplit_graphs(graphs)
    for graph, copy in zip(graphs, before, strict=True):
        assert graph.keys() == copy.keys() and all(
            torch.equal(value, copy[name]) for name, value in graph.to_dict().items() if isinstance(value, torch.Tensor)
        )


def test_a_dataset_of_pygs_own_making_is_read(caplog: pytest.LogCaptureFixture) -> None:
    torch.manual_seed(0)
    dataset = unsplit_graphs(FakeDataset(num_graphs=40, avg_num_nodes=10, num_classes=3))
    division = dataset.divide(0)
    assert (division.schema.task_type, division.schema.num_classes, len(dataset.graphs)) == ("classification", 3, 40)


def test_molecules_are_read_by_their_path(tmp_path: Path) -> None:
    rows = [f"{'C' * (1 + number % 9)}O{'C' * (number // 9)},{number}" for number in range(40)]
    (tmp_path / "molecules.csv").write_text("smiles,logP\n" + "\n".join(rows))
    dataset = unsplit_source(tmp_path / "molecules.csv", target_columns="logP")
    assert len(dataset.graphs) == 40 and dataset.divide(0).schema.task_type == "regression"


@pytest.mark.parametrize(
    ("graphs", "match"),
    [
        ([], "the graphs given: got none"),
        ([*rings(3), "CCO"], "graph 3 is of type str"),
        ([Data(edge_index=torch.tensor([[0], [1]]), num_nodes=2), *rings(3)], "graph"),
    ],
)
def test_what_is_no_graph_is_refused_in_a_line(unchecked: None, graphs: Any, match: str) -> None:
    with pytest.raises(MspeError, match=match) as error:
        unsplit_graphs(graphs, strict=True)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("source", "options", "match"),
    [
        ("nowhere.csv", {}, "nowhere.csv: neither a dataset nor a file of molecules"),
        ("csl", {"split": "scaffold"}, "dataset: split is scaffold, allowed for csl"),
        ("csl", {"limt": 3}, "dataset: limt"),
        ("csl", {"target_columns": "y"}, "dataset: got target_columns, allowed for csl: none of"),
        ("nci", {"task": "classification"}, "dataset: got task, allowed for nci: none of"),
    ],
)
def test_an_unknown_source_or_option_is_refused(source: str, options: dict[str, Any], match: str) -> None:
    with pytest.raises(MspeError, match=match):
        unsplit_source(source, **options)
