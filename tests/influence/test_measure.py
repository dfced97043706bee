"""Ranges of linear models equal their closed forms, and no graph breaks them."""

from collections.abc import Callable
from math import comb

import networkx as nx
import numpy as np
import pytest
import torch

from mspe.common.errors import MspeError
from mspe.graphs import PackedGraphs
from mspe.influence import measure_range
from tests.conftest import AWKWARD, cycle, graph
from tests.influence.fixtures import AWKWARD_GRAPHS, CYCLES, LinearModel, all_pairs, hops, measured, packed, transformer
from tests.models.fixtures import build


def binomial_range(steps: int) -> float:
    """Mean distance of a walk of so many steps on a line: E |2 B − k|, B binomial."""
    return sum(comb(steps, ups) * abs(2 * ups - steps) for ups in range(steps + 1)) / 2**steps


@pytest.mark.parametrize("width", [1, 3])
def test_one_hop_has_range_one(width: int) -> None:
    found = measured(LinearModel(hops(1), width=width), CYCLES).influence.output
    assert found.range.mean == pytest.approx(1, abs=1e-6) and found.range.error == 0
    assert found.shares == pytest.approx([0, 1, *[0] * 9], abs=1e-9) and found.beyond(1) == 0
    assert found.quantiles == pytest.approx([1] * 5, abs=1e-6) and found.nodes == 40


@pytest.mark.parametrize("steps", [2, 3])
def test_walks_of_k_steps_have_the_range_of_a_walk_on_a_line(steps: int) -> None:
    found = measured(LinearModel(hops(steps)), CYCLES).influence.output  # the cycles are longer than 2 k
    assert found.range.mean == pytest.approx(binomial_range(steps), abs=1e-6)


def test_all_pairs_have_the_mean_distance() -> None:
    report = measured(LinearModel(all_pairs, width=2), CYCLES)
    assert report.influence.output.range.mean == pytest.approx(np.mean([12, 8, 20]) / 4, abs=1e-6)
    assert report.alike.mean == pytest.approx(np.mean([12, 8, 20]) / 4, abs=1e-12)


def test_not_normalised_it_is_in_the_outputs_units() -> None:
    model = LinearModel(all_pairs)
    slope = model.head.weight.abs().item()
    found = measured(model, packed(cycle(12))).influence.output
    assert found.range_sum.mean == pytest.approx(slope * 12 * 12 / 4, rel=1e-6)
    assert found.per_node == pytest.approx([slope] * 7, rel=1e-6)


def test_resistance_of_a_cycle_is_its_closed_form() -> None:
    """R at d hops on a cycle of n is d (n − d) / n."""
    found = measured(LinearModel(all_pairs), packed(cycle(12))).influence.output
    expected = np.mean([d * (12 - d) / 12 for d in range(12)])
    assert found.resistance_range is not None and found.resistance_range.mean == pytest.approx(expected, abs=1e-6)
    assert sum(found.resistance_shares) == pytest.approx(1)


def test_any_graph_agrees_with_networkx() -> None:
    network = nx.gnp_random_graph(30, 0.12, seed=3)
    network = network.subgraph(max(nx.connected_components(network), key=len))
    network = nx.convert_node_labels_to_integers(network)
    weights = np.linalg.matrix_power(nx.to_numpy_array(network), 3)
    distances = np.array([[nx.shortest_path_length(network, u, v) for v in network] for u in network])
    found = measured(LinearModel(hops(3), width=2), packed(graph(len(network), list(network.edges))))
    expected = ((weights * distances).sum(axis=1) / weights.sum(axis=1)).mean()
    assert found.influence.output.range.mean == pytest.approx(expected, abs=1e-6)


def test_ways_are_told_apart() -> None:
    found = measured(LinearModel(hops(1), all_pairs), packed(cycle(12))).influence
    assert found.paths["0"].range.mean == pytest.approx(1, abs=1e-6)
    assert found.paths["1"].range.mean == pytest.approx(3, abs=1e-6)
    assert found.layers["layer 1"].range.mean == pytest.approx(1, abs=1e-6)
    assert found.output.range.mean == pytest.approx((2 + 36) / 14, abs=1e-6)  # Σ I d = 2 · 1 + 12 · 3, Σ I = 14


def test_other_components_count_apart() -> None:
    two = packed(graph(5, [(0, 1), (1, 2), (3, 4)]))
    found = measured(LinearModel(all_pairs), two).influence.output
    assert found.elsewhere.mean == pytest.approx((3 * 2 / 5 + 2 * 3 / 5) / 5)
    assert found.range.mean == pytest.approx((1 + 2 / 3 + 1 + 1 / 2 + 1 / 2) / 5)


def test_a_node_that_nothing_influences_is_counted_and_left_out() -> None:
    found = measured(LinearModel(hops(1)), packed(graph(4, [(0, 1), (1, 2)]))).influence.output
    assert (found.nodes, found.silent) == (4, 1) and found.range.mean == pytest.approx(1)
    report = measured(LinearModel(hops(1)), packed(graph(2, [])))
    assert report.influence.output.range.mean is None and "No node's features" in report.answer


