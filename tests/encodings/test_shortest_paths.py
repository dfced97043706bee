"""Searches from many sources at once, against networkx."""

import networkx
import numpy as np
import pytest
from scipy.sparse import csr_array

from mspe.common.errors import MspeError
from mspe.encodings import shortest_paths, structure
from mspe.encodings.shortest_paths import PathRoles, path_roles


def roles_of(network: networkx.Graph) -> PathRoles:
    adjacency = csr_array(networkx.to_scipy_sparse_array(network, dtype=float))
    return path_roles(adjacency, np.arange(len(network)), True, "here")


@pytest.mark.parametrize("columns", [1, 7, 100])
def test_blocks_of_sources_add_up_to_networkxs(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    network = networkx.connected_watts_strogatz_graph(30, 4, 0.3, seed=1)
    monkeypatch.setattr(structure, "_COLUMN_ELEMENTS", 30 * columns)
    roles = roles_of(network)
    assert roles.eccentricity.tolist() == list(networkx.eccentricity(network).values())
    expected = list(networkx.betweenness_centrality(network, normalized=False).values())
    np.testing.assert_allclose(roles.dependency / 2, expected, atol=1e-10)


def test_numbers_of_paths_beyond_any_float_do_not_overflow() -> None:
    links = [(3 * k + i, 3 * k + j) for k in range(1100) for i, j in ((0, 1), (0, 2), (1, 3), (2, 3))]
    chain = networkx.Graph(links)  # of diamonds: 2¹¹⁰⁰ shortest paths between its ends
    adjacency = csr_array(networkx.to_scipy_sparse_array(chain, nodelist=sorted(chain), dtype=float))
    column = np.full(len(chain), -1)
    column[0] = 0
    found = path_roles(adjacency, column, True, "here")
    behind = len(chain) - 1 - np.arange(len(chain))
    waists = np.arange(3, len(chain), 3)
    np.testing.assert_allclose(found.dependency[waists], behind[waists], rtol=1e-9)
    np.testing.assert_allclose(found.dependency[1::3], (behind[1::3] - 1) / 2, rtol=1e-9)


def test_long_work_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortest_paths, "_MOST_WORK", 1000)
    with pytest.raises(MspeError, match=r"^here: shortest paths of more than 2 steps from 20 of 20 nodes would ta"):
        roles_of(networkx.path_graph(20))
