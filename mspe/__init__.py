"""Multi-scale positional encodings for Graph Transformers: one spectrum, a bank of filters, a reproducible pipeline."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mspe.ablation.compare import compare
    from mspe.encodings.plot import plot_encoding
    from mspe.estimators.classifier import GraphClassifier
    from mspe.estimators.regressor import GraphRegressor
    from mspe.estimators.table import read_molecules
    from mspe.pipeline.trained_model import TrainedModel

__version__ = "0.1.0"
__all__ = [
    "GraphClassifier",
    "GraphRegressor",
    "TrainedModel",
    "__version__",
    "compare",
    "plot_encoding",
    "read_molecules",
]

_HOMES = {
    "compare": "mspe.ablation.compare",
    "plot_encoding": "mspe.encodings.plot",
    "read_molecules": "mspe.estimators.table",
    "GraphClassifier": "mspe.estimators.classifier",
    "GraphRegressor": "mspe.estimators.regressor",
    "TrainedModel": "mspe.pipeline.trained_model",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is first asked for, so that a part of the library does not load the whole."""
    if name not in _HOMES:
        raise AttributeError(f"module 'mspe' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Name what can be asked for, imported or not, so that a notebook's completion offers it."""
    return sorted({*globals(), *__all__})
