"""Regression with scikit-learn's interface."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import RegressorMixin
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset.spec import Samples
from mspe.estimators.base import GraphEstimator, Molecules
from mspe.estimators.samples import read_graphs, read_targets


class GraphRegressor(RegressorMixin, GraphEstimator):
    """Predicts one or several numbers of each graph or molecule; the parameters are those of `GraphEstimator`.

    Attributes
    ----------
    model_
        The `TrainedModel`: `model_.range(…)`, `model_.evaluate(…)`.

    Examples
    --------
    >>> chains = ["C" * length for length in range(1, 21)]
    >>> small = {"hidden_dim": 16, "num_layers": 1}
    >>> regressor = GraphRegressor("rwse", model=small, epochs=1).fit(chains, range(1, 21))
    >>> regressor.predict(["CCO", "CCN"]).shape
    (2,)
    """

    def predict(self, X: Molecules) -> np.ndarray:  # noqa: N803
        """Return numbers in the targets' units: [samples], of several targets [samples, targets].

        Raises
        ------
        MspeError
            If a sample cannot be used, or has other features than those of `fit`.
        """
        outputs = self._outputs(X).numpy()
        return outputs[:, 0] if outputs.shape[1] == 1 else outputs

    def score(self, X: Molecules, y: Any = None, sample_weight: Any = None) -> float:  # noqa: N803
        """Return R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)²; `y` as `fit` takes it."""
        graphs = read_graphs(X)
        return super().score(graphs, read_targets(graphs, y), sample_weight)

    def _numbers(self, targets: np.ndarray) -> np.ndarray:
        if targets.dtype.kind not in "biuf" or targets.ndim > 2:
            raise MspeError(
                f"y: got {'text' if targets.dtype.kind == 'U' else f'shape {list(targets.shape)}'}, allowed: numbers, "
                "one per sample or [samples, targets]; of classes GraphClassifier"
            )
        with np.errstate(over="ignore"):
            numbers = targets.reshape(len(targets), -1).astype(np.float32)
        if not np.isfinite(numbers).all():
            raise MspeError(
                f"y: holds {np.abs(targets).max():g}, allowed: up to {np.finfo(np.float32).max:g}; scale it"
            )
        return numbers

    def _samples(self, graphs: Sequence[Data], numbers: np.ndarray) -> Samples:
        return self._read(graphs, numbers, task="regression")
