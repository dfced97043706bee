"""Values of samples by hand, buckets by their promises, errors by hand."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.graphs import PackedGraphs
from mspe.pipeline import buckets
from mspe.pipeline.buckets import (
    NONE,
    Bucket,
    check_axis,
    default_axes,
    quantile_buckets,
    sample_errors,
    sample_rows,
    sample_values,
)
from mspe.pipeline.evaluation import Evaluation
from mspe.tasks import MultiLabel, Regression, SingleLabel
from tests.conftest import cycle, graph

NAN = float("nan")


def packed(**fields: torch.Tensor) -> PackedGraphs:
    """A path of four nodes, a cycle of five, and two nodes apart."""
    graphs = PackedGraphs.from_list([graph(4, [(0, 1), (1, 2), (2, 3)]), cycle(5), graph(2, [])])
    return graphs.with_fields(fields, dict.fromkeys(fields, "node"))


def test_samples_have_the_size_and_diameter_of_their_graph() -> None:
    assert sample_values("size", packed(), "graph").tolist() == [4, 5, 2]
    assert sample_values("size", packed(), "node").tolist() == [4] * 4 + [5] * 5 + [2] * 2
    assert sample_values("diameter", packed(), "node").tolist() == [3] * 4 + [2] * 5 + [0] * 2


def test_a_node_is_as_far_as_the_dataset_says_and_else_as_its_eccentricity() -> None:
    assert sample_values("distance", packed(), "node").tolist() == [3, 2, 2, 3] + [2] * 5 + [0] * 2
    given_ = torch.arange(11)
    assert sample_values("distance", packed(answer_distance=given_), "node").tolist() == given_.tolist()
    asked = torch.full((11, 1), NAN)
    asked[6] = 1.0
    values = sample_values("distance", packed(answer_distance=given_, y=asked), "node")
    assert values.tolist() == [NONE] * 6 + [6] + [NONE] * 4


def test_a_pair_is_as_far_as_its_shortest_path_without_the_hidden_edge() -> None:
    ring = Data(
        edge_index=graph(6, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]).edge_index,  # the edge 5–0 is hidden
        num_nodes=7,
        edge_label_index=torch.tensor([[5, 0, 0], [0, 2, 6]]),
        edge_label=torch.tensor([1.0, 0.0, 0.0]),
    )
    assert sample_values("distance", PackedGraphs.from_list([ring]), "edge").tolist() == [5, 2, NONE]
    assert sample_values("size", PackedGraphs.from_list([ring]), "edge").tolist() == [7, 7, 7]


def test_whole_graphs_have_no_distance_and_large_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MspeError, match=r"by: got 'distance', allowed where one target .* diameter, size, none; or"):
        sample_values("distance", packed(), "graph")
    assert default_axes(packed(), "graph") == ("diameter", "size")
    assert default_axes(packed(), "node") == ("distance",)
    monkeypatch.setattr(buckets, "_MOST_WORK", 10)
    assert default_axes(packed(), "graph") == ("size",) and default_axes(packed(), "node") == ()
    with pytest.raises(MspeError, match=r"by: got .distance., which would take long on a graph of 5 nodes and"):
        check_axis("distance", packed(), "node")


def test_rows_of_chosen_graphs_stand_in_their_order() -> None:
    chosen = torch.tensor([2, 0])
    assert sample_rows(packed(), "node", chosen).tolist() == [9, 10, 0, 1, 2, 3]
    assert sample_rows(packed(), "graph", chosen).tolist() == [2, 0]


@given(st.lists(st.integers(-1, 40), min_size=1, max_size=60), st.integers(1, 6))
def test_every_value_lies_in_one_bin_and_no_bin_is_empty(values: list[int], most: int) -> None:
    bins = quantile_buckets(torch.tensor(values), most)
    values = [value for value in values if value != NONE]
    if not values:
        assert bins == []
        return
    assert 1 <= len(bins) <= most
    assert (bins[0].first, bins[-1].last) == (min(values), max(values))
    assert all(after.first == before.last + 1 for before, after in pairwise(bins))
    counts = [sum(one.first <= value <= one.last for value in values) for one in bins]
    assert [one.samples for one in bins] == counts
    assert min(counts) > 0 and sum(counts) == len(values)


def test_bins_of_distinct_values_are_equally_full() -> None:
    assert [one.samples for one in quantile_buckets(torch.arange(100))] == [20] * 5
    assert quantile_buckets(torch.full((9,), 3)) == [Bucket(3, 3, 9)]


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
