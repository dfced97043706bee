"""Wavelet, PageRank, learned and trained filters; scales written as rules."""

import numpy as np
import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.config import load_params
from mspe.encodings import EncodingSet, Heat, PersonalizedPageRank, Walk, Wavelet
from mspe.encodings.scales import auto_scales, median_spectral_range
from mspe.encodings.spectrum import compute_spectrum
from mspe.encodings.spectrum.laplacian import normalized_laplacian
from mspe.graphs import PackedGraphs
from tests.conftest import ROOT, cycle, graph
from tests.encodings.test_bank import TOLERANCE, adjacency, dense_spectrum, encode


def test_page_rank_is_the_inverse_and_its_rows_sum_to_one(awkward: Data) -> None:
    matrix = adjacency(awkward)
    isolated = (matrix.sum(1) == 0).double()
    transition = ((matrix + isolated.diag()) / (matrix.sum(1) + isolated)[:, None]).numpy()
    _, pair = encode(EncodingSet([PersonalizedPageRank([0.15, 0.6, 1.0])]), awkward)
    for channel, restart in enumerate([0.15, 0.6, 1.0]):
        expected = restart * np.linalg.inv(np.eye(len(transition)) - (1 - restart) * transition)
        torch.testing.assert_close(pair[..., channel], torch.from_numpy(expected), **TOLERANCE)
    torch.testing.assert_close(pair.sum(1), torch.ones_like(pair.sum(1)), **TOLERANCE)


def test_the_wavelet_is_its_matrix_function_and_vanishes_on_an_isolated_node(awkward: Data) -> None:
    laplacian, _ = normalized_laplacian(adjacency(awkward)[None])
    _, pair = encode(EncodingSet([Wavelet([0.5, 3.0])]), awkward)
    for channel, time in enumerate([0.5, 3.0]):
        expected = time * laplacian[0] @ torch.linalg.matrix_exp(-time * laplacian[0]) * torch.e
        torch.testing.assert_close(pair[..., channel], expected, **TOLERANCE)
    node, _ = encode(EncodingSet([Wavelet([2.0])]), graph(2, []))
    assert node.abs().max() == 0


@pytest.mark.parametrize("filter", [Heat([0.7, 3.0], True), Wavelet([0.7], True), PersonalizedPageRank([0.3], True)])
def test_trained_scales_start_as_given_and_have_the_right_gradient(filter: Heat) -> None:
    torch.testing.assert_close(filter.scales.tolist(), list(filter.values), atol=1e-6, rtol=1e-6)
    bank = EncodingSet([filter.double()])
    spectrum = dense_spectrum(cycle(5))

    def evaluate(free: Tensor) -> Tensor:
        filter.free.data = free.detach()
        return bank.pair_encoding(spectrum).square().sum()

    loss = bank.pair_encoding(spectrum).square().sum()
    loss.backward()
    start, step = filter.free.detach().clone(), 1e-5
    for position in range(start.numel()):
        shift = torch.zeros_like(start)
        shift[position] = step
        numeric = (evaluate(start + shift) - evaluate(start - shift)) / (2 * step)
        assert filter.free.grad is not None
        assert numeric.item() == pytest.approx(filter.free.grad[position].item(), rel=1e-4)


def test_steps_are_never_trained_and_an_edge_cannot_be() -> None:
    assert not Walk([1, 2], trainable=True).trained
    with pytest.raises(MspeError, match=r"ppr.restarts: got \[1.0\], a trained scale may not start on the edge"):
        PersonalizedPageRank([1.0], trainable=True)


