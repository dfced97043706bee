"""A batch of awkward graphs, small models, and random states."""

import torch
from torch import nn
from torch_geometric.data import Data

from mspe.graphs import DenseLayout, EdgeLayout, GraphSchema, PackedGraphs
from mspe.models import ModelParams, get_model, model_arguments
from mspe.models.attention import HeadLayout
from tests.conftest import AWKWARD, BANK

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


SMALL = {"hidden_dim": 16, "num_layers": 2, "heads": 2, "node_dim": 6, "pair_dim": 8}


VARIANTS = [
    {},
    {"local": "none"},
    {"attention": "none"},
    {"norm": "layer"},
    {"pooling": "mean"},
    {"dropout": 0.3, "attention_dropout": 0.3},
    {"bank": {**BANK, "pair": False}},
    {"bank": {**BANK, "node": False}},
    {"name": "gps"},
    {"name": "gine"},
    {"name": "gcn"},
    {"local": "gatedgcn"},
    {"local": "gatedgcn", "attention": "linear"},
    {"feed_forward_factor": 0, "head_depth": 0, "scale_gate": False},
    {"update_encodings": True},
    {"bank": {**BANK, "pair": "edges"}},
    {"name": "gine", "bank": {**BANK, "pair": "edges"}},
    {"name": "gps", "local": "gatedgcn", "bank": {**BANK, "pair": "edges", "node": False}},
]
Molecules = tuple[GraphSchema, PackedGraphs]


def build(schema: GraphSchema, **options: object) -> nn.Module:
    bank = options.pop("bank", BANK)
    torch.manual_seed(0)
    return get_model(**model_arguments(ModelParams(**{**SMALL, **options}), schema, bank))  # type: ignore[arg-type]


def relabelled(data: Data, place: torch.Tensor) -> Data:
    """The same graph whose node i is called place[i]."""
    return Data(
        x=data.x[place.argsort()],
        edge_index=place[data.edge_index],
        edge_attr=data.edge_attr,
        num_nodes=data.num_nodes,
        feature_key=data.feature_key,
    )


def category(columns: int) -> torch.Tensor:
    return torch.randint(0, 4, (5, columns))
