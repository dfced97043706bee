"""A layer beside PyG's GPSConv."""

import pytest
import torch
from torch import nn
from torch_geometric.nn import GINEConv, GPSConv
from torch_geometric.nn.norm import LayerNorm as GraphNorm

from mspe.graphs import DenseLayout, EdgeLayout
from mspe.models.attention import HeadLayout, SoftmaxAttention
from mspe.models.layers import GPSLayer
from mspe.models.local import GINE
from tests.documentation import DOCUMENTATION
from tests.models.fixtures import BATCH, EDGES, HEADS, NODES, PARAMS, SIZES, WHOLE, WIDTH, gradients, paddings, states


def copied(source: GPSConv) -> GPSLayer:
    """Our layer with the weights of PyG's."""
    layer = GPSLayer(PARAMS)
    assert isinstance(layer.local, GINE) and isinstance(layer.attention, SoftmaxAttention)
    assert layer.feed_forward is not None
    layer.local.input, layer.local.output = source.conv.nn[0], source.conv.nn[2]
    layer.attention.input.weight, layer.attention.input.bias = source.attn.in_proj_weight, source.attn.in_proj_bias
    layer.attention.output = source.attn.out_proj
    layer.feed_forward.input, layer.feed_forward.output = source.mlp[0], source.mlp[3]
    for ours, theirs in (("local_norm", "norm1"), ("attention_norm", "norm2"), ("norm", "norm3")):
        getattr(layer, ours).load_state_dict(getattr(source, theirs).module.state_dict())
    return layer


@pytest.mark.parametrize("training", [True, False])
def test_the_layer_is_pygs_gpsconv(training: bool, blocks: list[HeadLayout]) -> None:
    network = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH))
    theirs = GPSConv(WIDTH, GINEConv(network), heads=HEADS).train(training)
    for norm in (theirs.norm1, theirs.norm2, theirs.norm3):
        nn.init.uniform_(norm.module.weight, 0.5, 1.5)
        nn.init.uniform_(norm.module.running_var, 0.5, 1.5)
    ours = copied(theirs).train(training)
    x, edge, direction = states(), states(rows=BATCH.num_edges), torch.randn(NODES, WIDTH)
    weights = [network[0].weight, theirs.attn.in_proj_weight, theirs.mlp[3].weight]

    expected = theirs(x, BATCH.edge_index, BATCH.batch, edge_attr=edge)
    result, _ = ours(x, edge[EDGES.order], EDGES, blocks, paddings(blocks))

    torch.testing.assert_close(result, expected, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close((result * direction).sum(), (expected * direction).sum(), atol=1e-4, rtol=1e-4)
    for mine, pyg in zip(
        gradients((result * direction).sum(), x, edge, *weights),
        gradients((expected * direction).sum(), x, edge, *weights),
        strict=True,
    ):
        torch.testing.assert_close(mine, pyg, atol=1e-4, rtol=1e-4)


def test_norm_layer_is_of_each_node_alone_and_not_pygs_graph_wise_norm() -> None:
    params = PARAMS.model_copy(update={"norm": "layer", "local": "none", "attention": "linear"})
    norm, x = GPSLayer(params).norm, states()
    ours = norm(x)
    torch.testing.assert_close(ours.mean(dim=1), torch.zeros(NODES), atol=1e-5, rtol=0)
    torch.testing.assert_close(norm(x[3:4]), ours[3:4])  # whatever other nodes there are
    assert (GraphNorm(WIDTH)(x, BATCH.batch) - ours).abs().max() > 0.1
    assert "`layer` of PyG's `GPSConv` is over a whole graph" in DOCUMENTATION


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_layer_gives_the_same_on_a_gpu() -> None:
    layer, x, edge = GPSLayer(PARAMS).eval(), states(), states(rows=BATCH.num_edges)
    expected, _ = layer(x, edge, EDGES, WHOLE, paddings(WHOLE))
    layouts = [HeadLayout.from_dense(DenseLayout.from_sizes(SIZES, torch.device("cuda")), HEADS)]
    edges = EdgeLayout.from_edge_index(BATCH.edge_index.cuda(), NODES)
    result, _ = layer.cuda()(x.cuda(), edge.cuda(), edges, layouts, paddings(layouts))
    torch.testing.assert_close(result.cpu(), expected, atol=1e-4, rtol=1e-4)
