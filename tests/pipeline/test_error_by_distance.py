"""The samples' errors meet their distances and their graphs."""

import pytest
import torch
from torch_geometric.data import Data

from mspe.graphs import PackedGraphs
from mspe.graphs.packing import ANSWER_DISTANCE
from mspe.pipeline.error_by_distance import errors_by_distance
from mspe.pipeline.evaluation import Evaluation
from mspe.tasks import Regression, SingleLabel
from tests.conftest import cycle


def evaluated(graphs: list[Data], prediction: torch.Tensor, task: Regression | SingleLabel) -> Evaluation:
    return Evaluation({}, prediction, torch.cat([graph.y for graph in graphs]), task)


def test_of_whole_graphs_diameter_and_size_are_told() -> None:
    graphs = [cycle(size).update({"y": torch.tensor([[float(size)]])}) for size in (4, 4, 12, 12)]
    prediction = torch.tensor([[5.0], [4.0], [12.0], [18.0]])
    curves = errors_by_distance(evaluated(graphs, prediction, Regression()), PackedGraphs.from_list(graphs), "graph")
    assert [(curve.by, curve.error) for curve in curves] == [("diameter", "absolute error"), ("size", "absolute error")]
    assert [(bucket.first, bucket.samples, bucket.error) for bucket in curves[1].buckets] == [(4, 2, 0.5), (5, 2, 3.0)]
    assert [bucket.first for bucket in curves[0].buckets] == [2, 3] and curves[0].drop == 2.5


def test_of_nodes_the_datasets_own_distance_is_taken_and_unlabelled_ones_are_left_out() -> None:
    graphs = []
    for _ in range(3):
        target = torch.tensor([[0.0], [1.0], [1.0], [float("nan")], [0.0]])
        graphs.append(cycle(5).update({"y": target, ANSWER_DISTANCE: torch.tensor([[0], [1], [2], [2], [1]])}))
    packed = PackedGraphs.from_list(graphs)
    packed.levels[ANSWER_DISTANCE] = "node"
    logits = torch.tensor([[2.0, 0.0]] * 15)  # always class 0
    (curve,) = errors_by_distance(evaluated(graphs, logits, SingleLabel("node")), packed, "node")
    assert curve.by == "distance" and curve.error == "share of wrong answers"
    assert [(bucket.first, bucket.samples, bucket.error) for bucket in curve.buckets] == [
        (0, 3, 0.0), (1, 6, 0.5), (2, 3, 1.0)
    ]  # fmt: skip
    assert [bucket.half_width for bucket in curve.buckets] == pytest.approx([0, 0, 0])  # all graphs alike
