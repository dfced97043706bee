"""What an encoding may read of graphs: what it declares, and each source once."""

from collections import Counter
from collections.abc import Mapping

import pytest
import torch
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.encodings import GraphView, Spectrum
from mspe.encodings.graph_view import Need
from mspe.graphs import DenseLayout, PackedGraphs
from tests.conftest import cycle, graph
from tests.encodings.fixtures import view_of, view_of_batch

GRAPHS = [cycle(3), graph(1, []), graph(4, [(0, 1), (1, 2), (2, 2)])]
READS: dict[str, Need] = {
    "spectrum": "spectrum",
    "sqrt_degree": "spectrum",
    "spectral_weights": "spectrum",
    "spectral_weights_error": "spectrum",
    "edge_index": "edges",
    "edge_weight": "edges",
    "adjacency": "edges",
}


def counted() -> tuple[GraphView, Counter[str]]:
    """A view, and how often each of its sources was read."""
    whole, reads = view_of(*GRAPHS), Counter[str]()

    def fields() -> Mapping[str, Tensor]:
        reads["fields"] += 1
        return {"sqrt_degree": whole.sqrt_degree}

    def spectrum() -> Spectrum:
        reads["spectrum"] += 1
        return whole.spectrum

    def edges() -> tuple[Tensor, Tensor | None]:
        reads["edges"] += 1
        return whole.edge_index, None

    return GraphView(whole.layout, fields, spectrum, edges), reads


def test_nothing_is_read_before_it_is_asked_for_and_everything_once() -> None:
    view, reads = counted()
    limited = [view.limited_to(frozenset({"spectrum", "edges"}), name) for name in ("heat", "walk")]
    assert not reads
    for one in (view, *limited, view):
        for name in READS:
            getattr(one, name)
    assert reads == {"fields": 1, "spectrum": 1, "edges": 1}


@pytest.mark.parametrize(("attribute", "need"), READS.items())
def test_what_is_not_declared_is_refused_by_name_and_is_not_read(attribute: str, need: Need) -> None:
    view, reads = counted()
    others = frozenset({"spectrum", "edges"} - {need})
    for needs in (others, frozenset()):
        with pytest.raises(MspeError) as raised:
            getattr(view.limited_to(needs, "mine"), attribute)
        assert str(raised.value) == (
            f"encoding mine: reads the {need} of graphs, which its class does not declare; add '{need}' to `needs`"
        )
    assert not reads
    getattr(view.limited_to(frozenset({need}), "mine"), attribute)


@pytest.mark.parametrize(("attribute", "need"), READS.items())
def test_it_is_refused_after_another_reader_has_read_it(attribute: str, need: Need) -> None:
    view, _ = counted()
    getattr(view, attribute)
    with pytest.raises(MspeError, match=f"encoding mine: reads the {need} of graphs"):
        getattr(view.limited_to(frozenset(), "mine"), attribute)


def test_the_adjacency_is_that_of_each_graph_and_zero_on_padding() -> None:
    adjacency = view_of(*GRAPHS).adjacency
    assert adjacency[0, :3, :3].tolist() == (1 - torch.eye(3)).tolist()
    assert adjacency[2].tolist() == [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    assert adjacency[1].sum() == adjacency[0, 3:].sum() == adjacency[0, :, 3:].sum() == 0


def test_the_edges_of_a_block_are_numbered_from_its_first_node() -> None:
    batch = PackedGraphs.from_list(GRAPHS).collate(range(3))
    layout = DenseLayout.from_sizes([1, 4], first_node=3, first_pair=9)
    edges = batch.edge_index[:, batch.edge_index[1] >= 3] - 3
    view = GraphView(layout, dict, lambda: view_of(*GRAPHS).spectrum, lambda: (edges, None))
    assert torch.equal(view.adjacency, view_of(*GRAPHS[1:]).adjacency)


def test_a_plain_node_has_no_spectral_measure() -> None:
    view = view_of(*GRAPHS)
    assert (view.spectral_weights, view.spectral_weights_error, view.edge_weight) == (None, None, None)


def test_the_spectrum_of_an_operator_that_is_not_declared_is_refused() -> None:
    view = view_of(*GRAPHS)
    limited = view.limited_to(frozenset({"spectrum"}), "mine", frozenset({"adjacency"}))
    assert limited.eigen("adjacency").eigenvectors.shape == (3, 4, 4)
    for read in (lambda: limited.eigen("combinatorial"), lambda: limited.spectrum, lambda: limited.sqrt_degree):
        with pytest.raises(MspeError, match=r"encoding mine: reads the spectrum of the operator .*operators_of"):
            read()
    with pytest.raises(MspeError, match="encoding mine: reads the spectrum of graphs"):
        view.limited_to(frozenset({"edges"}), "mine", frozenset({"adjacency"})).eigen("adjacency")
    assert view.eigen("normalized") is view.spectrum


def test_connected_are_the_nodes_of_one_component_whatever_the_direction_and_without_edges_of_weight_0() -> None:
    one_way = graph(6, [(0, 1), (2, 1), (3, 4)], both_directions=False)
    one_way.edge_weight = torch.tensor([1.0, 0.0, 2.0])
    lone = graph(2, [])
    lone.edge_weight = torch.ones(0)
    connected = view_of_batch(PackedGraphs.from_list([one_way, lone]).collate([0, 1])).connected
    parts = [{0, 1}, {2}, {3, 4}, {5}]
    assert connected[0].tolist() == [[any({i, j} <= part for part in parts) for j in range(6)] for i in range(6)]
    assert connected[1].nonzero().tolist() == [[0, 0], [1, 1]]
    path = graph(40, [(i, i + 1) for i in range(39)])
    assert view_of(path).connected.all()
