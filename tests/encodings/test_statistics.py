"""What scales are read off."""

import numpy as np
import pytest

from mspe.common.errors import MspeError
from mspe.encodings import GraphStatistics, compute_spectrum
from mspe.graphs import PackedGraphs
from tests.conftest import cycle, graph


def test_the_range_is_the_median_over_graphs_that_have_one() -> None:
    graphs = PackedGraphs.from_list([cycle(4), cycle(6), cycle(8), graph(1, []), graph(3, [])])
    spectra = [compute_spectrum(graphs[:2]), compute_spectrum(graphs[2:])]
    statistics = GraphStatistics.of(spectra, max_nodes=8)
    assert statistics.largest_eigenvalue == pytest.approx(2.0)
    assert statistics.spectral_gap == pytest.approx(1 - np.cos(2 * np.pi / 6), abs=1e-6)
    assert GraphStatistics.of([compute_spectrum(graphs[3:])], max_nodes=3) == GraphStatistics(3, 1.0, 1.0)


def test_graphs_that_were_not_given_are_missed_by_what_asks_for_them() -> None:
    graphs = PackedGraphs.from_list([cycle(4)])
    spectra = [compute_spectrum(graphs)]
    assert list(GraphStatistics.of(spectra, 4, lambda: [graphs]).graphs()) == [graphs]
    with pytest.raises(MspeError, match=r"read.* off the training graphs, which were not given"):
        GraphStatistics.of(spectra, 4).graphs()
