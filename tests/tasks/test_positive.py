"""Which of two classes is positive."""

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.tasks import Targets, infer_task
from mspe.tasks.positive import choose_positive


@pytest.mark.parametrize(
    ("negative", "positive"),
    [
        ("0", "1"),
        ("false", "true"),
        ("no", "yes"),
        ("inactive", "active"),
        ("Negative", "Positive"),
        ("neg", "pos"),
        ("n", "y"),
        ("-1", "1"),
        ("-", "+"),
        ("non-toxic", "toxic"),
        ("nonblocker", "Blocker"),
        ("insoluble", "soluble"),
        ("inactive", "weak"),
        ("moderate", "active"),
        ("0", "5"),
    ],
)
def test_names_say_which_however_often_it_occurs(negative: str, positive: str) -> None:
    for counts in ([4, 96], [96, 4], [5, 5]):
        assert choose_positive([negative, positive], counts, None) == (1, "by its name")
        assert choose_positive([positive, negative], counts, None) == (0, "by its name")


@pytest.mark.parametrize("names", [["cat", "dog"], ["1", "2"], ["yes", "true"], ["inactive", "negative"]])
def test_else_the_rarer_is_positive(names: list[str]) -> None:
    assert choose_positive(names, [4, 96], None)[0] == 0
    assert choose_positive(names, [96, 4], None)[0] == 1
    assert choose_positive(names, [5, 5], None)[0] == 1


@pytest.mark.parametrize(("asked", "position"), [("inactive", 1), ("Active", 0)])
def test_the_user_decides(asked: str, position: int) -> None:
    assert choose_positive(["active", "inactive"], [4, 96], asked)[0] == position
    assert choose_positive(["3", "7"], [1, 9], "7.0")[0] == 1
    with pytest.raises(MspeError, match=r"dataset.positive_class: got 'maybe', allowed: 'active', 'inactive'"):
        choose_positive(["active", "inactive"], [4, 96], "maybe")


def test_the_positive_class_is_the_second() -> None:
    cells = [["active"]] * 4 + [["inactive"]] * 96 + [[""]]
    _, labels, classes = infer_task(Targets.of_cells(cells, ["label"]), None, "data.csv", "node")
    assert classes == ("inactive", "active") and labels.nansum() == 4 and labels[-1].isnan()
    chosen = Targets(torch.zeros(100, 1), cells[:-1], ("label",), positive="inactive")
    assert infer_task(chosen, None, "data.csv", "graph")[1].sum() == 96


@pytest.mark.parametrize("values", [[[0.5], [1.5]], [[0.0, 1.0], [1.0, 0.0]]])
def test_a_positive_class_of_what_has_not_two_classes_is_refused(values: list[list[float]]) -> None:
    targets = Targets(torch.tensor(values), positive="1")
    with pytest.raises(MspeError, match=r"dataset\.positive_class is '1', but the task is"):
        infer_task(targets, None, "graphs", "graph")
