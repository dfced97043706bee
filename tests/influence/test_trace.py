"""A traced run computes what a plain one does, and leaves no hook behind."""

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.influence.sites import Sites
from mspe.influence.trace import run_traced
from tests.influence.fixtures import transformer
from tests.models.fixtures import BATCH, NODES


def test_values_stay_what_they_are_also_where_ways_are_blocked() -> None:
    model = transformer(target_level="node")
    sites = Sites.of(model)
    expected = model(BATCH)
    for blocked in ([], sites.paths["attention"], sites.paths["message passing"]):
        trace = run_traced(model, BATCH, sites, blocked)
        assert trace.output is not None and torch.equal(trace.output, expected)
        assert trace.features is not None and trace.features.shape == (NODES, 10)
        assert trace.channels is not None and trace.channels.shape == (NODES, len(sites.channel_names))
        assert list(trace.states) == ["layer 1", "layer 2"]
    assert not any(module._forward_hooks for module in model.modules())


def test_a_blocked_way_passes_no_gradient() -> None:
    model = transformer(target_level="node", local="none")
    sites = Sites.of(model)
    trace = run_traced(model, BATCH, sites, [layer.attention for layer in model.layers])
    assert trace.output is not None
    node = int(BATCH.ptr[-1]) - 1
    (found,) = torch.autograd.grad(trace.output[node].sum(), trace.features)
    assert found[node].abs().sum() > 0 and found[:node].abs().sum() == 0


def test_features_that_are_no_row_per_node_are_refused() -> None:
    model = transformer()
    for module in (model.edge_encoder, torch.nn.Linear(1, 1)):
        with pytest.raises(MspeError, match=r"sites\.features: is not run, or gives no row per node"):
            run_traced(model, BATCH, Sites(module))
