"""The spectra of every graph, each computed once for all encodings: dense, or as spectral measures of large graphs."""

from mspe.encodings.spectrum.decomposition import (
    DENSE_MAX_NODES,
    SPECTRUM_LEVELS,
    Backend,
    Eigen,
    Spectrum,
    choose_backend,
    compute_spectrum,
    refuse_large,
)
from mspe.encodings.spectrum.operators import (
    ADJACENCY,
    COMBINATORIAL,
    NORMALIZED,
    eigen_fields,
    eigen_levels,
    further,
    magnetic,
    operator_slug,
)

__all__ = [
    "ADJACENCY",
    "COMBINATORIAL",
    "DENSE_MAX_NODES",
    "NORMALIZED",
    "SPECTRUM_LEVELS",
    "Backend",
    "Eigen",
    "Spectrum",
    "choose_backend",
    "compute_spectrum",
    "eigen_fields",
    "eigen_levels",
    "further",
    "magnetic",
    "operator_slug",
    "refuse_large",
]
