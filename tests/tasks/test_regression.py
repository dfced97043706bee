"""Regression: its table, errors, statistics, checks and baseline."""

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.tasks import Regression
from tests.tasks.fixtures import packed

NAN = float("nan")


def test_the_median_is_of_the_training_split_and_ignores_what_is_unknown() -> None:
    train = packed(torch.tensor([[1.0, torch.nan], [2.0, 5.0], [9.0, 7.0], [2.0, 6.0]]))
    result = Regression().baselines(train, packed(torch.tensor([[4.0, 6.0], [0.0, torch.nan]])), num_classes=2)
    assert set(result) == {"median"}
    assert result["median"]["mae_0"] == 2.0 and result["median"]["mae_1"] == 0.0


def test_a_row_per_sample_and_output() -> None:
    outputs, targets = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[1.5, NAN], [2.0, 4.0]])
    table = Regression().table(outputs, targets)
    assert (table["index"], table["output"], table["prediction"]) == ([0, 0, 1, 1], [0, 1, 0, 1], [1.0, 2.0, 3.0, 4.0])
    assert "output" not in Regression().table(outputs[:, :1], targets[:, 0])
    assert Regression().columns(outputs, ("a", "b")) == {"prediction_a": [1.0, 3.0], "prediction_b": [2.0, 4.0]}


def test_errors_are_absolute() -> None:
    assert Regression().sample_errors(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 1.5])).tolist() == [2.0, 0.5]


def test_a_constant_targets_deviation_is_one_and_unknown_values_count_for_nothing() -> None:
    mean, deviation = Regression().target_statistics(packed(torch.tensor([[1.0, 5.0], [3.0, NAN]])))
    assert (mean, deviation) == ((2.0, 5.0), (1.0, 1.0))


@pytest.mark.parametrize(
    ("targets", "one_value", "problems"),
    [
        ([[1.0, 2.0], [1.0, 3.0]], False, ["target 'a' has 1 everywhere"]),
        ([[1.0, 2.0], [1.0, 3.0]], True, []),
        ([[NAN, 2.0], [NAN, 2.0]], True, ["target 'a' has no known value"]),
        ([[NAN, 2.0], [NAN, 2.0]], False, ["target 'a' has no known value", "target 'b' has 2 everywhere"]),
        ([[1.0, NAN], [2.0, NAN]], False, ["target 'b' has no known value"]),
        ([[1.0, 2.0]], False, []),
    ],
)
def test_targets_with_nothing_to_learn_are_named(targets: list, one_value: bool, problems: list[str]) -> None:
    assert Regression().check_targets(packed(torch.tensor(targets)), ("a", "b"), one_value) == problems


def test_numbers_have_no_probabilities() -> None:
    with pytest.raises(MspeError, match="a regression has none"):
        Regression().probabilities(torch.zeros(2, 1))


def test_as_many_outputs_as_targets() -> None:
    graphs = packed(torch.zeros(2, 3))
    assert Regression().count_classes({"train": graphs}, ()) == 3
    assert Regression().num_outputs(3, "mse", "toy") == 3
