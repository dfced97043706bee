"""Damaged files of `data/`, `models/` and `.mspe/` are refused in one line that names them, or change no result."""

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
import torch

from mspe.ablation.run import run
from mspe.ablation.study import Run, Study
from mspe.common.errors import MspeError
from mspe.common.tensor_files import verify_tensors
from mspe.config import load_params
from mspe.encodings import EncodingSet, GraphStatistics
from mspe.encodings.config import read_bank
from mspe.graphs import SPLITS, GraphLoader, GraphSchema, PackedGraphs, read_split, store
from mspe.graphs.content_key import join_derived
from mspe.graphs.store import read_shards, shard_paths
from mspe.models import get_model, model_arguments
from mspe.pipeline.stored_data import SPECTRUM, read_encoded
from mspe.training import Trainer, get_loss_fn, get_optimizer
from stages import evaluate, train
from tests.ablation.fake_runs import begin, declared, probed, read_csl
from tests.faults import FULL
from tests.faults.damages import damage
from tests.pipeline import stages

STATE = Path(".mspe/resume/run/state.pt")
KEPT = Path(".mspe/resume/kept")
STUDY = Path("data/ablation/study")
BRIEF = {"epochs": 1, "scheduler": {"warmup_epochs": 0}}
COMPARED = declared(variants=["none", "all"], screen=None, confirm={"seeds": 2}, training=BRIEF)
CSL = read_csl()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which the pipeline and a small comparison have been run, with states of runs that have not ended."""
    folder = tmp_path_factory.mktemp("world")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "shard_ends", lambda graphs: [*range(6, len(graphs), 6), len(graphs)])
        stages.prepare(folder)
        with chdir(folder):
            train.main(0)
            fit(load_trainer())
            shutil.copytree("data/spectrum", KEPT)
            run_ablation()
            yield folder


def fit(trainer: Trainer) -> None:
    """Train an epoch, or resume from the state that is left of it: there is no other to train."""
    encodings = EncodingSet.from_config(read_bank("data/encodings/bank.json"))
    loaders = (GraphLoader(read_encoded(split, encodings), 8) for split in ("train", "val"))
    trainer.fit(*loaders, epochs=1, resume_path=STATE)


def load_trainer() -> Trainer:
    schema, bank = GraphSchema.load("data/graphs/schema.json"), read_bank("data/encodings/bank.json")
    torch.manual_seed(0)
    model = get_model(**model_arguments(load_params().model, schema, bank))
    loss = get_loss_fn(schema.task_type, schema.loss)
    return Trainer(model, get_optimizer(model), loss_fn=loss, checkpoint_dir=STATE.parent, device="cpu")


def run_ablation() -> None:
    """Two variants with two seeds each, in one round."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mspe.ablation.engine.launch", lambda study, runs, jobs: [run(study, one) for one in runs])
        patch.setattr("mspe.ablation.plans.call", probed)
        begin(STUDY, read_csl(), COMPARED).compare()


def read_data() -> Any:
    """All that `encode` and `train` read."""
    bank = read_bank("data/encodings/bank.json")
    encodings = EncodingSet.from_config(bank)
    statistics = GraphStatistics.of(read_shards(SPECTRUM, "train"), 99)
    splits = [read_encoded(split, encodings).whole() for split in SPLITS]
    schema = GraphSchema.load("data/graphs/schema.json").model_dump()
    return schema, bank.model_dump(), statistics, [read_split(SPECTRUM, split) for split in SPLITS], splits


def read_scores() -> Any:
    """All that `evaluate` reads and writes."""
    evaluate.main(0)
    return [Path("metrics", name).read_bytes() for name in ("test/0.json", "predictions/0.csv")]


def read_state() -> Any:
    """The state of an interrupted run, taken over by a Trainer; without one the run begins anew."""
    trainer = load_trainer()
    fit(trainer)
    return {name: value for name, value in trainer._state().items() if name != "cost"}


def read_kept() -> Any:
    """Shards that an interrupted stage has kept, verified before they are adopted; one that is lost is made anew."""
    adopted = []
    for path in [path for split in SPLITS for path in shard_paths("data/graphs", split)]:
        name = path.relative_to("data/graphs")
        if (KEPT / name).exists():
            verify_tensors(KEPT / name)
        derived = PackedGraphs.load((KEPT if (KEPT / name).exists() else Path(SPECTRUM)) / name)
        adopted.append(join_derived(PackedGraphs.load(path), derived, str(KEPT / name)))
    return adopted


