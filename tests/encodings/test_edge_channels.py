"""Channels on edges: those of all pairs, read at the edges."""

import logging
from typing import Any

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Batch, Data

from mspe.common.errors import MspeError
from mspe.encodings import AddMultiScalePE, BatchEncodings, EncodingSet, compute_spectrum
from mspe.encodings.edge_channels import encode_edges, stated_errors
from mspe.encodings.spectrum import Backend
from mspe.graphs import DenseLayout, PackedGraphs
from tests.conftest import AWKWARD, BANK, graph
from tests.encodings.fixtures import random_graph, random_weighted

FILTERS = {"walk": {"steps": [1, 2, 5]}, "heat": {"times": [0.25, 8.0]}, "ppr": {"restarts": [0.2]}}
ON_EDGES: dict[str, Any] = {"filters": FILTERS, "pair": "edges"}
GRAPHS = [*AWKWARD.values(), random_graph(30, 60), random_weighted(0)]


def bare(data: Data) -> Data:
    """A graph whose edges have weights, as all have then."""
    weight = data.get("edge_weight")
    weight = torch.ones(data.num_edges) if weight is None else weight
    return Data(edge_index=data.edge_index, edge_weight=weight, num_nodes=data.num_nodes)


def packed(*graphs: Data) -> PackedGraphs:
    return PackedGraphs.from_list([bare(data) for data in graphs])


def on_edges(batch: Batch, config: dict[str, Any] = ON_EDGES) -> Tensor:
    return BatchEncodings(EncodingSet.from_config(config), batch, DenseLayout.blocks(batch.ptr)).edge()


def on_pairs(data: Data, config: dict[str, Any]) -> Tensor:
    """Pair channels [n, n, channels] of one graph."""
    batch = packed(data).collate([0])
    everywhere = EncodingSet.from_config({**config, "pair": True})
    return BatchEncodings(everywhere, batch, DenseLayout.blocks(batch.ptr)).pair()[0][0]


@pytest.mark.parametrize("backend", ["dense", "chebyshev"])
def test_an_edge_has_the_channels_of_its_pair(backend: Backend) -> None:
    """That of the node at which a message arrives, and the one from which it comes."""
    graphs = packed(*GRAPHS)
    found = encode_edges(EncodingSet.from_config(ON_EDGES).on_edges, compute_spectrum(graphs, backend=backend), graphs)
    expected = [on_pairs(data, ON_EDGES)[data.edge_index[1], data.edge_index[0]] for data in GRAPHS]
    torch.testing.assert_close(found, torch.cat(expected), atol=1e-5, rtol=0)


def test_a_step_to_a_node_has_the_probability_of_leaving_the_other() -> None:
    """Of a star: walk(1) is 1/3 from the centre, which a message to it comes along, and 1 from a leaf."""
    star = packed(graph(4, [(0, 1), (0, 2), (0, 3)])).collate([0])
    channels = on_edges(star, {"filters": {"walk": {"steps": [1]}}, "pair": "edges"})[:, 0]
    torch.testing.assert_close(channels, torch.where(star.edge_index[1] == 0, 1 / 3, 1.0))


def test_encodings_beside_filters_have_channels_on_edges_of_small_graphs() -> None:
    config: dict[str, Any] = {"katz": [0.5], "cycles": {"lengths": [3, 4]}, "communicability": [0.5], "pair": "edges"}
    data = random_graph(12, 20)
    batch, pair = packed(data).collate([0]), on_pairs(data, config)
    torch.testing.assert_close(on_edges(batch, config), pair[data.edge_index[1], data.edge_index[0]])


def test_another_order_of_nodes_and_of_edges_changes_nothing_else() -> None:
    data = random_weighted(1)
    order, edges = torch.randperm(data.num_nodes), torch.randperm(data.num_edges)
    other = Data(edge_index=order[data.edge_index[:, edges]], edge_weight=data.edge_weight[edges], num_nodes=10)
    for backend in ("dense", "chebyshev"):
        first, second = (
            EncodingSet.from_config(ON_EDGES)
            .encode(compute_spectrum(packed(one), backend=backend), lambda one=one: packed(one))
            .fields["edge_encoding"]
            for one in (data, other)
        )
        torch.testing.assert_close(first[edges], second, atol=1e-5, rtol=0)


def test_a_batch_has_what_each_graph_has_alone_whatever_the_order_of_its_edges() -> None:
    graphs = packed(*GRAPHS)
    alone = torch.cat([on_edges(graphs.collate([number])) for number in range(len(graphs))])
    batch = graphs.collate(range(len(graphs)))
    torch.testing.assert_close(on_edges(batch), alone, atol=1e-6, rtol=0)
    order = torch.randperm(batch.edge_index.size(1))
    batch.edge_index, batch.edge_weight = batch.edge_index[:, order], batch.edge_weight[order]
    torch.testing.assert_close(on_edges(batch), alone[order], atol=1e-6, rtol=0)


