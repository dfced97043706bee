"""One run of a comparison: a variant encoded, trained and scored, in a process of its own."""

from argparse import ArgumentParser

from mspe.common.command import begin, command

if __name__ == "__main__":

    def declare(parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("folder", help="the comparison's")
        parser.add_argument("round", choices=("screen", "confirm"))
        parser.add_argument("variant")
        parser.add_argument("seed", type=int)

    arguments = begin(__doc__, declare)

import time
from typing import Any

import torch
from torch import nn

from mspe.ablation.records import is_done
from mspe.ablation.study import Run, StoredDivision, Study
from mspe.ablation.variant import Variant
from mspe.common.checksums import file_checksum
from mspe.common.csv_files import write_csv
from mspe.common.json_files import read_json, write_sealed_json
from mspe.common.plugins import load_plugins
from mspe.common.resume import hold
from mspe.config import RuntimeParams
from mspe.encodings import EncodingSet
from mspe.graphs import SPLITS, PackedGraphs
from mspe.pipeline.trained_model import TrainedModel
from mspe.pipeline.training import RunPaths, TrainingData, train_seed
from mspe.tasks import is_minimized
from mspe.training.device import get_device
from mspe.training.profile import count_multiply_adds

THREADS = 1
"""Of torch, whatever the machine: so the numbers do not depend on how many runs there are at a time."""
_COUNTED = 8
"""Graphs of the batch whose operations are counted."""


def run(study: Study, which: Run) -> None:
    """Train a variant with a seed and score its best checkpoint.

    Its folder then holds `best.pt`, `train.json`, `curve.csv`, `predictions.csv`, `cost.json` and, last, `result.json`,
    which says what decided it: a run that is finished is known by that.
    """
    load_plugins(study.settings.plugins)
    folder, identity = study.run_folder(which), study.identity(which)
    variant = Variant.load(study.variant_path(which.round, which.variant))
    division = study.division(which.seed)
    graphs, encode_seconds = encode(study, variant)
    parts = {name: study.part(graphs, division, name) for name in SPLITS}
    data = TrainingData(division.graph_schema, variant.bank, parts["train"], parts["val"])
    paths = RunPaths(
        folder, folder / "train.json", folder / "curve.csv", folder / "cost.json", resume=study.folder / "resume"
    )
    device = get_device(study.settings.device)
    runtime = RuntimeParams(threads=THREADS, log_every=10**9)
    inputs = [study.variant_path(which.round, which.variant), study.division_path(which.seed)]
    with train_seed(which.seed, data, variant.model, variant.training, runtime, paths, inputs, device) as trainer:
        trained = TrainedModel.load(folder / "best.pt", device)
        evaluation = trained.evaluate(parts[study.scored_part(which.round)])
        write_csv(folder / "predictions.csv", evaluation.table())
        costs = {
            "encode_seconds": round(encode_seconds, 3),
            "multiply_adds": step_cost(trained.model, parts["train"], device),
        }
        write_sealed_json(paths.cost, {**_named(which), **costs, **read_json(paths.cost)})
        result = {
            **_named(which),
            "identity": identity,
            **_describe(study, which, division),
            "score": evaluation.metrics.get(division.graph_schema.metric),
            "best_epoch": trainer.best_epoch,
            "scores": evaluation.metrics,
            "parameters": trained.num_parameters,
            "files": {name: file_checksum(folder / name) for name in ("curve.csv", "predictions.csv")},
        }
        write_sealed_json(folder / "result.json", result)


def _named(which: Run) -> dict[str, Any]:
    return {"round": which.round, "variant": which.variant, "seed": which.seed}


def _describe(study: Study, which: Run, division: StoredDivision) -> dict[str, Any]:
    schema = division.graph_schema
    return {
        "split": study.scored_part(which.round),
        "metric": schema.metric,
        "minimized": is_minimized(schema.metric, None),
        "task_type": schema.task_type,
        "target_level": schema.target_level,
        "loss": schema.loss,
    }


def encode(study: Study, variant: Variant) -> tuple[PackedGraphs, float]:
    """Return all graphs with the variant's stored encodings, and the seconds that took."""
    torch.set_num_threads(THREADS)
    bank = EncodingSet.from_config(variant.bank)
    graphs, start = study.graphs_with(bank.operators), time.perf_counter()
    encoded = graphs.with_fields_of(bank.encode(graphs, lambda: graphs))
    return encoded, time.perf_counter() - start


def step_cost(model: nn.Module, graphs: PackedGraphs, device: torch.device) -> int:
    """Return the multiply–adds of a training step, forward and backward, per graph: the mean over some of them."""
    batch = graphs.collate(range(min(_COUNTED, len(graphs)))).to(device)
    return round(sum(count_multiply_adds(model, batch)) / batch.num_graphs)


def main(folder: str, which: Run) -> None:
    """Make a run of the comparison in a folder, unless another process makes it, which is then waited for.

    That may be one whose worker counts as dead, or one that a command began which is no more.
    """
    study = Study.open(folder)
    with hold(study.run_folder(which), wait=True):
        if not is_done(study, which):
            run(study, which)


if __name__ == "__main__":
    with command():
        main(arguments.folder, Run(arguments.round, arguments.variant, arguments.seed))
