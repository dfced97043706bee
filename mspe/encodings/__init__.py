"""Positional encodings as filters of one graph spectrum."""

from mspe.encodings.bank import FilterBank
from mspe.encodings.batch import BatchEncodings
from mspe.encodings.config import EncodingParams
from mspe.encodings.filters import (
    FILTERS,
    Filter,
    Heat,
    Learned,
    PersonalizedPageRank,
    ScaleFilter,
    Walk,
    Wavelet,
)
from mspe.encodings.presets import PRESETS
from mspe.encodings.spectrum import Spectrum, compute_spectrum
from mspe.encodings.transform import AddMultiScalePE
from mspe.encodings.walks import walk_diagonals

__all__ = [
    "FILTERS",
    "PRESETS",
    "AddMultiScalePE",
    "BatchEncodings",
    "EncodingParams",
    "Filter",
    "FilterBank",
    "Heat",
    "Learned",
    "PersonalizedPageRank",
    "ScaleFilter",
    "Spectrum",
    "Walk",
    "Wavelet",
    "compute_spectrum",
    "walk_diagonals",
]
