"""Diameters against networkx, bins by their promises, errors by hand."""

from itertools import pairwise

import networkx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_geometric.data import Data
from torch_geometric.utils import to_networkx

from mspe.ablation.report import SizeBin
from mspe.ablation.sizes import diameters, graph_sizes, quantile_bins, sample_errors
from mspe.graphs import GraphSchema, PackedGraphs
from mspe.pipeline.evaluation import Evaluation
from mspe.tasks import MultiLabel, Regression, SingleLabel
from tests.conftest import AWKWARD, complete, cycle, graph

NAN = float("nan")


def longest_path(data: Data) -> int:
    lengths = networkx.all_pairs_shortest_path_length(to_networkx(data, to_undirected=True))
    return max(length for _, reached in lengths for length in reached.values())


def test_diameters_of_awkward_graphs_agree_with_networkx() -> None:
    graphs = list(AWKWARD.values())
    assert diameters(PackedGraphs.from_list(graphs)).tolist() == [longest_path(data) for data in graphs]


def test_diameters_of_molecules_agree_with_networkx(molecules: tuple[GraphSchema, PackedGraphs]) -> None:
    _, graphs = molecules
    assert diameters(graphs).tolist() == [longest_path(data) for data in graphs]


def test_closed_forms_and_edges_that_lead_one_way() -> None:
    one_way = graph(5, [(0, 1), (2, 1), (2, 3), (3, 4)], both_directions=False)
    sizes = graph_sizes(PackedGraphs.from_list([cycle(7), complete(4), one_way, graph(1, [])]))
    assert {name: values.tolist() for name, values in sizes.items()} == {
        "nodes": [7, 4, 5, 1],
        "diameter": [3, 1, 4, 0],
    }


@given(st.lists(st.integers(0, 40), min_size=1, max_size=60), st.integers(1, 6))
def test_every_value_lies_in_one_bin_and_no_bin_is_empty(values: list[int], most: int) -> None:
    bins = quantile_bins(torch.tensor(values), most)
    assert 1 <= len(bins) <= most
    assert (bins[0].first, bins[-1].last) == (min(values), max(values))
    assert all(after.first == before.last + 1 for before, after in pairwise(bins))
    counts = [sum(one.first <= value <= one.last for value in values) for one in bins]
    assert [one.graphs for one in bins] == counts
    assert min(counts) > 0 and sum(counts) == len(values)


def test_bins_of_distinct_values_are_equally_full() -> None:
    assert [one.graphs for one in quantile_bins(torch.arange(100))] == [20] * 5
    assert quantile_bins(torch.full((9,), 3)) == [SizeBin(3, 3, 9)]


def test_errors_of_a_regression_leave_out_missing_targets() -> None:
    target = torch.tensor([[1.0, 2.0], [NAN, 4.0], [NAN, NAN]])
    prediction = torch.tensor([[1.5, 0.0], [9.0, 5.0], [1.0, 1.0]])
    table = Evaluation({}, prediction, target, Regression()).table()
    errors = sample_errors(table, Regression())
    assert errors.tolist() == pytest.approx([1.25, 1.0, NAN], nan_ok=True)


def test_errors_of_one_class_of_several_are_its_mistakes() -> None:
    logits = torch.tensor([[0.0, 1.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 3.0]])
    table = Evaluation({}, logits, torch.tensor([1, 2, 2]), SingleLabel()).table()
    assert sample_errors(table, SingleLabel()).tolist() == [0.0, 1.0, 0.0]


def test_errors_of_several_labels_are_the_share_that_is_wrong() -> None:
    logits = torch.tensor([[2.0, -1.0, 0.5], [-1.0, -1.0, 9.0]])
    target = torch.tensor([[1.0, 1.0, 1.0], [NAN, 1.0, 1.0]])
    table = Evaluation({}, logits, target, MultiLabel()).table()
    errors = sample_errors(table, MultiLabel())
    assert errors.tolist() == pytest.approx([1 / 3, 1 / 2])
