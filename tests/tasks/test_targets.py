"""Targets as they were given."""

import pytest
import torch

from mspe.tasks.targets import Targets


def test_a_table_keeps_its_words_and_its_numbers() -> None:
    cells = [["1", "high"], ["", "0.5"]]
    targets = Targets.of_cells(cells, ["a", "b"])
    nan = float("nan")
    torch.testing.assert_close(targets.numbers, torch.tensor([[1, nan], [nan, 0.5]]).double(), equal_nan=True)
    assert targets.cells is cells and targets.names == ("a", "b") and not targets.single
    assert targets.first_word == (0, 1)
    assert [targets.describe(0, 1), targets.describe(1, 0)] == ["target 'b' holds 'high'", "target 'a' holds ''"]


def test_numbers_keep_their_type() -> None:
    values = torch.tensor([[7], [3]])
    targets = Targets.of_tensor(values)
    assert targets.numbers is values and targets.cells is None and targets.first_word is None and targets.single
    assert targets.describe(1, 0) == "y holds 3"


@pytest.mark.parametrize(
    ("cells", "labels", "counted", "first"),
    [
        (["0", "1", ""], True, False, None),
        (["0", "1.0"], True, False, None),
        (["0", "2"], False, False, (1, 0)),
        (["0.5", "0"], False, False, (0, 0)),
        (["low", "high"], False, True, None),
        (["0", "high"], False, True, None),
    ],
)
def test_cells_are_labels_numbers_or_words(
    cells: list[str], labels: bool, counted: bool, first: tuple[int, int] | None
) -> None:
    targets = Targets.of_cells([[cell] for cell in cells], ["t"])
    assert (targets.are_labels, targets.are_counted, targets.first_number_that_is_no_label) == (labels, counted, first)


@pytest.mark.parametrize(("dtype", "counted"), [(torch.long, True), (torch.bool, True), (torch.float32, False)])
def test_numbers_saved_as_integers_are_counted(dtype: torch.dtype, counted: bool) -> None:
    targets = Targets.of_tensor(torch.tensor([[0], [1]]).to(dtype))
    assert targets.are_labels and targets.are_counted is counted
