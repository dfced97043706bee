"""The spectrum of every graph, computed once for all encodings: dense, or as spectral measures of large graphs."""

from mspe.encodings.spectrum.decomposition import (
    DENSE_MAX_NODES,
    SPECTRUM_LEVELS,
    Backend,
    Spectrum,
    choose_backend,
    compute_spectrum,
)

__all__ = ["DENSE_MAX_NODES", "SPECTRUM_LEVELS", "Backend", "Spectrum", "choose_backend", "compute_spectrum"]
