"""Whole numbers in the smallest type that holds them."""

import pytest
import torch

from mspe.graphs.narrow import WidenedFields, narrowest


@pytest.mark.parametrize("bits", [8, 16, 32])
def test_a_type_is_left_at_its_bounds(bits: int) -> None:
    own = {8: torch.int8, 16: torch.int16, 32: torch.int32}[bits]
    low, high = torch.iinfo(own).min, torch.iinfo(own).max
    assert narrowest(torch.tensor([low, high])).dtype == own
    for beyond in ([low - 1], [high + 1]):
        small = narrowest(torch.tensor(beyond))
        assert torch.iinfo(small.dtype).bits > bits and small.tolist() == beyond


@pytest.mark.parametrize(
    "values", [torch.tensor([0.5]), torch.tensor([True]), torch.tensor([1j]), torch.tensor([200], dtype=torch.uint8)]
)
def test_what_is_no_whole_number_or_small_already_stays(values: torch.Tensor) -> None:
    assert narrowest(values) is values


def test_no_numbers_take_the_smallest_type() -> None:
    assert narrowest(torch.empty(0, 3, dtype=torch.long)).dtype == torch.int8


def test_fields_are_read_in_their_own_type_and_kept_in_the_smaller_one() -> None:
    fields = WidenedFields({"x": torch.tensor([7], dtype=torch.int8)}, {"x": torch.int64})
    assert fields["x"].dtype == torch.int64 and fields.stored["x"].dtype == torch.int8
    assert "x" in fields and "y" not in fields and list(fields) == ["x"] and fields.get("y") is None
    assert dict(WidenedFields.of({"y": torch.ones(2)}))["y"].tolist() == [1.0, 1.0]
