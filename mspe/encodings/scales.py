"""Ways to write scales down, and the scales that a dataset's own spectra suggest."""

import math
import re
from collections.abc import Iterable
from typing import Any

import torch

from mspe.encodings.filters import ScaleFilter
from mspe.graphs import PackedGraphs

AUTO = "auto"
AUTO_COUNT = 8

_GEOMETRIC = re.compile(r"geometric\(([^,]+),([^,]+),([^,]+)\)")


def parse_scales(value: Any) -> Any:
    """Turn ``"geometric(first, last, count)"`` into a list; a list is given back as it is.

    Examples
    --------
    >>> parse_scales("geometric(1, 8, 4)")
    [1.0, 2.0, 4.0, 8.0]
    """
    if not isinstance(value, str):
        return tuple(value) if isinstance(value, list) else value
    match = _GEOMETRIC.fullmatch(value.strip())
    if match is None:
        raise ValueError('allowed: a list of scales, "geometric(first, last, count)", or auto')
    try:
        first, last, count = float(match[1]), float(match[2]), int(match[3])
    except ValueError:
        raise ValueError("geometric(first, last, count) takes two numbers and an integer") from None
    if not (0 < first < last < math.inf and count >= 2):
        raise ValueError("geometric(first, last, count) needs 0 < first < last and a count of at least 2")
    return geometric(first, last, count)


def geometric(first: float, last: float, count: int) -> list[float]:
    """Scales with a constant ratio, both ends included, to twelve digits."""
    ratio = (last / first) ** (1 / (count - 1))
    return [float(f"{first * ratio**k:.12g}") for k in range(count)]


def median_spectral_range(spectra: Iterable[PackedGraphs]) -> tuple[float, float]:
    """Medians over graphs of the largest eigenvalue and of the smallest above zero.

    Graphs without an edge have neither; where no graph has any, the answer is (1, 1).
    """
    ranges = torch.cat([shard.fields["spectral_range"] for shard in spectra]).double()
    known = ranges[~ranges.isnan().any(dim=1)]
    if known.numel() == 0:
        return 1.0, 1.0
    largest, gap = known.median(dim=0).values.tolist()
    return largest, gap


def auto_scales(filter_class: type[ScaleFilter], largest_eigenvalue: float, spectral_gap: float) -> list[float]:
    """Scales between the shortest and the longest that a dataset's spectra resolve.

    Parameters
    ----------
    filter_class
        Whose scales: times run from 1 / λ_max to 1 / gap; steps double from 1 up to 1 / gap; restarts α, whose filter
        falls to one half at λ = α / (1 − α), run from gap / (1 + gap) to λ_max / (1 + λ_max).
    largest_eigenvalue, spectral_gap
        Medians over the training graphs of the largest and of the smallest eigenvalue above zero.

    Examples
    --------
    >>> from mspe.encodings.filters import Walk
    >>> auto_scales(Walk, largest_eigenvalue=2.0, spectral_gap=0.1)
    [1, 2, 4, 8, 16]
    """
    longest = max(1.0 / spectral_gap, 2.0 / largest_eigenvalue)
    if filter_class.parameter == "steps":
        return [2**k for k in range(math.ceil(math.log2(longest)) + 1)]
    if filter_class.parameter == "restarts":
        shortest = 1.0 / largest_eigenvalue
        return geometric(1 / (1 + longest), 1 / (1 + shortest), AUTO_COUNT // 2)
    return geometric(1.0 / largest_eigenvalue, longest, AUTO_COUNT)
