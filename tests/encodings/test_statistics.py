"""What scales are read off."""

import numpy as np
import pytest

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
