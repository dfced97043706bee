"""One model trained on graphs in memory, of which a share is held out to choose the best epoch."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mspe.common.errors import MspeError
from mspe.common.merge import merged
from mspe.common.section import validate
from mspe.common.shown import shown
from mspe.config import Params
from mspe.dataset.assemble import describe, pack
from mspe.dataset.config import DatasetParams
from mspe.dataset.registry import DATASETS
from mspe.dataset.spec import Samples
from mspe.encodings import EncodingSet, GraphStatistics, compute_spectrum
from mspe.graphs import GraphSchema, PackedGraphs
from mspe.graphs.checks import check_graphs
from mspe.graphs.features import Features
from mspe.pipeline.trained_model import TrainedModel
from mspe.pipeline.training import RunPaths, TrainingData, train_seed
from mspe.training import ReproducibilityContext
from mspe.training.device import get_device

_SPEC = DATASETS["graphs"]


@dataclass(frozen=True)
class Settings:
    """Parameters of an estimator that decide how its model is trained."""

    encodings: str | Mapping[str, Any]
    model: str | Mapping[str, Any]
    epochs: int | np.integer
    training: Mapping[str, Any]
    seed: int | np.integer
    device: str

    def validated(self, source: str) -> Params:
        """Return them as the sections of `params.yaml`.

        Raises
        ------
        MspeError
            If a value is not allowed; it begins with `source`.
        """
        if not isinstance(self.training, Mapping) or "epochs" in self.training:
            raise MspeError(
                f"{source}: training: got {shown(self.training)}, allowed: a mapping without epochs, which "
                f"{source} has beside it"
            )
        epochs = _plain(self.epochs)
        own = {
            "epochs": epochs,
            "batch_size": 32,
            "ema": 0.99,
            "metric_for_best": "loss",  # few samples are held out, of which an accuracy has few steps
            "optimizer": {"lr": 1e-3},
            "scheduler": {"warmup_epochs": min(3, max(0, epochs - 1)) if isinstance(epochs, int) else 0},
        }
        values = {
            "seeds": [_plain(self.seed)],
            "dataset": {"name": _SPEC.name},
            "encodings": {"preset": self.encodings} if isinstance(self.encodings, str) else self.encodings,
            "model": {"name": self.model} if isinstance(self.model, str) else self.model,
            "training": merged(own, self.training),
            "evaluation": {},
            "runtime": {"device": self.device, "resume": False, "log_every": 10**9},
        }
        return validate(Params, values, source)


def _plain(value: Any) -> Any:
    """A number of NumPy's, as a grid of parameters may hold, as Python's."""
    return value.item() if isinstance(value, np.generic) else value


def train_model(samples: Samples, positions: Mapping[str, list[int]], params: Params, folder: Path) -> TrainedModel:
    """Train a model of some samples and return it as it was in its best epoch.

    Random generators and torch's settings are afterwards as they were.

    Parameters
    ----------
    samples
        Graphs with their targets.
    positions
        Of those that train the model, `train`, and those that choose the epoch, `val`.
    params
        Encodings, model, training and the seed, the first.
    folder
        Then holds `best.pt`, `history.json`, `curve.csv` and `cost.json`.

    Raises
    ------
    MspeError
        If parameters and graphs do not fit.
    """
    seed, device = params.seeds[0], get_device(params.runtime.device)
    with ReproducibilityContext(seed):
        data = _encoded(samples, positions, params)
        paths = RunPaths(folder, folder / "history.json", folder / "curve.csv", folder / "cost.json", resume=folder)
        with train_seed(seed, data, params.model, params.training, params.runtime, paths, (), device):
            return TrainedModel.load(folder / "best.pt", device)


def _encoded(samples: Samples, positions: Mapping[str, list[int]], params: Params) -> TrainingData:
    """Graphs with spectrum and encodings, features numbered and scaled by the training part."""
    packed = {name: pack(_SPEC, samples, part, 1) for name, part in positions.items()}
    for graphs in packed.values():
        check_graphs(graphs)
    schema = describe(_SPEC, samples, DatasetParams(name=_SPEC.name), packed)
    encodings = params.encodings
    operators = ("normalized", *encodings.operators())
    spectra = {
        name: compute_spectrum(graphs, backend=encodings.backend, operators=operators)
        for name, graphs in packed.items()
    }
    statistics = GraphStatistics.of([spectra["train"]], schema.max_nodes, lambda: [packed["train"]])
    bank = EncodingSet.from_config(encodings.resolve(statistics))
    parts = {name: _with_encodings(graphs, spectra[name], bank, schema) for name, graphs in packed.items()}
    return TrainingData(schema, bank.config(), parts["train"], parts["val"])


@torch.no_grad()
def _with_encodings(
    graphs: PackedGraphs, spectrum: PackedGraphs, bank: EncodingSet, schema: GraphSchema
) -> PackedGraphs:
    joined = graphs.with_fields_of(spectrum)
    encoded = joined.with_fields_of(bank.encode(joined, lambda: graphs))
    return Features.of(schema).apply(encoded)
