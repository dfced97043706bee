"""Graph convolutions: equal to PyG's, and to the network of Kipf and Welling."""

import pytest
import torch
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GCNConv

from mspe.graphs import EdgeLayout
from mspe.models import get_model
from mspe.models.gcn import GCNNetwork, propagate


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def directed(nodes: int = 7) -> Data:
    generator = torch.Generator().manual_seed(0)
    edges = torch.randint(0, nodes, (2, 20), generator=generator)
    edges = edges[:, edges[0] != edges[1]]
    return Data(x=torch.randn(nodes, 5, generator=generator), edge_index=edges, num_nodes=nodes)


def test_propagation_is_that_of_pygs_convolution() -> None:
    """With the unit matrix as its weight; parallel edges, a direction and a node without edges into it included."""
    graph = directed()
    convolution = GCNConv(5, 5, bias=False)
    convolution.lin.weight.data = torch.eye(5)
    expected = convolution(graph.x, graph.edge_index)
    edges = EdgeLayout.from_edge_index(graph.edge_index, graph.num_nodes)
    torch.testing.assert_close(propagate(graph.x, None, edges), expected)


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_without_encodings_it_is_the_network_of_kipf_and_welling(layers: int) -> None:
    graph = directed()
    options = {"num_layers": layers, "hidden_dim": 16, "head_depth": 0, "dropout": 0.5}
    model = get_model("gcn", 5, 3, bank="none", target_level="node", **options).eval()  # type: ignore[arg-type]
    assert isinstance(model, GCNNetwork)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter)
    (output,) = model.head.network.layers
    weights = [model.node_encoder.features.weight[:-1].T, *(layer.weight.weight for layer in list(model.layers)[1:-1])]
    x = graph.x
    for weight, layer in zip(weights, model.layers, strict=False):
        x = convolution(weight, graph, x)
        x = x if layer.bias is None else torch.relu(x + layer.bias)
    x = convolution(output.weight, graph, x) + output.bias if layers > 1 else output(x)
    torch.testing.assert_close(model(Batch.from_data_list([graph])), x, rtol=1e-4, atol=1e-4)


def convolution(weight: torch.Tensor, graph: Data, x: torch.Tensor) -> torch.Tensor:
    layer = GCNConv(weight.size(1), weight.size(0), bias=False)
    layer.lin.weight.data = weight.data
    return layer(x, graph.edge_index)


def test_features_of_edges_are_read() -> None:
    graph = directed()
    graph.edge_attr = torch.randn(graph.num_edges, 2)
    model = get_model("gcn", 5, 1, num_edge_features=2, bank="none", hidden_dim=16, head_depth=0).eval()
    before = model(Batch.from_data_list([graph]))
    graph.edge_attr = graph.edge_attr + 1
    assert not torch.allclose(before, model(Batch.from_data_list([graph])))


def test_real_features_are_dropped_in_training_alone_and_categories_never() -> None:
    graph = directed()
    model = get_model("gcn", 5, 1, bank="none", hidden_dim=16, head_depth=0, feature_dropout=0.5)
    batch = Batch.from_data_list([graph])
    assert not torch.equal(model(batch), model(batch))
    model.eval()
    assert torch.equal(model(batch), model(batch))
    batch.x = torch.zeros(graph.num_nodes, 1, dtype=torch.long)
    model.train()
    assert torch.equal(model(batch), model(batch))
