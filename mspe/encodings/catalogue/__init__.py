"""Every encoding of the library, one to a file."""

from mspe.encodings.catalogue.biharmonic import Biharmonic
from mspe.encodings.catalogue.communicability import Communicability
from mspe.encodings.catalogue.cycles import Cycles
from mspe.encodings.catalogue.degree import Degree
from mspe.encodings.catalogue.diffusion_distance import DiffusionDistance
from mspe.encodings.catalogue.distance import Distance
from mspe.encodings.catalogue.eigenvector_distance import EigenvectorDistance
from mspe.encodings.catalogue.eigenvectors import Eigenvectors
from mspe.encodings.catalogue.electrostatic import Electrostatic
from mspe.encodings.catalogue.filter import Filter, ScaleFilter
from mspe.encodings.catalogue.gpse import Gpse
from mspe.encodings.catalogue.heat import Heat
from mspe.encodings.catalogue.hierarchical import Hierarchical
from mspe.encodings.catalogue.homomorphisms import Homomorphisms
from mspe.encodings.catalogue.katz import Katz
from mspe.encodings.catalogue.landmarks import Landmarks
from mspe.encodings.catalogue.learned import Learned
from mspe.encodings.catalogue.magnetic import Magnetic
from mspe.encodings.catalogue.magnetic_eigenvectors import MagneticEigenvectors
from mspe.encodings.catalogue.pagerank import PersonalizedPageRank
from mspe.encodings.catalogue.pearl import Pearl
from mspe.encodings.catalogue.random_features import RandomFeatures
from mspe.encodings.catalogue.resistance import Resistance
from mspe.encodings.catalogue.rings import Rings
from mspe.encodings.catalogue.roles import Roles
from mspe.encodings.catalogue.simple_paths import SimplePaths
from mspe.encodings.catalogue.stable import Stable
from mspe.encodings.catalogue.walk import Walk
from mspe.encodings.catalogue.wavelet import Wavelet
from mspe.encodings.catalogue.wl import Wl
from mspe.encodings.encoding import Encoding

CATALOGUE: tuple[type[Encoding], ...] = (
    *(Walk, Heat, Wavelet, PersonalizedPageRank, Learned),
    *(Degree, Eigenvectors, Distance, Hierarchical, Landmarks),
    *(Resistance, DiffusionDistance, Biharmonic, Communicability, Katz, Electrostatic),
    *(Magnetic, MagneticEigenvectors),
    *(Cycles, Rings, Homomorphisms, Roles, SimplePaths, Wl),
    *(Pearl, Stable, EigenvectorDistance, Gpse, RandomFeatures),
)
"""In the order of their channels."""

__all__ = [
    "CATALOGUE",
    "Biharmonic",
    "Communicability",
    "Cycles",
    "Degree",
    "DiffusionDistance",
    "Distance",
    "EigenvectorDistance",
    "Eigenvectors",
    "Electrostatic",
    "Filter",
    "Gpse",
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
    "SimplePaths",
    "Stable",
    "Walk",
    "Wavelet",
    "Wl",
]