def test_the_learned_filter_is_invariant_differentiable_and_survives_its_configuration() -> None:
    bank = EncodingSet.from_config({"filters": {"learned": {"channels": 3}, "walk": {"steps": [2]}}})
    assert bank.node_channels == ["walk(2)", "learned(1)", "learned(2)", "learned(3)"]
    assert bank.stored_channel_names == ["walk(2)"]
    assert bank.config()["filters"] == {"walk": {"steps": [2]}, "learned": {"channels": 3}}
    node = bank.node_encoding(dense_spectrum(cycle(6)))[0]
    torch.testing.assert_close(node, node[:1].expand(6, -1))  # every node of a ring is the same
    node.sum().backward()
    assert all(parameter.grad is not None for parameter in bank.parameters())


def test_auto_scales_run_from_the_largest_eigenvalue_to_the_gap() -> None:
    times = auto_scales(Heat, largest_eigenvalue=2.0, spectral_gap=0.05)
    assert (len(times), times[0], times[-1]) == (8, 0.5, 20.0)
    np.testing.assert_allclose(np.diff(np.log(times)), np.log(40) / 7, rtol=1e-6)
    assert auto_scales(Walk, 2.0, 0.05) == [1, 2, 4, 8, 16, 32]
    restarts = auto_scales(PersonalizedPageRank, 2.0, 0.05)
    assert restarts[0] == pytest.approx(0.05 / 1.05) and restarts[-1] == pytest.approx(2 / 3)


def test_the_range_is_the_median_over_graphs_that_have_one() -> None:
    graphs = PackedGraphs.from_list([cycle(4), cycle(6), cycle(8), graph(1, []), graph(3, [])])
    largest, gap = median_spectral_range([compute_spectrum(graphs[:2]), compute_spectrum(graphs[2:])])
    assert (largest, gap) == (pytest.approx(2.0), pytest.approx(1 - np.cos(2 * np.pi / 6), abs=1e-6))
    assert median_spectral_range([compute_spectrum(graphs[3:])]) == (1.0, 1.0)


def test_auto_is_resolved_once_and_written_out(tmp_path: object) -> None:
    params = load_params(ROOT / "params.yaml").encodings
    automatic = params.model_validate({"filters": {"heat": {"times": "auto"}, "walk": {"steps": "auto"}}})
    resolved = automatic.resolve(max_nodes=30, spectral_range=(2.0, 0.1))
    assert resolved["filters"]["walk"] == {"steps": [1, 2, 4, 8, 16]}
    assert resolved["filters"]["heat"]["times"][-1] == 10.0
    assert EncodingSet.from_config(resolved).config()["filters"] == resolved["filters"]


def test_presets_are_the_published_encodings() -> None:
    params = load_params(ROOT / "params.yaml").encodings

    def bank(name: str) -> EncodingSet:
        config = params.model_copy(update={"preset": name}).resolve(max_nodes=30, spectral_range=(2.0, 0.1))
        return EncodingSet.from_config(config)

    assert bank("rwse").node_channels == [f"walk({k})" for k in range(1, 21)]
    assert bank("rwse").pair_channels == []
    assert bank("rrwp").pair_channels == bank("rrwp").node_channels == [f"walk({k})" for k in range(21)]
    assert bank("lappe").node_channels == [f"eigenvector({k})" for k in range(1, 9)]
    assert bank("hkse").node_channels == bank("default").node_channels[5:]
    assert bank("spd").pair_channels[-2:] == ["distance(10+)", "distance(unreachable)"]
    assert bank("none").node_channels == bank("none").pair_channels == []
    assert len(bank("default").pair_channels) == 13


def test_pair_channels_of_a_large_graph_are_refused_with_the_memory_they_would_take() -> None:
    params = load_params(ROOT / "params.yaml").encodings
    with pytest.raises(
        MspeError, match=r"encodings.pair: the largest graph has 20000 nodes.*13 pair channels.*20.8 GB"
    ):
        params.model_copy(update={"pair": True}).resolve(max_nodes=20_000, spectral_range=(2.0, 0.1))
    with pytest.raises(MspeError, match=r"encodings.distance: the largest graph has 20000 nodes"):
        params.model_copy(update={"distance": 5}).resolve(max_nodes=20_000, spectral_range=(2.0, 0.1))
