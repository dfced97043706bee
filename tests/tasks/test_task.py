"""What all tasks share."""

import pytest
import torch

from mspe.tasks import TASKS, Regression, SingleLabel
from mspe.tasks.targets import Targets
from mspe.tasks.task import Task, one_column_per_output, one_row_per_output
from tests.tasks.fixtures import packed


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.name)
def test_every_task_implements_the_interface(task: type[Task]) -> None:
    made = task()
    assert made == task() and hash(made) == hash(task())  # a value: compared by what it holds
    assert task.describes(next(iter(task.losses))) or task.type == "classification"
    assert all(isinstance(minimized, bool) for minimized in task.metrics.values())
    assert made.scorer() is not None and set(made.target_fields) <= {"y"}


def test_the_fields_of_targets_follow_the_level() -> None:
    assert [Regression(level).target_fields for level in ("graph", "node")] == [{"y": "graph"}, {"y": "node"}]


def test_targets_are_read_as_single_precision_with_their_names() -> None:
    task, values, names = Regression.read(Targets.of_cells([["1"], [""]], ["solubility"]), "table.csv", "node")
    assert task.level == "node" and values.dtype == torch.float32 and names == ("solubility",)
    assert values[0] == 1 and values[1].isnan()


@pytest.mark.parametrize(
    ("column", "problem"),
    [
        ([1.0, 2.0, torch.nan], None),
        ([torch.nan] * 3, "no known value"),
        ([2.5, 2.5, 2.5], "2.5 everywhere"),
        ([2.5, torch.nan, 2.5], "2.5 everywhere"),
    ],
)
@pytest.mark.parametrize("classes", [(), ("first", "second")])
def test_a_target_that_tells_nothing_is_named(
    column: list[float], problem: str | None, classes: tuple[str, ...]
) -> None:
    train = packed(torch.tensor([[0.0, 1.0, 2.0], column]).T)
    expected = [] if problem is None else [f"target {repr('second') if classes else 1} has {problem}"]
    assert Regression().check_targets(train, classes) == expected
    accepted = Regression().check_targets(train, classes, one_value=True)
    assert accepted == [text for text in expected if "no known" in text]


def test_shares_are_of_all_samples_where_each_has_one_class() -> None:
    splits = {"train": packed(torch.tensor([[0], [1], [1]])), "test": packed(torch.tensor([[2]]))}
    assert SingleLabel().class_counts(splits, 3) == {"train": (1, 2, 0), "test": (0, 0, 1)}
    assert SingleLabel().label_counts(splits, 3) == {"train": (3, 3, 3), "test": (1, 1, 1)}
    assert Regression().label_counts(splits, 3) == {}


def test_several_outputs_are_a_row_each_or_a_column_each() -> None:
    values = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert one_row_per_output(values, values + 1) == {
        "index": [0, 0, 1, 1],
        "output": [0, 1, 0, 1],
        "target": [1.0, 2.0, 3.0, 4.0],
        "prediction": [2.0, 3.0, 4.0, 5.0],
    }
    assert one_column_per_output(values, ["a", "b"]) == {"prediction_a": [1.0, 3.0], "prediction_b": [2.0, 4.0]}


def test_one_output_needs_no_name() -> None:
    values = torch.tensor([[1.0], [3.0]])
    rows = one_row_per_output(values.flatten(), values)
    assert rows == {"index": [0, 1], "target": [1.0, 3.0], "prediction": [1.0, 3.0]}
    assert one_column_per_output(values, ["solubility"]) == {"prediction": [1.0, 3.0]}
