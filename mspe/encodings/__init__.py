"""Positional encodings as filters of one graph spectrum."""

from mspe.encodings.bank import FilterBank
from mspe.encodings.config import EncodingParams
from mspe.encodings.filters import FILTERS, Filter, Heat, Walk
from mspe.encodings.spectrum import Spectrum, compute_spectrum

__all__ = [
    "FILTERS",
    "EncodingParams",
    "Filter",
    "FilterBank",
    "Heat",
    "Spectrum",
    "Walk",
    "compute_spectrum",
]
