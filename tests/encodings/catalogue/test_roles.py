"""Roles of nodes, each against networkx on every component, and in closed form."""

import logging

import networkx
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from torch_geometric.data import Data
from torch_geometric.utils import from_networkx, to_networkx

from mspe.common.errors import MspeError
from mspe.encodings import EncodingSet, Roles, shortest_paths
from mspe.encodings.catalogue.roles import UNDIRECTED
from tests.conftest import complete, cycle, graph
from tests.encodings.fixtures import random_graphs, view_of


def roles(data: Data, **options: int) -> dict[str, np.ndarray]:
    channels = Roles(**options).node(view_of(data)).numpy().T  # type: ignore[arg-type]
    values = dict(zip(UNDIRECTED, channels, strict=True))
    return {kind: x if kind in ("clustering", "betweenness") else np.expm1(x) for kind, x in values.items()}


def by_networkx(data: Data) -> dict[str, np.ndarray]:
    found = {kind: np.zeros(data.num_nodes) for kind in UNDIRECTED}
    whole = to_networkx(data, to_undirected=True, remove_self_loops=True)
    for nodes in map(sorted, networkx.connected_components(whole)):
        part = whole.subgraph(nodes)
        values = {
            "clustering": networkx.clustering(part),
            "core_number": networkx.core_number(part),
            "pagerank": networkx.pagerank(part, tol=1e-12, max_iter=1000),
            "eccentricity": networkx.eccentricity(part),
            "betweenness": networkx.betweenness_centrality(part),
        }
        for kind, value in values.items():
            found[kind][nodes] = [value[node] * (len(nodes) if kind == "pagerank" else 1) for node in nodes]
    return found


@settings(deadline=None)
@given(random_graphs())
def test_they_are_those_of_networkx(data: Data) -> None:
    expected = by_networkx(data)
    for kind, values in roles(data).items():
        np.testing.assert_allclose(values, expected[kind], atol=1e-7, err_msg=kind)


@pytest.mark.parametrize("name", ["barabasi_albert_graph", "karate", "tree"])
def test_they_are_those_of_networkx_on_larger_graphs(name: str) -> None:
    networks = {
        "barabasi_albert_graph": networkx.barabasi_albert_graph(150, 3, seed=0),
        "karate": networkx.Graph(networkx.karate_club_graph().edges),
        "tree": networkx.random_labeled_tree(80, seed=0),
    }
    data = from_networkx(networks[name])
    expected = by_networkx(data)
    for kind, values in roles(data).items():
        np.testing.assert_allclose(values, expected[kind], atol=1e-6, err_msg=kind)


def test_closed_forms() -> None:
    star = roles(graph(5, [(0, i) for i in range(1, 5)]))
    assert star["betweenness"].tolist() == pytest.approx([1, 0, 0, 0, 0])
    assert star["eccentricity"].tolist() == pytest.approx([1, 2, 2, 2, 2])
    assert star["core_number"].tolist() == pytest.approx([1] * 5)
    for data, size in ((cycle(6), 6), (complete(4), 4)):
        assert roles(data)["pagerank"].tolist() == pytest.approx([1] * size)
    assert roles(complete(4))["clustering"].tolist() == pytest.approx([1] * 4)
    assert {kind: float(value[0]) for kind, value in roles(graph(1, [])).items()} == pytest.approx(
        {"clustering": 0, "core_number": 0, "pagerank": 1, "eccentricity": 0, "betweenness": 0}
    )


def test_in_and_out_degree_follow_the_direction_and_nothing_else_is_read_twice() -> None:
    data = Data(edge_index=torch.tensor([[0, 0, 0, 1, 2], [1, 2, 2, 2, 2]]), num_nodes=4)
    with pytest.warns(UserWarning, match="symmetrised"):  # by the spectrum, which these do not read
        channels = Roles(["out_degree", "in_degree"]).node(view_of(data)).expm1()
    assert channels.T.round().tolist() == [[2, 1, 0, 0], [0, 1, 2, 0]]


def test_an_estimate_is_within_its_standard_error_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    data = from_networkx(networkx.barabasi_albert_graph(300, 2, seed=0))
    exact, estimate = roles(data), roles(data, betweenness_sources=100)
    assert "betweenness of components of more than 100 nodes is estimated: standard error up to" in caplog.text
    bound = float(caplog.text.split("up to ")[1].split(",")[0])
    assert 0 < np.abs(estimate["betweenness"] - exact["betweenness"]).max() < 3 * bound
    np.testing.assert_allclose(estimate["eccentricity"], exact["eccentricity"])


def test_parameters() -> None:
    assert EncodingSet.from_config({"roles": True}).node_channels == [f"roles({kind})" for kind in UNDIRECTED]
    assert EncodingSet.from_config({"roles": {"kinds": ["pagerank"]}}).node_channels == ["roles(pagerank)"]
    with pytest.raises(MspeError, match=r"kinds.0: got 'rank', input should be 'in_degree', 'out_degree', "):
        EncodingSet.from_config({"roles": {"kinds": ["rank"]}})


def test_eccentricity_of_a_large_graph_is_refused_before_betweenness_takes_minutes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shortest_paths, "_MOST_WORK", 10**4)
    large = view_of(graph(200, [(0, leaf) for leaf in range(1, 200)]))
    with pytest.raises(
        MspeError,
        match=r"^encodings.roles.kinds \(eccentricity\): .*that need none: clustering, core_number, pagerank$",
    ):
        Roles(betweenness_sources=2).node(large)
    assert Roles(["clustering", "core_number", "pagerank"]).node(large).shape == (200, 3)
