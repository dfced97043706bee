"""The cost of a model on the user's own graphs, and how it grows."""

from pathlib import Path

import pytest
import torch
import yaml
from torch_geometric.data import Data

from mspe.cli import main
from mspe.common.errors import MspeError
from mspe.dataset import GraphDataset
from mspe.graphs import PackedGraphs
from mspe.pipeline import profile
from mspe.pipeline.checkpoint import read_arguments
from mspe.pipeline.profile import profile_checkpoint, profile_model, profile_params, repeated
from mspe.pipeline.trained_model import TrainedModel
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def few_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "_COPIES", (1, 2, 4))
    monkeypatch.setattr(profile, "LAYERS", (1, 2, 3))


def test_growth_in_layers_is_even_and_attention_grows_faster_than_nodes(regression: tuple[GraphDataset, Path]) -> None:
    dataset, checkpoint = regression
    found = profile_model(read_arguments(checkpoint), dataset.train, "cpu", batch_size=8)
    nodes, layers = found.curves
    assert (nodes.by, layers.by) == ("nodes", "layers") and found.step.graphs == 8
    one, two, three = (step.multiply_adds for step in layers.steps)
    assert three - two == two - one > 0  # each layer costs the same, beside what is outside of them
    exponent = nodes.exponents["multiply_adds"]
    assert exponent is not None and 1.0 < exponent.value < 2.2  # pairs are padded, which rounds their number up
    assert found.step.parameters == TrainedModel.load(checkpoint, "cpu").num_parameters
    assert found.step.nodes == int(dataset.train.num_nodes[:8].sum())
    assert len(found.table()) == 1 + 3 + 3 and "Growth with layers" in str(found)


def test_a_repeated_graph_is_one_graph_of_unconnected_parts() -> None:
    ring = Data(edge_index=torch.tensor([[0, 1, 2, 1, 2, 0], [1, 2, 0, 0, 1, 2]]), num_nodes=3)
    found = repeated(PackedGraphs.from_structure(ring), 3)
    assert len(found) == 1 and found.num_nodes.tolist() == [9] and found.num_edges.tolist() == [18]
    parts = found.edge_index // 3
    assert torch.equal(parts[0], parts[1]) and parts[0].bincount().tolist() == [6, 6, 6]


def test_parameters_are_measured_without_a_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = yaml.safe_load((ROOT / "params.yaml").read_text())
    values["dataset"] |= {"name": "csl", "limit": 10}
    values["model"] |= {"hidden_dim": 16, "num_layers": 2}
    values["encodings"] |= {"wl": {"rounds": [2], "colours": 4}}  # reads the training graphs
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    found = profile_params("params.yaml", "cpu", batch_size=4)
    assert found.model == "graph transformer, 2 layers, width 16" and found.step.forward_multiply_adds > 0


def test_what_cannot_be_measured_is_one_line(regression: tuple[GraphDataset, Path]) -> None:
    dataset, checkpoint = regression
    with pytest.raises(MspeError, match="graphs: got none"):
        profile_model(read_arguments(checkpoint), dataset.train[:0])
    with pytest.raises(SystemExit, match="names its own dataset"):
        main(["profile", "params.yaml", "nci"])
    with pytest.raises(MspeError, match="no such file"):
        profile_checkpoint("nothing.pt", "nci")


def test_pair_channels_of_a_graph_beyond_the_dense_backends_size_have_their_spectrum() -> None:
    node = torch.arange(700)
    edge = torch.stack([node, (node + 1) % 700])
    ring = Data(edge_index=torch.cat([edge, edge.flip(0)], dim=1), num_nodes=700)
    found = profile._with_spectrum(PackedGraphs.from_structure(ring), ())
    assert found.fields["eigenvalues"].numel() == 700
