"""How long a variant's runs take, by training it briefly on a few graphs."""

from argparse import ArgumentParser

from mspe.common.command import begin, command

if __name__ == "__main__":

    def declare(parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("folder", help="the comparison's")
        parser.add_argument("variant")
        parser.add_argument("seed", type=int)

    arguments = begin(__doc__, declare)

import math
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from mspe.ablation.declarations import with_epochs
from mspe.ablation.run import THREADS, encode
from mspe.ablation.study import Study
from mspe.ablation.variant import Variant
from mspe.common.json_files import read_json, write_sealed_json
from mspe.common.plugins import load_plugins
from mspe.common.section import Section, validate
from mspe.config import RuntimeParams
from mspe.pipeline.training import RunPaths, TrainingData, train_seed
from mspe.training.device import get_device

_BATCHES = 6
_EPOCHS = 3
"""Of these the first is slower; the median is told."""


class Timing(Section):
    """Seconds of a variant's runs: of an epoch, validation included, and of all besides."""

    epoch: float
    start: float


def probe(study: Study, name: str, seed: int) -> Timing:
    """Return how long a variant's runs take while other processes compute beside this one.

    A few batches are trained and a proportionate part of the validation graphs scored; the seconds are multiplied by
    how many times more batches an epoch has.
    """
    load_plugins(study.settings.plugins)
    variant, division = Variant.load(study.variant_path("confirm", name)), study.division(seed)
    graphs, _ = encode(study, variant)
    train, val = (study.part(graphs, division, part) for part in ("train", "val"))
    count = min(len(train), _BATCHES * variant.training.batch_size)
    part = count / len(train)
    data = TrainingData(division.graph_schema, variant.bank, train[:count], val[: max(1, math.ceil(part * len(val)))])
    training = with_epochs(variant.training, _EPOCHS).model_copy(update={"metric_for_best": "loss"})
    start = time.process_time()  # from the process's beginning on, the library's import included
    with TemporaryDirectory() as folder:
        place = Path(folder)
        files = {name: place / f"{name}.txt" for name in ("history", "curve", "cost")}
        paths = RunPaths(place, **files, resume=place)
        runtime = RuntimeParams(threads=THREADS, log_every=10**9, resume=False)
        device = get_device(study.settings.device)
        with train_seed(seed, data, variant.model, training, runtime, paths, [], device) as trainer:
            epoch = trainer.cost.report()["epoch_seconds"]
    return Timing(epoch=epoch / part, start=start)


def timing_path(study: Study, name: str) -> Path:
    """Return the file that a variant's timing is written to."""
    return study.folder / "timings" / f"{name}.json"


def read_timing(study: Study, name: str) -> Timing:
    """Read how long a variant's runs take.

    Raises
    ------
    MspeError
        If it was not probed, or the file is damaged.
    """
    path = timing_path(study, name)
    return validate(Timing, read_json(path), str(path))


def probe_command(study: Study, name: str, seed: int) -> list[str]:
    """Return the command that writes a variant's timing."""
    return [sys.executable, "-m", "mspe.ablation.probe", str(study.folder), name, str(seed)]


def main(folder: str, name: str, seed: int) -> None:
    """Write a variant's timing."""
    study = Study.open(folder)
    write_sealed_json(timing_path(study, name), probe(study, name, seed).model_dump())


if __name__ == "__main__":
    with command():
        main(arguments.folder, arguments.variant, arguments.seed)
