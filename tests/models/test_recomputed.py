"""A layer that is computed once more gives the same outputs, gradients and state, and keeps less."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.autograd.graph import saved_tensors_hooks
from torch_geometric.data import Batch

from mspe.models import get_model
from tests.conftest import AWKWARD, BANK

SHAPE = {"hidden_dim": 16, "num_layers": 3, "heads": 2, "node_dim": 6, "pair_dim": 8}
MODELS: dict[str, dict[str, Any]] = {
    "graph_transformer": {"name": "graph_transformer"},
    "gps, gatedgcn": {"name": "gps", "local": "gatedgcn"},
    "linear attention": {"name": "gps", "attention": "linear"},
    "dropout": {"name": "graph_transformer", "dropout": 0.3, "attention_dropout": 0.2},
    "layer norm": {"name": "graph_transformer", "norm": "layer"},
    "positions": {"name": "gps", "update_encodings": True},
    "gine": {"name": "gine"},
    "gcn": {"name": "gcn", "dropout": 0.3},
}


def batch() -> Batch:
    torch.manual_seed(1)
    graphs = [graph.clone().update({"x": torch.randn(graph.num_nodes, 3)}) for graph in AWKWARD.values()]
    for graph in graphs:
        graph.edge_attr = None
    return Batch.from_data_list(graphs)


def model(recompute: bool, options: dict[str, Any]) -> nn.Module:
    torch.manual_seed(0)
    shape = {**SHAPE, "num_features": 3, "num_classes": 2, "bank": BANK, **options}
    return get_model(**shape, recompute=recompute).train()


def step(network: nn.Module) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    torch.manual_seed(2)
    outputs = network(batch())
    outputs.square().sum().backward()
    return outputs, {name: one.grad for name, one in network.named_parameters() if one.grad is not None}


@pytest.mark.parametrize("options", MODELS.values(), ids=list(MODELS))
def test_outputs_gradients_and_running_statistics_are_the_same_to_the_last_bit(options: dict[str, Any]) -> None:
    kept, recomputed = model(False, options), model(True, options)
    for _ in range(2):
        (outputs, gradients), (again, others) = step(kept), step(recomputed)
        assert torch.equal(outputs, again) and gradients.keys() == others.keys()
        assert all(torch.equal(gradients[name], others[name]) for name in gradients)
    state, other = kept.state_dict(), recomputed.state_dict()
    assert all(torch.equal(state[name], other[name]) for name in state)


def kept_bytes(network: nn.Module) -> int:
    """Bytes that the forward pass holds for the backward pass, each tensor once."""
    held: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        held[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with saved_tensors_hooks(keep, lambda tensor: tensor):
        network(batch())
    return sum(held.values())


def test_less_is_kept_and_nothing_changes_in_evaluation() -> None:
    options = {"name": "graph_transformer", "num_layers": 8}
    kept, recomputed = model(False, options), model(True, options)
    assert kept_bytes(recomputed) < 0.6 * kept_bytes(kept)
    assert torch.equal(kept.eval()(batch()), recomputed.eval()(batch()))
