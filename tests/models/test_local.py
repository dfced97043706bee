"""Message passing beside PyG's."""

import torch
from torch import nn
from torch_geometric.nn import GINEConv, ResGatedGraphConv

from mspe.models.local import GatedGCN, _SumMessages
from tests.models.fixtures import BATCH, EDGES, NODES, PARAMS, states

WIDTH, HEADS = 16, 4


def test_messages_have_the_gradient_of_gine() -> None:
    x, edge = states(dtype=torch.double), states(rows=BATCH.num_edges, dtype=torch.double)
    assert torch.autograd.gradcheck(lambda x, edge: _SumMessages.apply(x, edge, EDGES), (x, edge), fast_mode=True)
    expected = GINEConv(nn.Identity())(x, BATCH.edge_index, torch.empty_like(edge).index_copy(0, EDGES.order, edge))
    torch.testing.assert_close(_SumMessages.apply(x, edge, EDGES), expected)


def test_gated_messages_are_those_of_the_gated_graph_convolution() -> None:
    """Without the normalisation of the gates, PyG's ResGatedGraphConv is the same sum."""
    layer = GatedGCN(PARAMS)
    x, edge = states(), torch.zeros(BATCH.num_edges, WIDTH)
    nn.init.zeros_(layer.edge.bias)
    conv = ResGatedGraphConv(WIDTH, WIDTH)
    at_target, at_source, own, message = layer.nodes.weight.chunk(4)
    biases = layer.nodes.bias.chunk(4)
    for linear, weight, offset in zip(
        (conv.lin_key, conv.lin_query, conv.lin_value),
        (at_target, at_source, message),
        (*biases[:2], biases[3]),
        strict=True,
    ):
        linear.weight.data, linear.bias.data = weight.data, offset.data
    conv.lin_skip.weight.data, conv.bias.data = own.data, biases[2].data
    gates = torch.sigmoid((x @ at_target.T + biases[0])[EDGES.target] + (x @ at_source.T + biases[1])[EDGES.source])
    total = torch.zeros(NODES, WIDTH).index_add(0, EDGES.target, gates) + 1e-6
    plain = conv(x, BATCH.edge_index)
    skip = x @ own.T + biases[2]
    result, _ = layer(x, edge, EDGES)
    torch.testing.assert_close(result, skip + (plain - skip) / total, atol=1e-5, rtol=1e-4)
