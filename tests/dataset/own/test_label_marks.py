"""Labels −1 and −100 that stand for none."""

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.dataset.own.label_marks import hide_marks, say_marks
from mspe.graphs import TaskType


def hidden(targets: list[Tensor | None], task: TaskType | None = None) -> list[Tensor | None]:
    """The targets of graphs after the marks are gone."""
    graphs = [Data(num_nodes=1, y=y) for y in targets]
    hide_marks(graphs, task, "folder")
    return [graph.y for graph in graphs]


@pytest.mark.parametrize("mark", [-1, -100])
def test_a_mark_among_classes_becomes_unknown_and_is_said(mark: int, caplog: pytest.LogCaptureFixture) -> None:
    first, second, third, none = hidden([torch.tensor([0]), torch.tensor([1]), torch.tensor([mark]), None])
    assert torch.equal(torch.cat([first, second]), torch.tensor([0.0, 1.0]).double())  # type: ignore[list-item]
    assert third is not None and bool(third.isnan().all()) and none is None
    assert caplog.messages == [f"folder: y: {mark} stands for no label, since all others count from 0"]


@pytest.mark.parametrize(
    ("values", "task"),
    [
        ([0, 1, -1], "regression"),  # a number
        ([-1, 1], None),  # one of two classes
        ([0, 2, -1], None),  # others do not count from 0
        ([0, 1, -2], None),  # no usual mark
        ([0, 1, 2], "classification"),
    ],
)
def test_other_targets_stay_as_they_are(
    values: list[int], task: TaskType | None, caplog: pytest.LogCaptureFixture
) -> None:
    targets = [torch.tensor([value]) for value in values]
    assert hidden([*targets], task) == targets and not caplog.messages


def test_a_mark_is_one_for_all_graphs_of_node_labels() -> None:
    labels = hidden([torch.tensor([0, 1, 2]), torch.tensor([2, -1, 0])], "classification")
    assert [y.isnan().tolist() for y in labels if y is not None] == [[False] * 3, [False, True, False]]


@pytest.mark.parametrize(
    ("marks", "messages"),
    [((), []), ((-1.0, -100.0), ["y: -1 or -100 stands for no label, since all others count from 0"])],
)
def test_marks_are_named_together(
    marks: tuple[float, ...], messages: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    say_marks(marks, "y")
    assert caplog.messages == messages