def read_ablation() -> Any:
    """All that a comparison that is called again reads, which has nothing left to train."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mspe.ablation.engine.launch", refuse_to_train)
        patch.setattr("mspe.ablation.plans.call", refuse_to_time)
        report = begin(STUDY, CSL, COMPARED).compare().to_json()
        del report["about"]["date"]
        return report


def refuse_to_train(study: Study, runs: Sequence[Run], jobs: int) -> None:
    raise MspeError(f"{study.run_folder(runs[0])}: missing")


def refuse_to_time(commands: Mapping[str, Sequence[str]], jobs: int) -> None:
    raise MspeError(f"{STUDY}/plan.json: missing")


def plain(value: Any) -> Any:
    """A value that compares as a whole, its tensors by their bytes."""
    if isinstance(value, torch.Tensor):
        return (str(value.dtype), tuple(value.shape), value.contiguous().numpy().tobytes())
    if isinstance(value, PackedGraphs):
        return plain(
            [value.num_nodes, value.num_edges, value.num_links, value.edge_index, dict(value.fields), value.levels]
        )
    if isinstance(value, dict):
        return [(repr(key), plain(item)) for key, item in value.items()]
    return [plain(item) for item in value] if isinstance(value, list | tuple) else repr(value)


READERS: dict[str, list[Callable[[], Any]]] = {
    "data/ablation": [read_ablation],
    "data": [read_data, read_scores],
    "models": [read_scores],
    str(KEPT): [read_kept],
    str(STATE.parent): [read_state],
}
"""By the folder of the damaged file."""


def readers(path: Path) -> list[Callable[[], Any]]:
    return next(functions for folder, functions in READERS.items() if path.is_relative_to(folder))


def like(path: Path, paths: list[Path]) -> list[Path]:
    """Files that may be taken for a file: shards, and those of its name; one checkpoint may replace another."""
    others = [other for other in paths if other.suffix == path.suffix and other != path]
    if path.suffix == ".pt":
        kept = path.is_relative_to(KEPT)  # by its inputs: that it is of its stage is known by its folder alone
        return [other for other in others if other.stem.isdigit() and other.is_relative_to(KEPT) == kept]
    return [other for other in others if other.name == path.name or other.parent == path.parent] or others


def result(change: str, changed: list[Path], expected: dict[Callable[[], Any], Any]) -> str:
    """Whether the readers refuse the damage or find what they would have found without it, or what else they do."""
    refused = False
    for read in readers(changed[0]):
        try:
            if plain(read()) != expected[read]:
                return f"SILENT in {read.__name__}: {change}"
        except MspeError as error:
            if "\n" in str(error) or not any(
                str(part) in str(error) for path in changed for part in (path, path.parent)
            ):
                return f"NOT A LINE THAT NAMES IT: {change}: {error}"
            refused = True
        except BaseException as error:
            return f"TRACEBACK {type(error).__name__} in {read.__name__}: {change}"
    return "refused" if refused else "harmless"


def restore(contents: dict[Path, bytes]) -> None:
    for path, content in contents.items():
        if path.is_dir():
            path.rmdir()
        if not path.exists() or path.read_bytes() != content:
            path.unlink(missing_ok=True)
            path.write_bytes(content)


def count_results(seeds: range) -> Counter[str]:
    """Damage a file per seed of the working folder's, and count what comes of it."""
    paths = sorted(path for folder in ("data", "models", ".mspe") for path in Path(folder).rglob("*.*"))
    paths = [path for path in paths if path.is_file() and path.suffix != ".lock"]
    expected = {read: plain(read()) for functions in READERS.values() for read in functions}
    contents = {path: path.read_bytes() for path in paths}
    results: Counter[str] = Counter()
    for seed in seeds:
        chance = random.Random(seed)
        path = chance.choice(paths)
        results[result(*damage(path, like(path, paths), chance), expected)] += 1
        restore(contents)
    return results


@pytest.mark.slow
def test_damage_is_refused_or_harmless(world: Path) -> None:
    results = count_results(range(1000 if FULL else 60))
    print(results)
    assert set(results) <= {"refused", "harmless"}, results
    assert results["refused"] > results["harmless"]
