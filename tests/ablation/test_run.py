"""One variant with one seed, in process: what it leaves in its folder."""

import json
from pathlib import Path

import pytest
import torch

from mspe.ablation.records import FinishedRun, MissingRun, read_runs
from mspe.ablation.run import run_variant
from mspe.ablation.variant import Variant
from mspe.config import RuntimeParams
from mspe.dataset import GraphDataset, get_dataset
from mspe.encodings import BankConfig, EncodingSet, compute_spectrum
from mspe.graphs import GraphSchema, PackedGraphs
from mspe.models.config import ModelParams
from mspe.pipeline.trained_model import TrainedModel
from mspe.training import TrainingParams

BANK = EncodingSet.from_config({"filters": {"heat": {"times": [0.5, 4.0]}}, "pair": True}).config()
VARIANT = Variant(
    "heat",
    BANK,
    ModelParams(hidden_dim=16, node_dim=6, num_layers=2),
    TrainingParams.model_validate({"epochs": 2, "batch_size": 8, "scheduler": {"warmup_epochs": 0}}),
)
FILES = {"best.pt", "train.json", "curve.csv", "cost.json", "predictions.csv", "result.json"}


@pytest.fixture(scope="module")
def dataset() -> GraphDataset:
    return get_dataset("nci", limit=16)


def run(dataset: GraphDataset, folder: Path, seed: int, variant: Variant = VARIANT) -> Path:
    """Run a variant in a folder of its own; the folder."""
    graphs: dict[str, PackedGraphs] = {
        split: part.with_fields_of(compute_spectrum(part))
        for split, part in (("train", dataset.train), ("val", dataset.val), ("test", dataset.test))
    }
    schema: GraphSchema = dataset.schema
    out = folder / variant.name / str(seed)
    run_variant(
        variant, seed, graphs, schema, "test", RuntimeParams(), out, folder / "log", [], torch.device("cpu")
    )  # fmt: skip
    return out


@pytest.fixture(scope="module")
def folder(dataset: GraphDataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(dataset, tmp_path_factory.mktemp("runs"), seed=3)


def test_a_finished_run_leaves_its_files(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} >= FILES
    result = json.loads((folder / "result.json").read_text())
    assert (result["variant"], result["seed"], result["split"]) == ("heat", 3, "test")
    assert result["score"] == result["scores"][result["metric"]] > 0 and result["minimized"]
    cost = json.loads((folder / "cost.json").read_text())
    assert (cost["variant"], cost["seed"]) == ("heat", 3) and cost["encode_seconds"] >= 0
    assert set(result["files"]) == {"curve.csv", "predictions.csv"}  # what the report reads and has no checksum itself


def test_the_score_is_that_of_the_best_checkpoint(folder: Path, dataset: GraphDataset) -> None:
    result = json.loads((folder / "result.json").read_text())
    trained = TrainedModel.load(folder / "best.pt")
    assert result["parameters"] == trained.num_parameters and result["gates"] == trained.scale_weights()
    assert trained.evaluate(dataset.test).metrics["mae"] == pytest.approx(result["scores"]["mae"], rel=1e-5)
    rows = (folder / "predictions.csv").read_text().splitlines()
    assert len(rows) == 1 + len(dataset.test)


def test_the_comparison_reads_it(folder: Path) -> None:
    finished, missing = read_runs(folder.parents[1], ["heat"], [3, 4])
    assert isinstance(finished, FinishedRun) and isinstance(missing, MissingRun)
    assert finished.score == json.loads((folder / "result.json").read_text())["score"]


def test_the_same_seed_gives_the_same_run_and_another_one_another(
    folder: Path, dataset: GraphDataset, tmp_path: Path
) -> None:
    again, other = run(dataset, tmp_path, seed=3), run(dataset, tmp_path, seed=4)
    same = [(path / "predictions.csv").read_bytes() for path in (folder, again, other)]
    assert same[0] == same[1] != same[2]


def test_a_variant_without_encodings_runs(dataset: GraphDataset, tmp_path: Path) -> None:
    empty = Variant("none", BankConfig(), VARIANT.model, VARIANT.training)
    assert json.loads((run(dataset, tmp_path, 0, empty) / "result.json").read_text())["gates"] == {}
