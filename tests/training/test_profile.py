"""The cost of a step in closed form, and how it grows."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GINConv

from mspe.common.errors import MspeError
from mspe.training.profile import count_multiply_adds, fit_exponent, profile_step


def batch_of(nodes: int, width: int = 3) -> Batch:
    """A ring."""
    node = torch.arange(nodes)
    edges = torch.stack([node, (node + 1) % nodes])
    return Batch.from_data_list([Data(x=torch.randn(nodes, width), edge_index=edges, num_nodes=nodes)])


class OnNodes(nn.Module):
    """A network of the nodes' features alone."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, batch: Batch) -> Tensor:
        return self.network(batch.x)


class MessagePassing(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = GINConv(nn.Linear(3, 3))

    def forward(self, batch: Batch) -> Tensor:
        return self.layer(batch.x, batch.edge_index)


class Attention(nn.Module):
    """Attention without projections, so that it has n² products alone; with torch's own kernel."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, batch: Batch) -> Tensor:
        x = (self.scale * batch.x)[None, None]
        return functional.scaled_dot_product_attention(x, x, x)


class Sparse(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(4, 2))

    def forward(self, batch: Batch) -> Tensor:
        return torch.sparse.mm(torch.eye(4).to_sparse(), self.weight)


def test_a_linear_layer_multiplies_and_adds_rows_times_inputs_times_outputs() -> None:
    """Backward it does so for the weights alone, as nobody asks for the gradient of the features."""
    step = profile_step(OnNodes(nn.Linear(3, 5)), batch_of(7), repeats=1)
    assert (step.forward_multiply_adds, step.backward_multiply_adds) == (7 * 3 * 5, 7 * 3 * 5)
    assert (step.graphs, step.nodes, step.edges, step.parameters) == (1, 7, 7, 3 * 5 + 5)
    assert step.ms > 0 and step.not_counted == ()
    assert step.multiply_adds == 2 * 7 * 3 * 5 and step.to_json()["not_counted"] == []


def test_two_layers_also_need_the_gradient_between_them() -> None:
    network = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    forward, backward = 6 * 3 * 4 + 6 * 4 * 2, 6 * 3 * 4 + 2 * 6 * 4 * 2
    assert count_multiply_adds(OnNodes(network), batch_of(6)) == (forward, backward)


def test_memory_is_what_is_kept_for_the_backward_pass() -> None:
    """Of a relu between two layers: its output [6, 4], which the second layer's gradient needs too, and that [6, 2]."""
    network = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    assert profile_step(OnNodes(network), batch_of(6), repeats=1).memory_bytes == 4 * (6 * 4 + 6 * 2)


def test_message_passing_grows_as_the_nodes_and_attention_as_their_square() -> None:
    sizes = [16, 32, 64, 128]
    for model, exponent in ((MessagePassing(), 1), (Attention(), 2)):
        fitted = fit_exponent(sizes, [sum(count_multiply_adds(model, batch_of(size))) for size in sizes])
        assert fitted is not None and fitted.value == pytest.approx(exponent) and fitted.error == pytest.approx(0)


def test_attention_on_a_cpu_counts_both_of_its_products() -> None:
    assert count_multiply_adds(Attention(), batch_of(16))[0] == 2 * 16 * 16 * 3


def test_sums_without_a_formula_are_named() -> None:
    (name,) = {"scatter_add_"} & set(profile_step(MessagePassing(), batch_of(5), repeats=1).not_counted)
    assert name
    assert any("sparse" in name for name in profile_step(Sparse(), batch_of(5), repeats=1).not_counted)


def test_model_and_generator_stay_as_they_are() -> None:
    model = OnNodes(nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5)))
    batch = batch_of(8)
    before, state = {name: value.clone() for name, value in model.state_dict().items()}, torch.get_rng_state()
    profile_step(model, batch, repeats=1)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state) and all(p.grad is None for p in model.parameters())


def test_a_model_without_a_step_is_refused() -> None:
    with pytest.raises(MspeError, match="depend on no trainable parameter"):
        profile_step(OnNodes(nn.Identity()), batch_of(4))


@given(st.floats(0.1, 3), st.floats(0.1, 100))
def test_a_power_law_is_found_exactly(exponent: float, factor: float) -> None:
    sizes = [1.0, 2.0, 5.0, 9.0]
    found = fit_exponent(sizes, [factor * size**exponent for size in sizes])
    assert found is not None and found.error is not None
    assert found.value == pytest.approx(exponent) and found.error == pytest.approx(0, abs=1e-6)


def test_the_error_of_an_exponent_is_that_of_the_regression() -> None:
    """By hand: logarithms 0, 1, 2 of sizes and 0, 1, 0 of costs give slope 0 and residuals −1/3, 2/3, −1/3."""
    found = fit_exponent([1, 2, 4], [1, 2, 1])
    assert found is not None and found.value == pytest.approx(0) and found.error == pytest.approx((1 / 3) ** 0.5)
    two = fit_exponent([1, 2], [1, 8])
    assert two is not None and two.value == 3 and two.error is None
    assert fit_exponent([4, 4], [1, 2]) is None and fit_exponent([1, 2], [0, 1]) is None
