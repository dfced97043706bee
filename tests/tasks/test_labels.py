"""Labels that are none of the classes."""

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.tasks.labels import check_labels


@pytest.mark.parametrize("dtype", [torch.long, torch.float32, torch.float64])
@pytest.mark.parametrize("shape", [(0,), (3,), (3, 1), (3, 2)])
def test_numbers_of_classes_pass(dtype: torch.dtype, shape: tuple[int, ...]) -> None:
    check_labels(torch.full(shape, 2, dtype=dtype), 3)
    check_labels(torch.zeros(shape, dtype=dtype), 3)


def test_an_unknown_label_is_nan() -> None:
    check_labels(torch.tensor([[torch.nan, 1.0], [0.0, torch.nan]]), 2)


@pytest.mark.parametrize("label", [-100.0, -1.0, 0.5, 2.0, float("inf")])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_any_other_value_is_named_wherever_it_stands(label: float, place: int) -> None:
    labels = torch.tensor([0.0, 1.0, torch.nan])
    labels[place] = label
    with pytest.raises(MspeError, match=f"got the label {label:g}, allowed of 2 classes: 0 to 1, or NaN"):
        check_labels(labels, 2)


@pytest.mark.parametrize("label", [-100, -1, 3])
def test_whole_numbers_outside_are_refused_too(label: int) -> None:
    with pytest.raises(MspeError, match=f"got the label {label}, allowed of 3 classes: 0 to 2"):
        check_labels(torch.tensor([0, label, 2]), 3)
