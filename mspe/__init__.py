"""Multi-scale positional encodings for Graph Transformers: one spectrum, a bank of filters, a reproducible pipeline."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mspe.ablation.compare import compare

__version__ = "0.1.0"
__all__ = ["__version__", "compare"]


def __getattr__(name: str) -> Any:
    """Import `compare` when it is first asked for, so that a part of the library does not load the whole."""
    if name != "compare":
        raise AttributeError(f"module 'mspe' has no attribute {name!r}")
    from mspe.ablation.compare import compare

    return compare
