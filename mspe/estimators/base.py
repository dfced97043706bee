"""What a regressor and a classifier of graphs share."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias, TypeVar

import numpy as np
import torch
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split
from sklearn.utils.validation import check_is_fitted
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset.config import DatasetParams
from mspe.dataset.own import in_memory
from mspe.dataset.spec import Samples
from mspe.estimators.samples import read_graphs, read_targets
from mspe.estimators.training import Settings, train_model
from mspe.pipeline.trained_model import TrainedModel

Molecules: TypeAlias = Iterable[Data] | Iterable[str]
Fitted = TypeVar("Fitted", bound="GraphEstimator")


class GraphEstimator(BaseEstimator):
    """A Graph Transformer with positional encodings; subclasses say what its targets are.

    Parameters
    ----------
    encodings
        A preset's name, or the section `encodings` of `params.yaml`: `{"filters": {"heat": {"times": [1, 4]}}}`.
    model
        A model's name, or the section `model`: `{"hidden_dim": 32, "num_layers": 3}`.
    epochs
        In all; that of the smallest validation loss is kept.
    training
        Laid over the section `training`: `{"batch_size": 64, "optimizer": {"lr": 5e-4}}`.
    validation
        Share of the samples that `fit` holds out to choose the epoch.
    seed
        Of the weights, the order of the batches, and what is held out.
    device
        `auto`, `cpu`, `cuda` or `cuda:<number>`.
    folder
        Keeps the checkpoint, `best.pt`, and the learning curve; None: nothing is kept.
    """

    model_: TrainedModel

    def __init__(
        self,
        encodings: str | Mapping[str, Any] = "default",
        *,
        model: str | Mapping[str, Any] = "graph_transformer",
        epochs: int | np.integer = 25,
        training: Mapping[str, Any] | None = None,
        validation: float = 0.1,
        seed: int | np.integer = 0,
        device: str = "auto",
        folder: str | Path | None = None,
    ) -> None:
        self.encodings = encodings
        self.model = model
        self.epochs = epochs
        self.training = training
        self.validation = validation
        self.seed = seed
        self.device = device
        self.folder = folder

    def fit(self: Fitted, X: Molecules, y: Any = None) -> Fitted:  # noqa: N803
        """Train a model.

        Parameters
        ----------
        X
            SMILES strings, or PyG `Data`; none of them is changed.
        y
            A target per sample; None: the graphs' own `y`.

        Raises
        ------
        MspeError
            If a sample cannot be used, a target is NaN, their numbers differ, or a parameter is not allowed.
        """
        name = type(self).__name__
        training = {} if self.training is None else self.training
        settings = Settings(self.encodings, self.model, self.epochs, training, self.seed, self.device)
        params = settings.validated(name)
        graphs = read_graphs(X)
        numbers = self._numbers(read_targets(graphs, y))
        samples = self._samples(graphs, numbers)
        train, val = self._hold_out(len(graphs), samples.labels)
        kept = TemporaryDirectory(prefix="mspe-") if self.folder is None else nullcontext(self.folder)
        with kept as folder:
            self.model_ = train_model(samples, {"train": train, "val": val}, params, Path(folder))
        return self

    def _numbers(self, targets: np.ndarray) -> np.ndarray:
        """Targets as numbers [samples, columns]; classes are numbered."""
        raise NotImplementedError

    def _samples(self, graphs: Sequence[Data], numbers: np.ndarray) -> Samples:
        """Graphs with their targets, as a dataset's reader gives them."""
        raise NotImplementedError

    def _read(self, graphs: Sequence[Data], numbers: np.ndarray, **options: Any) -> Samples:
        rows = torch.from_numpy(numbers).split(1)
        with_targets = [Data.from_dict({**graph.to_dict(), "y": row}) for graph, row in zip(graphs, rows, strict=True)]
        return in_memory.read_graphs(with_targets, DatasetParams(name="graphs", strict=True, **options))

    def _hold_out(self, count: int, labels: Sequence[int] | None) -> tuple[list[int], list[int]]:
        """Positions that train the model and that choose the epoch; of each class a share, where all are in both."""
        held = round(self.validation * count) if 0 < self.validation < 1 else 0
        if not 0 < held < count:
            raise MspeError(
                f"{type(self).__name__}: validation: got {self.validation}, of {count} samples {held}, allowed: a "
                "share between 0 and 1 that leaves at least one sample to train with and one to validate with"
            )
        members = np.bincount([] if labels is None else labels)
        shared = members.size > 0 and members.min() > 1 and members.size <= min(held, count - held)
        train, val = train_test_split(
            range(count), test_size=held, random_state=self.seed, stratify=labels if shared else None
        )
        return list(train), list(val)

    def _outputs(self, X: Molecules) -> torch.Tensor:  # noqa: N803
        """What the model says of samples [samples, outputs]."""
        check_is_fitted(self, "model_")
        return self.model_.predict(read_graphs(X))
