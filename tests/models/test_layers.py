"""The layers against other people's implementations of the same mathematics."""

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch_geometric.nn import GINEConv, GPSConv, ResGatedGraphConv
from torch_geometric.utils import to_dense_batch

from mspe.graphs import DenseLayout, EdgeLayout, PackedGraphs
from mspe.models import ModelParams
from mspe.models.attention import HeadLayout, LinearAttention, SoftmaxAttention, attend_natively, attend_on_cpu
from mspe.models.layers import GPSLayer
from mspe.models.local import GINE, GatedGCN, _SumMessages
from mspe.models.norms import BatchNorm
from tests.conftest import AWKWARD

WIDTH, HEADS = 16, 4
PARAMS = ModelParams(hidden_dim=WIDTH, heads=HEADS, node_dim=4)
BATCH = PackedGraphs.from_list(list(AWKWARD.values())).collate(range(len(AWKWARD)))
NODES = BATCH.batch.numel()
EDGES = EdgeLayout.from_edge_index(BATCH.edge_index, NODES)
SIZES = BATCH.ptr.diff().tolist()
WHOLE = [HeadLayout.from_dense(DenseLayout.from_sizes(SIZES), HEADS)]


def in_two_blocks() -> list[HeadLayout]:
    cut = len(SIZES) // 2
    nodes, pairs = sum(SIZES[:cut]), sum(size * size for size in SIZES[:cut])
    layouts = DenseLayout.from_sizes(SIZES[:cut]), DenseLayout.from_sizes(SIZES[cut:], None, nodes, pairs)
    return [HeadLayout.from_dense(layout, HEADS) for layout in layouts]


BLOCKS = {"one block": WHOLE, "two blocks": in_two_blocks()}


