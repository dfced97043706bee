"""The task of targets, by their values and by what was asked for."""

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.tasks import MultiLabel, Regression, SingleLabel
from mspe.tasks.inference import infer_task
from mspe.tasks.targets import Targets

WORDS = [["low"], ["high"], [""]]
ZEROS_AND_ONES = [["0"], ["1"], ["1"]]
REALS = [["0.5"], ["-2"], [""]]
PAIRS_OF_LABELS = [["0", "1"], ["1", ""]]
PAIRS_OF_REALS = [["0.5", "1"], ["", "2"]]


def targets(cells: list[list[str]]) -> Targets:
    return Targets.of_cells(cells, [f"column {i}" for i in range(len(cells[0]))])


@pytest.mark.parametrize(
    ("cells", "task"),
    [
        (WORDS[:2], SingleLabel),
        (ZEROS_AND_ONES, SingleLabel),
        (REALS, Regression),
        (PAIRS_OF_LABELS, MultiLabel),
        (PAIRS_OF_REALS, Regression),
    ],
)
def test_values_tell_the_task(cells: list[list[str]], task: type) -> None:
    found, values, _ = infer_task(targets(cells), None, "table.csv", "graph")
    assert type(found) is task and values.shape == (len(cells), len(cells[0]))


@pytest.mark.parametrize(
    ("asked", "cells", "task"),
    [
        ("regression", ZEROS_AND_ONES, Regression),
        ("classification", [["3"], ["5"], ["3"]], SingleLabel),
        ("classification", PAIRS_OF_LABELS, MultiLabel),
        ("regression", PAIRS_OF_LABELS, Regression),
    ],
)
def test_what_is_asked_for_wins(asked: str, cells: list[list[str]], task: type) -> None:
    assert type(infer_task(targets(cells), asked, "table.csv", "graph")[0]) is task  # type: ignore[arg-type]


@pytest.mark.parametrize("level", ["graph", "node"])
def test_the_level_is_the_one_given(level: str) -> None:
    assert infer_task(targets(REALS), None, "table.csv", level)[0].level == level  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "task"),
    [
        (torch.tensor([[7], [3], [7]]), SingleLabel),
        (torch.tensor([[7.0], [3.0], [7.0]]), Regression),
        (torch.tensor([[0.0, 1.0], [torch.nan, 1.0]]), MultiLabel),
    ],
)
def test_of_saved_graphs_the_type_of_number_decides(values: torch.Tensor, task: type) -> None:
    assert type(infer_task(Targets.of_tensor(values), None, "graphs", "graph")[0]) is task


@pytest.mark.parametrize(
    ("asked", "cells"), [("regression", WORDS), ("classification", PAIRS_OF_REALS), ("edge_prediction", REALS)]
)
def test_a_task_that_the_values_do_not_fit_is_refused_in_one_line(asked: str, cells: list[list[str]]) -> None:
    with pytest.raises(MspeError, match=r"^table\.csv: [^\n]+$"):
        infer_task(targets(cells), asked, "table.csv", "graph")  # type: ignore[arg-type]