@pytest.mark.parametrize("operator", [hops(1), hops(2), all_pairs])
def test_awkward_graphs_give_numbers(operator: Callable) -> None:
    report = measured(LinearModel(operator), AWKWARD_GRAPHS)
    for row in report.table():
        assert all(np.isfinite(value) for value in row.values() if isinstance(value, float))
    assert report.influence.output.range.mean is not None and "nan" not in str(report.to_json()).lower()


def assert_numbers(graphs: PackedGraphs, **options: object) -> None:
    report = measure_range(transformer(**options), graphs, "graph", most_nodes=2, probes=2)
    assert "nan" not in str(report.to_json()).lower() and 0 <= (report.influence.output.range.mean or 0) <= 5


@pytest.mark.parametrize("name", AWKWARD)
def test_the_librarys_model_gives_numbers_on_each_awkward_graph(name: str) -> None:
    assert_numbers(PackedGraphs.from_list([AWKWARD[name]]))


@pytest.mark.parametrize("names", [list(AWKWARD), ["single node"], ["no edges"]], ids=["all", "one node", "no edges"])
@pytest.mark.parametrize(
    "options", [{"attention": "linear"}, {"update_encodings": True}, {"name": "gine"}, {"name": "gcn"}], ids=str
)
def test_its_other_models_give_numbers_on_awkward_graphs(names: list[str], options: dict) -> None:
    """Together, and alone those in which nothing is near."""
    assert_numbers(PackedGraphs.from_list([AWKWARD[name] for name in names]), **options)


def test_message_passing_hears_no_farther_than_its_layers(molecules: tuple) -> None:
    report = measure_range(build(molecules[0]).eval(), molecules[1], "graph", most_graphs=8, probes=2)
    passing, attention = (report.influence.paths[name] for name in ("message passing", "attention"))
    assert passing.beyond(2) == 0 and passing.beyond(1) > 0 and attention.beyond(2) > 0
    assert list(report.influence.channels) == list(build(molecules[0]).bank.node_channels)
    assert report.influence.output == report.influence.layers["layer 2"]


def test_known_targets_say_which_nodes_are_asked_about() -> None:
    graphs = packed(cycle(6), cycle(6))
    target = torch.full((12, 1), torch.nan)
    target[[2, 7]] = 1.0
    report = measured(LinearModel(hops(1)), graphs.with_fields({"y": target}, {"y": "node"}))
    assert report.about.nodes == 2 and report.influence.example.node in (1, 2)
    none = graphs.with_fields({"y": torch.full((12, 1), torch.nan)}, {"y": "node"})
    with pytest.raises(MspeError, match="graphs: none has a node to ask about"):
        measured(LinearModel(hops(1)), none)


@pytest.mark.parametrize("option", [{"most_nodes": 0}, {"most_graphs": -1}, {"probes": True}, {"seed": -1}], ids=str)
def test_numbers_too_small_are_refused(option: dict) -> None:
    with pytest.raises(MspeError, match=f"{next(iter(option))}: got .*, allowed: an integer of at least"):
        measured(LinearModel(hops(1)), CYCLES, **option)


def test_another_module_is_asked_for_its_parts() -> None:
    with pytest.raises(MspeError, match="sites: got a LinearModel, allowed: a model of get_model"):
        measure_range(LinearModel(hops(1)), CYCLES, "node")


def test_the_model_is_left_as_it_was(molecules: tuple) -> None:
    model = build(molecules[0], dropout=0.3).train()
    measure_range(model, molecules[1][:2], "graph", most_nodes=1, probes=1)
    assert model.training and not any(module._forward_hooks for module in model.modules())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_a_model_that_scores_pairs_is_measured_on_its_states() -> None:
    pairs = torch.tensor([[0, 3], [1, 2], [0, 4]])
    graphs = packed(cycle(6), cycle(8)).without_fields(["x"])
    fields = {"edge_label_index": pairs}
    asked = PackedGraphs(
        graphs.num_nodes,
        graphs.num_edges,
        graphs.edge_index,
        fields,
        {"edge_label_index": "link"},
        torch.tensor([2, 1]),
    )
    report = measure_range(transformer(target_level="edge"), asked, "edge", probes=2)
    assert report.about.measured == "last layer" and report.influence.output.range.mean is not None


def test_of_a_large_graph_neither_resistances_nor_removed_edges_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("mspe.influence.sample", "mspe.influence.measure"):
        monkeypatch.setattr(f"{module}.MOST_NODES", 7)
    report = measured(LinearModel(hops(1)), packed(cycle(8)))
    assert report.removal is None and report.influence.output.resistance_range is None
    assert measured(LinearModel(hops(1)), packed(cycle(7))).removal is not None
