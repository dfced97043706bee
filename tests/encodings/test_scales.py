"""Ways to write scales down."""

from itertools import pairwise
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mspe.common.errors import MspeError
from mspe.common.section import PositiveFloat, Section, validate
from mspe.encodings import DiffusionDistance, Encoding, EncodingSet, Heat, Magnetic, Wavelet
from mspe.encodings.scales import AUTO, Scales, geometric, parse_scales
from tests.conftest import cycle
from tests.encodings.fixtures import encode


class Times(Section):
    times: Scales[PositiveFloat]


def test_geometric_hits_both_ends_exactly() -> None:
    scales = parse_scales("geometric(0.1, 70, 5)")
    assert (scales[0], scales[-1], len(scales)) == (0.1, 70.0, 5)


@given(st.floats(1e-3, 10), st.floats(1.5, 1e4), st.integers(2, 40))
def test_geometric_scales_have_a_constant_ratio(first: float, factor: float, count: int) -> None:
    scales = geometric(first, first * factor, count)
    ratios = [after / before for before, after in pairwise(scales)]
    assert len(scales) == count and ratios == pytest.approx([factor ** (1 / (count - 1))] * (count - 1), rel=1e-9)
    assert (scales[0], scales[-1]) == pytest.approx((first, first * factor), rel=1e-11)


@pytest.mark.parametrize(
    ("written", "scales"),
    [
        ([1, 2.5], (1.0, 2.5)),
        ("geometric(1, 8, 4)", (1.0, 2.0, 4.0, 8.0)),
        ("  geometric( 1e-1 , 10 , 3 ) ", (0.1, 1.0, 10.0)),
        ("auto", AUTO),
    ],
)
def test_scales_are_a_list_a_rule_or_auto(written: Any, scales: Any) -> None:
    read = validate(Times, {"times": written}, "test")
    assert read.times == scales
    assert validate(Times, {"times": read.times}, "test") == read


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ([], r"times: got \[\], at least 1 entry is needed"),
        ([1, 1.0], "times: got .*, duplicate scales; list each once"),
        ([1, 0], "times.1: got 0, input should be greater than 0"),
        ([float("inf")], "times.0: got inf, input should be a finite number"),
        (3, r"times: got 3, allowed: a list, as \[3\]"),
        ("linear(1, 4)", 'allowed: a list of scales, "geometric'),
        ("geometric(1, 4)", 'allowed: a list of scales, "geometric'),
        ("geometric(1, 4, 2.5)", "takes two numbers and an integer"),
        ("geometric(a, 4, 2)", "takes two numbers and an integer"),
        ("geometric(4, 1, 3)", "needs 0 < first < last and a count of 2 to 1000"),
        ("geometric(0, 1, 3)", "needs 0 < first < last and a count of 2 to 1000"),
        ("geometric(1, inf, 3)", "needs 0 < first < last and a count of 2 to 1000"),
        ("geometric(nan, 2, 3)", "needs 0 < first < last and a count of 2 to 1000"),
        ("geometric(1, 2, 1)", "needs 0 < first < last and a count of 2 to 1000"),
        ("geometric(1, 1.0000000000001, 9)", "duplicate scales"),
    ],
)
def test_a_mistake_is_named(written: Any, message: str) -> None:
    with pytest.raises(MspeError, match=message):
        validate(Times, {"times": written}, "test")


@pytest.mark.parametrize("encoding", [Heat, Wavelet, Magnetic, DiffusionDistance], ids=lambda encoding: encoding.name)
def test_times_at_which_rounding_decides_are_refused(encoding: type[Encoding]) -> None:
    encoding.Params.model_validate({"times": [1e9]})
    with pytest.raises(MspeError, match=r"times\.0: got 2000000000\.0, .* less than or equal to 1000000000"):
        validate(encoding.Params, {"times": [2e9]}, "params")


@pytest.mark.parametrize("size", [3, 40, 200])
def test_at_the_longest_time_diffusion_has_ended(size: int) -> None:
    node, _ = encode(EncodingSet([Heat([1e9])]), cycle(size))
    torch.testing.assert_close(node, torch.full_like(node, 1 / size), rtol=1e-4, atol=0.0)