def test_small_and_large_graphs_stand_beside_each_other_and_stored_is_computed() -> None:
    graphs, bank = (
        packed(random_graph(30, 60), random_graph(600, 900), random_graph(20, 30)),
        EncodingSet.from_config(ON_EDGES),
    )
    stored = graphs.with_fields_of(bank.encode(compute_spectrum(graphs, backend="auto"), lambda: graphs))
    assert torch.equal(on_edges(graphs.collate([0, 1, 2])), stored.fields["edge_encoding"])
    assert torch.equal(on_edges(stored.collate([2, 0])), torch.cat([stored[2].edge_encoding, stored[0].edge_encoding]))


def test_channels_of_another_bank_are_refused() -> None:
    graphs, bank = packed(random_graph(30, 60)), EncodingSet.from_config(ON_EDGES)
    stored = graphs.with_fields_of(bank.encode(compute_spectrum(graphs), lambda: graphs)).collate([0])
    with pytest.raises(MspeError, match="the batch carries edge encodings of 6 channels, the model's bank has 7"):
        on_edges(stored, {**BANK, "pair": "edges"})
    other = {"filters": {**FILTERS, "ppr": {"restarts": [0.3]}}, "pair": "edges"}
    with pytest.raises(MspeError, match="the batch carries edge encodings of another bank"):
        on_edges(stored, other)
    assert bank.key == EncodingSet.from_config({"filters": FILTERS}).key  # so that nodes' channels stay of use
    assert len({EncodingSet.from_config({**one, "node": False}).key for one in (ON_EDGES, other)}) == 2


def test_trained_filters_have_a_gradient_through_the_channels() -> None:
    bank = EncodingSet.from_config({**ON_EDGES, "trainable": True})
    batch = packed(random_graph(9, 12), random_graph(30, 60)).collate([0, 1])
    channels = BatchEncodings(bank, batch, DenseLayout.blocks(batch.ptr)).edge()
    torch.testing.assert_close(channels.detach(), on_edges(batch), atol=1e-5, rtol=0)
    channels.square().sum().backward()
    assert all(bool(parameter.grad.any()) for parameter in bank.parameters() if parameter.grad is not None)
    assert sum(parameter.grad is not None for parameter in bank.parameters()) == 2  # heat and ppr


@pytest.mark.slow
def test_the_channels_of_a_large_graph_are_within_the_bounds_that_the_log_states(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Of 50 copies of a graph, whose own channels are known by its eigenvectors."""
    one, copies = random_graph(202, 404), 50
    edges = torch.cat([one.edge_index + number * 202 for number in range(copies)], dim=1)
    graphs = PackedGraphs.from_structure(Data(edge_index=edges, num_nodes=202 * copies))
    bank = EncodingSet.from_config({**ON_EDGES, "node": False})
    measures = {name: torch.zeros(202 * copies, 65) for name in ("spectral_weights", "spectral_weights_error")}
    with caplog.at_level(logging.INFO, "mspe"):
        found = encode_edges(bank.on_edges, graphs.with_fields(measures, dict.fromkeys(measures, "node")), graphs)
    exact = on_edges(PackedGraphs.from_structure(one).collate([0])).repeat(copies, 1)
    stated = {record.args[0]: record.args[1] for record in caplog.records if "of edges: estimated" in record.msg}
    assert list(stated) == bank.edge_channels
    share = ((found - exact).abs() <= torch.tensor(list(stated.values()))).double().mean(dim=0)
    assert share.min() >= 0.95 and 1e-5 < max(stated.values()) < 1e-2


def test_a_bound_is_no_less_than_what_sampled_edges_show() -> None:
    error, sampled = torch.full((1000, 1), 1e-3), torch.arange(1000) < 100
    assert stated_errors(["a"], error, sampled)["a"] == pytest.approx((1.2e-3, 1e-3))
    error[sampled] = 0.1
    assert stated_errors(["a"], error, sampled)["a"] == pytest.approx((0.1, 0.1))
    assert stated_errors(["a"], error[:0], sampled[:0]) == {}


def test_what_needs_eigenvectors_is_refused_where_there_are_none() -> None:
    graphs = packed(random_graph(30, 60))
    bank = EncodingSet.from_config({"katz": [0.5], "pair": "edges"})
    with pytest.raises(MspeError, match=r"encoding katz: needs eigenvectors for its channels on edges.*take filters"):
        encode_edges(bank.on_edges, compute_spectrum(graphs, backend="chebyshev"), graphs)
    sharp = EncodingSet.from_config({"filters": {"heat": {"times": [1e5]}}, "pair": "edges", "node": False})
    with pytest.raises(MspeError, match=r"heat\(100000\): too sharp"):
        encode_edges(sharp.on_edges, compute_spectrum(graphs, backend="chebyshev"), graphs)


def test_the_transform_adds_them_beside_those_of_nodes() -> None:
    data = random_graph(30, 60)
    encoded = AddMultiScalePE(ON_EDGES)(data.clone())
    torch.testing.assert_close(
        encoded.edge_pe, on_edges(PackedGraphs.from_structure(data).collate([0])), atol=1e-6, rtol=0
    )
    assert encoded.pe.shape == (30, 6)
