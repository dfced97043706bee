"""Classification with scikit-learn's interface."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset.spec import Samples
from mspe.estimators.base import GraphEstimator, Molecules
from mspe.estimators.samples import read_graphs, read_targets
from mspe.tasks import SingleLabel
from mspe.tasks.classification import class_probabilities


class GraphClassifier(ClassifierMixin, GraphEstimator):
    """Predicts the class of each graph or molecule; the parameters are those of `GraphEstimator`.

    Attributes
    ----------
    model_
        The `TrainedModel`.
    classes_
        The classes in order, as `y` had them.

    Examples
    --------
    >>> alcohols = ["C" * length + end for length in range(1, 11) for end in ("C", "O")]
    >>> small = {"hidden_dim": 16, "num_layers": 1}
    >>> classifier = GraphClassifier("rwse", model=small, epochs=1).fit(alcohols, ["alkane", "alcohol"] * 10)
    >>> classifier.classes_.tolist(), classifier.predict_proba(["CCO"]).shape
    (['alcohol', 'alkane'], (1, 2))
    """

    classes_: np.ndarray

    def predict(self, X: Molecules) -> np.ndarray:  # noqa: N803
        """Return the most probable class of each sample [samples].

        Raises
        ------
        MspeError
            If a sample cannot be used, or has other features than those of `fit`.
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def predict_proba(self, X: Molecules) -> np.ndarray:  # noqa: N803
        """Return the probability of each class in the order of `classes_` [samples, classes]."""
        return class_probabilities(self._outputs(X)).numpy()

    def score(self, X: Molecules, y: Any = None, sample_weight: Any = None) -> float:  # noqa: N803
        """Return the share of samples whose class is predicted; `y` as `fit` takes it."""
        graphs = read_graphs(X)
        return super().score(graphs, read_targets(graphs, y), sample_weight)

    def _numbers(self, targets: np.ndarray) -> np.ndarray:
        if targets.ndim > 1 and targets.size > len(targets):
            raise MspeError(
                f"y: got shape {list(targets.shape)}, allowed: one class per sample; labels that may hold at once are "
                "trained by mspe.compare or the pipeline"
            )
        self.classes_, numbers = np.unique(targets.reshape(-1), return_inverse=True)
        if len(self.classes_) < 2:
            raise MspeError(f"y: holds the class {self.classes_[0]} alone, allowed: at least two classes")
        if len(self.classes_) > 2 and 2 * len(self.classes_) > len(targets):
            raise MspeError(
                f"y: holds {len(self.classes_)} classes in {len(targets)} samples, identifiers or numbers rather than "
                "classes; of numbers GraphRegressor, else join them"
            )
        return numbers.reshape(-1, 1)

    def _samples(self, graphs: Sequence[Data], numbers: np.ndarray) -> Samples:
        second = "1" if len(self.classes_) == 2 else None  # so that outputs are in the order of `classes_`
        samples = self._read(graphs, numbers, task="classification", positive_class=second)
        names = tuple(str(name) for name in self.classes_)
        # accuracy is what `score` gives, and is defined whatever classes are held out
        return replace(samples, classes=names, task=SingleLabel(metric="accuracy"))
