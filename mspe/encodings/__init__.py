"""Positional and structural encodings of graphs, most of them filters of one spectrum."""

from mspe.encodings.batch import BatchEncodings
from mspe.encodings.catalogue import (
    Biharmonic,
    Communicability,
    Cycles,
    Degree,
    DiffusionDistance,
    Distance,
    EigenvectorDistance,
    Eigenvectors,
    Electrostatic,
    Filter,
    Gpse,
    Heat,
    Hierarchical,
    Homomorphisms,
    Katz,
    Landmarks,
    Learned,
    Magnetic,
    MagneticEigenvectors,
    Pearl,
    PersonalizedPageRank,
    RandomFeatures,
    Resistance,
    Rings,
    Roles,
    ScaleFilter,
    SimplePaths,
    Stable,
    Walk,
    Wavelet,
    Wl,
)
from mspe.encodings.config import BankConfig, EncodingParams
from mspe.encodings.encoding import Encoding
from mspe.encodings.encoding_set import EncodingSet
from mspe.encodings.given import AnyEncodings, GivenEncodings
from mspe.encodings.graph_view import GraphView
from mspe.encodings.prediction_variance import prediction_variance
from mspe.encodings.presets import PRESETS
from mspe.encodings.registry import ENCODINGS, register
from mspe.encodings.scales import Scales
from mspe.encodings.spectrum import Spectrum, compute_spectrum
from mspe.encodings.statistics import GraphStatistics
from mspe.encodings.transform import AddMultiScalePE
from mspe.encodings.walks import walk_diagonals

__all__ = [
    "ENCODINGS",
    "PRESETS",
    "AddMultiScalePE",
    "AnyEncodings",
    "BankConfig",
    "BatchEncodings",
    "Biharmonic",
    "Communicability",
    "Cycles",
    "Degree",
    "DiffusionDistance",
    "Distance",
    "EigenvectorDistance",
    "Eigenvectors",
    "Electrostatic",
    "Encoding",
    "EncodingParams",
    "EncodingSet",
    "Filter",
    "GivenEncodings",
    "Gpse",
    "GraphStatistics",
    "GraphView",
    "Heat",
    "Hierarchical",
    "Homomorphisms",
    "Katz",
    "Landmarks",
    "Learned",
    "Magnetic",
    "MagneticEigenvectors",
    "Pearl",
    "PersonalizedPageRank",
    "RandomFeatures",
    "Resistance",
    "Rings",
    "Roles",
    "ScaleFilter",
    "Scales",
    "SimplePaths",
    "Spectrum",
    "Stable",
    "Walk",
    "Wavelet",
    "Wl",
    "compute_spectrum",
    "prediction_variance",
    "register",
    "walk_diagonals",
]
