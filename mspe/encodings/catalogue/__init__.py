"""Every encoding of the library, one to a file."""

from mspe.encodings.catalogue.degree import Degree
from mspe.encodings.catalogue.distance import Distance
from mspe.encodings.catalogue.eigenvectors import Eigenvectors
from mspe.encodings.catalogue.filter import Filter, ScaleFilter
from mspe.encodings.catalogue.heat import Heat
from mspe.encodings.catalogue.learned import Learned
from mspe.encodings.catalogue.pagerank import PersonalizedPageRank
from mspe.encodings.catalogue.walk import Walk
from mspe.encodings.catalogue.wavelet import Wavelet
from mspe.encodings.encoding import Encoding

CATALOGUE: tuple[type[Encoding], ...] = (
    *(Walk, Heat, Wavelet, PersonalizedPageRank, Learned),
    *(Degree, Eigenvectors, Distance),
)
"""In the order of their channels."""

__all__ = [
    "CATALOGUE",
    "Degree",
    "Distance",
    "Eigenvectors",
    "Filter",
    "Heat",
    "Learned",
    "PersonalizedPageRank",
    "ScaleFilter",
    "Walk",
    "Wavelet",
]
