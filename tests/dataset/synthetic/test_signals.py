"""Degrees and sources of a diffusion, against NetworkX and powers of the walk's matrix."""

import networkx as nx
import numpy as np
import pytest

from mspe.dataset.synthetic.generators import GENERATORS
from mspe.dataset.synthetic.graph import SyntheticGraph
from mspe.dataset.synthetic.signals import spread
from tests.dataset.synthetic.fixtures import as_networkx, drawn_of


@pytest.mark.parametrize("generator", GENERATORS)
def test_degrees_are_networkxs(generator: str) -> None:
    for drawn in drawn_of(2, task="degree", generator=generator, size=[34, 40]):
        assert drawn.answers.tolist() == [degree for _, degree in as_networkx(drawn.graph).degree]


def test_mass_spreads_as_the_lazy_random_walk_does() -> None:
    for drawn in drawn_of(task="diffusion_source", size=12, distance=5):
        adjacency = nx.to_numpy_array(as_networkx(drawn.graph), nodelist=range(12))
        walk = (np.eye(12) + adjacency / adjacency.sum(axis=1, keepdims=True)) / 2
        source = int(np.flatnonzero(drawn.answers)[0])
        expected = np.linalg.matrix_power(walk, 5)
        assert drawn.answers.sum() == 1 and drawn.features is not None
        assert drawn.features[:, 0] == pytest.approx(expected[source])
        others = np.delete(expected, source, axis=0)
        assert np.abs(others - expected[source]).max(axis=1).min() > 1e-6  # no other source gives the same


def test_a_star_tells_its_sources_apart() -> None:
    star = SyntheticGraph(4, np.array([[0, 0, 0], [1, 2, 3]]))
    assert len({tuple(spread(star, source, steps=3).tolist()) for source in range(4)}) == 4