def states(width: int = WIDTH, rows: int = NODES, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.randn(rows, width, dtype=dtype, requires_grad=True)


def random_biases(blocks: list[HeadLayout], dtype: torch.dtype = torch.float32) -> list[torch.Tensor]:
    return [torch.randn(block.shape + block.shape[-1:], dtype=dtype, requires_grad=True) for block in blocks]


def paddings(blocks: list[HeadLayout], dtype: torch.dtype = torch.float32) -> list[torch.Tensor]:
    return [block.padding(dtype) for block in blocks]


def added(first: list[torch.Tensor], second: list[torch.Tensor]) -> list[torch.Tensor]:
    return [a + b for a, b in zip(first, second, strict=True)]


def gradients(loss: torch.Tensor, *inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
    return torch.autograd.grad(loss, inputs)


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


@pytest.fixture(params=BLOCKS)
def blocks(request: pytest.FixtureRequest) -> list[HeadLayout]:
    return BLOCKS[request.param]


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


def test_attention_on_the_cpu_is_torchs_own(blocks: list[HeadLayout]) -> None:
    x, scores = states(3 * WIDTH), random_biases(blocks)
    padded = added(scores, paddings(blocks))
    direction = torch.randn(NODES, WIDTH)
    ours, torchs = (attend(x, blocks, padded, 0.0) for attend in (attend_on_cpu, attend_natively))
    torch.testing.assert_close(ours, torchs)
    for mine, theirs in zip(
        gradients((ours * direction).sum(), x, *scores), gradients((torchs * direction).sum(), x, *scores), strict=True
    ):
        torch.testing.assert_close(mine, theirs)


@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_the_gradient_of_attention_is_that_of_its_finite_differences(dropout: float, blocks: list[HeadLayout]) -> None:
    x, scores = states(3 * WIDTH, dtype=torch.double), random_biases(blocks, torch.double)

    def attend(x: torch.Tensor, *scores: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(3)  # the same mask in every evaluation
        return attend_on_cpu(x, blocks, added(list(scores), paddings(blocks, torch.double)), dropout)

    assert torch.autograd.gradcheck(attend, (x, *scores), fast_mode=True)


def test_dropout_keeps_the_share_and_the_mean() -> None:
    size, count = 64, 64
    layout = HeadLayout.from_dense(DenseLayout.from_sizes([size] * count), 1)
    value = torch.eye(size).repeat(count, 1)  # a head's output is then its row of weights
    x = torch.cat([torch.zeros(count * size, 2 * size), value], dim=1)
    weights = attend_on_cpu(x, [layout], [torch.zeros(1, count, size, size)], 0.3)
    dropped = weights == 0
    assert abs(dropped.float().mean() - 77 / 256) < 0.003  # 0.3 to the nearest 1/256, ± 5 standard deviations
    assert abs(weights.mean() * size - 1) < 0.01
    assert dropped.float().mean(dim=(0)).std() < 0.02  # no column is dropped more than another
    other = attend_on_cpu(x, [layout], [torch.zeros(1, count, size, size)], 0.3)
    assert not torch.equal(weights, other)


def test_messages_have_the_gradient_of_gine() -> None:
    x, edge = states(dtype=torch.double), states(rows=BATCH.num_edges, dtype=torch.double)
    assert torch.autograd.gradcheck(lambda x, edge: _SumMessages.apply(x, edge, EDGES), (x, edge), fast_mode=True)
    expected = GINEConv(nn.Identity())(x, BATCH.edge_index, torch.empty_like(edge).index_copy(0, EDGES.order, edge))
    torch.testing.assert_close(_SumMessages.apply(x, edge, EDGES), expected)


def test_linear_attention_is_the_kernels_softmax_free_attention(blocks: list[HeadLayout]) -> None:
    layer, x = LinearAttention(PARAMS), states()
    result = layer(x, blocks, None)
    for graph in range(len(AWKWARD)):
        mine = BATCH.batch == graph
        query, key, value = layer.input(x[mine]).unflatten(1, (3, HEADS, -1)).permute(1, 2, 0, 3)
        kernel = (functional.elu(query) + 1) @ (functional.elu(key) + 1).transpose(1, 2)  # [heads, n, n]
        expected = (kernel / kernel.sum(dim=-1, keepdim=True)) @ value
        torch.testing.assert_close(result[mine], layer.output(expected.transpose(0, 1).flatten(1)))


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


def test_edges_are_sorted_by_target_and_nothing_is_lost() -> None:
    assert torch.equal(BATCH.edge_index[:, EDGES.order], torch.stack([EDGES.source, EDGES.target]))
    assert (EDGES.target.diff() >= 0).all() and (EDGES.source[EDGES.by_source].diff() >= 0).all()
    assert EDGES.target_offsets[-1] == EDGES.source_offsets[-1] == BATCH.num_edges
    none = EdgeLayout.from_edge_index(torch.zeros(2, 0, dtype=torch.long), 3)
    x = states(rows=3)
    torch.testing.assert_close(_SumMessages.apply(x, torch.zeros(0, WIDTH), none), x)


def test_the_grid_holds_what_pyg_pads() -> None:
    flat, layout = torch.randn(NODES, 3 * WIDTH), WHOLE[0]
    grid = flat.view(-1, WIDTH // HEADS)[layout.spread].view(3, *layout.shape, -1)
    dense, mask = to_dense_batch(flat.unflatten(1, (3, HEADS, -1)), BATCH.batch)
    assert torch.equal(mask, layout.mask)
    assert torch.equal(grid.permute(2, 3, 0, 1, 4)[mask], dense[mask])
    assert torch.equal(grid.flatten(0, 3)[layout.collect].view_as(flat), flat)


def test_one_row_is_normalised_by_the_running_statistics() -> None:
    norm = BatchNorm(3)
    assert norm(torch.ones(1, 3)).isfinite().all() and torch.equal(norm.running_mean, torch.zeros(3))
    norm(torch.ones(4, 3))
    torch.testing.assert_close(norm.running_mean, torch.full((3,), 0.1))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_layer_gives_the_same_on_a_gpu() -> None:
    layer, x, edge = GPSLayer(PARAMS).eval(), states(), states(rows=BATCH.num_edges)
    expected, _ = layer(x, edge, EDGES, WHOLE, paddings(WHOLE))
    layouts = [HeadLayout.from_dense(DenseLayout.from_sizes(SIZES, torch.device("cuda")), HEADS)]
    edges = EdgeLayout.from_edge_index(BATCH.edge_index.cuda(), NODES)
    result, _ = layer.cuda()(x.cuda(), edge.cuda(), edges, layouts, paddings(layouts))
    torch.testing.assert_close(result.cpu(), expected, atol=1e-4, rtol=1e-4)
