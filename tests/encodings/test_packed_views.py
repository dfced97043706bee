"""Views of packed graphs have what each graph has alone, and say what is missing."""

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.encodings import compute_spectrum
from mspe.encodings.packed_views import view_edges, view_group, view_measures
from mspe.graphs import PackedGraphs
from tests.conftest import cycle, graph

GRAPHS = PackedGraphs.from_list([cycle(5), graph(3, [(0, 1)]), cycle(3), graph(5, [(0, 1), (1, 2), (3, 4)])])


def test_a_group_has_the_spectra_of_its_graphs_and_their_edges_renumbered() -> None:
    spectrum = compute_spectrum(GRAPHS, operators=("normalized", "adjacency"))
    view = view_group(spectrum, 5, torch.tensor([0, 3]), lambda: GRAPHS)
    for place, number in enumerate((0, 3)):
        alone = compute_spectrum(GRAPHS[[number]], operators=("normalized", "adjacency"))
        assert torch.equal(view.spectrum.eigenvalues[place], alone.fields["eigenvalues"].flatten())
        assert torch.equal(view.eigen("adjacency").eigenvalues[place], alone.fields["adjacency_eigenvalues"].flatten())
    edges, weight = view.edge_index, view.edge_weight
    expected = torch.cat([GRAPHS[0].edge_index, GRAPHS[3].edge_index + 5], dim=1)
    assert sorted(edges.T.tolist()) == sorted(expected.T.tolist()) and weight is None


def test_edges_without_graphs_are_asked_for() -> None:
    view = view_group(compute_spectrum(GRAPHS), 3, torch.tensor([1]), None)
    with pytest.raises(MspeError, match="computed from edges, which were not given; give encode_nodes the graphs"):
        _ = view.edge_index


@pytest.mark.parametrize("name", ["edges", "measures"])
def test_without_eigenvectors_the_remedy_is_named(name: str) -> None:
    measures = compute_spectrum(GRAPHS, backend="chebyshev")
    view = view_measures(measures, None) if name == "measures" else view_edges(measures, torch.tensor([0]), None)
    with pytest.raises(MspeError, match=r"eigenvectors.*set encodings.backend=dense.*or take filters"):
        _ = view.spectrum
