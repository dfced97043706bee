"""The sparse path against the dense one."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.encodings import EncodingSet, compute_spectrum, walk_diagonals
from mspe.encodings.spectrum import choose_backend
from mspe.encodings.spectrum.chebyshev import column_moments, sparse_operator, working_precision
from mspe.encodings.spectrum.recurrence import torch_matrix
from mspe.graphs import PackedGraphs
from tests.conftest import cycle
from tests.encodings.fixtures import random_graph, random_graphs

BANK = EncodingSet.from_config(
    {
        "filters": {
            "walk": {"steps": [0, 1, 2, 5, 20]},
            "heat": {"times": [0.25, 4.0, 32.0]},
            "wavelet": {"times": [0.5, 8.0]},
            "ppr": {"restarts": [0.1, 0.5]},
        },
        "degree": True,
    }
)


def node_encoding(graphs: PackedGraphs, backend: str) -> torch.Tensor:
    spectrum = compute_spectrum(graphs, dtype=torch.float64, backend=backend)  # type: ignore[arg-type]
    return BANK.encode_nodes(spectrum).fields["node_encoding"]


@settings(deadline=None, max_examples=30)
@given(random_graphs(), random_graphs())
def test_both_paths_agree_on_every_small_graph(first: Data, second: Data) -> None:
    graphs = PackedGraphs.from_list([first, second])
    torch.testing.assert_close(node_encoding(graphs, "chebyshev"), node_encoding(graphs, "dense"), atol=1e-6, rtol=0)


@pytest.mark.parametrize("weighted", [False, True])
def test_both_paths_agree_on_a_larger_graph(weighted: bool) -> None:
    data = random_graph(700, 2000)
    if weighted:
        data.edge_weight = torch.rand(2000).repeat(2) + 0.1
    graphs = PackedGraphs.from_list([data])
    torch.testing.assert_close(node_encoding(graphs, "chebyshev"), node_encoding(graphs, "dense"), atol=1e-6, rtol=0)


@pytest.mark.slow
def test_both_paths_agree_on_cora(shared_data: Path, tmp_path: Path) -> None:
    from torch_geometric.datasets import Planetoid

    (tmp_path / "Cora").mkdir()
    (tmp_path / "Cora" / "raw").symlink_to(shared_data / "Planetoid" / "Cora" / "raw")
    cora = Planetoid(str(tmp_path), "Cora")[0]
    graphs = PackedGraphs.from_list([Data(edge_index=cora.edge_index, num_nodes=cora.num_nodes)])
    torch.testing.assert_close(node_encoding(graphs, "chebyshev"), node_encoding(graphs, "dense"), atol=1e-6, rtol=0)


def test_the_moments_of_some_nodes_are_those_of_the_cosines_of_a_cycle() -> None:
    """diag T_j(S)_i = 1/n Σ_k cos(j arccos(cos(2πk/n))): 1 where n divides j, else 0."""
    nodes = 12
    matrix, _ = sparse_operator(cycle(nodes).edge_index, None, nodes)
    moments = column_moments(torch_matrix(matrix), torch.tensor([7, 2]), degree=24)
    expected = torch.tensor([float(order % nodes == 0) for order in range(25)]).double()
    torch.testing.assert_close(moments, expected.expand(2, -1), atol=1e-12, rtol=0)


def test_single_precision_which_larger_graphs_are_measured_in_keeps_six_digits() -> None:
    data, columns = random_graph(5000, 25_000), torch.arange(32)
    double, _ = sparse_operator(data.edge_index, None, 5000)
    single = working_precision(double)
    assert single.dtype == "float32" and working_precision(double[:4000, :4000]).dtype == "float64"
    found, expected = (column_moments(torch_matrix(matrix), columns) for matrix in (single, double))
    torch.testing.assert_close(found, expected, atol=2e-6, rtol=0)


@pytest.mark.parametrize("backend", ["dense", "chebyshev", "stochastic"])
def test_threads_do_not_change_the_numbers(backend: str) -> None:
    graphs = PackedGraphs.from_list([random_graph(size, 3 * size, seed=size) for size in (20, 300)])
    before = torch.get_num_threads()
    encodings = []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            encodings.append((node_encoding(graphs, backend), walk_diagonals(graphs, [1, 2, 5])))
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    torch.testing.assert_close(*encodings, atol=1e-6, rtol=0)


def test_the_rule_picks_by_the_largest_graph_and_can_be_overridden() -> None:
    assert [choose_backend("auto", n) for n in (512, 513, 10_000, 10_001)] == [
        "dense", "chebyshev", "chebyshev", "stochastic"
    ]  # fmt: skip
    assert choose_backend("dense", 10_000) == "dense"


def test_a_scale_too_sharp_for_the_polynomials_is_named() -> None:
    spectrum = compute_spectrum(PackedGraphs.from_list([random_graph(30, 60)]), backend="chebyshev")
    for filters, channel in (
        ({"heat": {"times": [1.0, 5000.0]}}, r"heat\(5000\)"),
        ({"walk": {"steps": [5000]}}, "walk"),
    ):
        with pytest.raises(MspeError, match=channel + r".*too sharp for spectral measures.*backend=dense"):
            EncodingSet.from_config({"filters": filters}).encode_nodes(spectrum)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_gives_the_same_numbers() -> None:
    graphs = PackedGraphs.from_list([random_graph(20 + i % 5, 60, seed=i) for i in range(50)])
    on_gpu = BANK.to("cuda").encode_nodes(compute_spectrum(graphs.to("cuda")))
    on_cpu = BANK.to("cpu").encode_nodes(compute_spectrum(graphs))
    torch.testing.assert_close(on_gpu.fields["node_encoding"].cpu(), on_cpu.fields["node_encoding"], atol=1e-5, rtol=0)
