"""Every mistake in `params.yaml` is one line with the full path, the value, and what is allowed."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from mspe.common.errors import MspeError
from mspe.config import Params, load_params
from mspe.encodings import GraphStatistics
from tests.conftest import ROOT

CASES = [
    ("training.optimizer.lr", -0.001, "training.optimizer.lr: got -0.001, input should be greater than 0"),
    ("training.optimizer.lr", "fast", "training.optimizer.lr: got 'fast', input should be a valid number"),
    ("training.optimizer.lr", True, "training.optimizer.lr: got True, input should be a number, not a boolean"),
    ("training.optimizer.lr", ".nan", "training.optimizer.lr: got nan, input should be a finite number"),
    ("training.optimiser", {"lr": 1}, "training.optimiser: unknown key; known here: accumulation_steps, batch_size"),
    (
        "training.optimizer.beta",
        1,
        "training.optimizer.beta: unknown key; known here: lr, momentum, type, weight_decay",
    ),
    (
        "training.optimizer.type",
        "lion",
        "training.optimizer.type: got 'lion', input should be 'adam', 'adamw' or 'sgd'",
    ),
    (
        "training.scheduler.warmup_epochs",
        25,
        "training: scheduler.warmup_epochs is 25, allowed: less than training.epochs",
    ),
    ("training.epochs", 2.5, "training.epochs: got 2.5, input should be a valid integer"),
    ("training.epochs", "10", "training.epochs: got '10', input should be a valid integer"),
    (
        "training.loss",
        "l7",
        "training.loss: got 'l7', allowed: null or one of bce_logits, cross_entropy, huber, mae, mse",
    ),
    ("training.metric_for_best", "speed", "training.metric_for_best: got 'speed', allowed: null or one of loss, mse"),
    ("training.mixed_precision", "yes", "training.mixed_precision"),
    (
        "dataset.name",
        "zink",
        "dataset.name: got 'zink', unknown dataset 'zink'; did you mean 'zinc'? Known: amazon",
    ),
    ("dataset.synthetic.size", [9, 5], "dataset.synthetic.size: got [9, 5], allowed: nodes from 2 to 2000, as one num"),
    ("dataset.synthetic.shift.size", 1, "dataset.synthetic.shift.size: got 1, allowed: nodes from 2 to 2000"),
    ("range.seeds", [7], "range.seeds: got 7, allowed: seeds that are trained, 0"),
    ("range.seeds", [1, 1], "range.seeds: got [1, 1], duplicate entries; list each once"),
    ("range.nodes", 0, "range.nodes: got 0, input should be greater than 0"),
    ("dataset.limit", 0, "dataset.limit: got 0, input should be greater than 0"),
    ("encodings.filters.walk.steps", [], "encodings.filters.walk.steps: got [], at least 1 entry is needed"),
    (
        "encodings.filters.walk.steps",
        [1, -2],
        "encodings.filters.walk.steps.1: got -2, input should be greater than or equal to 0",
    ),
    ("encodings.filters.walk.steps", [1.5], "encodings.filters.walk.steps.0: got 1.5, input should be a valid integer"),
    ("encodings.filters.heat.times", "geometric(4, 1, 3)", "geometric(first, last, count) needs 0 < first < last"),
    (
        "encodings.filters.heat.times",
        "linear(1, 4)",
        'allowed: a list of scales, "geometric(first, last, count)", or auto',
    ),
    ("encodings.filters.heat.times", [0], "encodings.filters.heat.times.0: got 0, input should be greater than 0"),
    ("encodings.filters.heat.times", [1, 1], "encodings.filters.heat.times: got [1, 1], duplicate scales"),
    (
        "encodings.filters.haet",
        {"times": [1]},
        "encodings.filters.haet: unknown key; known here: heat, learned, ppr, walk, wavelet",
    ),
    ("encodings.pair", "sometimes", "encodings.pair"),
    ("model.heads", 5, "model: hidden_dim is 64 and heads is 5: heads must divide hidden_dim"),
    ("encodings.preset", "rwsee", "encodings.preset: got 'rwsee', input should be 'default', 'rwse'"),
    ("encodings.filters.ppr", {"restarts": [1.5]}, "encodings.filters.ppr.restarts.0: got 1.5, input should be less"),
    (
        "encodings.filters.learned",
        {"channels": 0},
        "encodings.filters.learned.channels: got 0, input should be greater",
    ),
    (
        "encodings.laplacian",
        "symmetric",
        "encodings.laplacian: unknown key; known here: backend, biharmonic, communicability, cycles",
    ),
    ("encodings.eigenvectors", -1, "encodings.eigenvectors: got -1, input should be greater than 0"),
    ("encodings.distance", "far", "encodings.distance: got 'far', input should be a valid integer"),
    ("encodings.degree", 3, "encodings.degree"),
    ("encodings.plugins", "one.py", "encodings.plugins"),
    ("encodings.degree", "x", "encodings.degree: got 'x', allowed: true, false"),
    (
        "encodings.files",
        ["../one.pt"],
        "encodings.files: got ['../one.pt'], allowed: files inside the project",
    ),
    ("encodings.files", "one.pt", "encodings.files: got 'one.pt', allowed: a list, as ['one.pt']"),
    ("encodings.plugins", ["one.py"], "one.py: no such Python file; correct encodings.plugins"),
    ("encodings.backend", "magic", "encodings.backend: got 'magic', input should be 'auto', 'dense', 'chebyshev'"),
    ("seeds", [], "seeds: got []"),
    ("seeds", [0, 0], "seeds: got [0, 0], duplicate entries; list each once"),
    ("evaluation.split", "dev", "evaluation.split: got 'dev', input should be 'train', 'val' or 'test'"),
    ("runtime.device", "gpu", "runtime.device: got 'gpu'"),
    ("runtime.cluster", "localhost", "runtime.cluster: got 'localhost'"),
    ("runtime.cluster", "slurm", "cluster is slurm, which needs the number of workers; set jobs"),
    ("model.hidden_dim", 10**12, "model.hidden_dim: got 1000000000000, input should be less than or equal to 16384"),
    ("model.num_layers", 10**9, "model.num_layers: got 1000000000, input should be less than or equal to 1000"),
    ("model.pair_dim", 10**12, "model.pair_dim: got 1000000000000, input should be less than or equal to 16384"),
    ("model.feed_forward_factor", 10**9, "model.feed_forward_factor: got 1000000000, input should be less than"),
    (
        "encodings.eigenvectors",
        10**30,
        "encodings.eigenvectors: got 1000000000000000000000000000000, input should be",
    ),
    ("encodings.distance", 10**12, "encodings.distance: got 1000000000000, input should be less than or equal to 1000"),
    ("encodings.filters.learned", {"channels": 10**9}, "learned.channels: got 1000000000, input should be less"),
    ("encodings.filters.heat.times", "geometric(1, 2, 1000000000)", "0 < first < last and a count of 2 to 1000"),
    ("encodings.filters.heat.times", [1 + k for k in range(2000)], "...], allowed: up to 1000 entries"),
    ("encodings.filters.walk.steps", [10**9], "walk.steps.0: got 1000000000, input should be less than or equal to"),
    ("encodings.max_pair_nodes", 10**30, "encodings.max_pair_nodes: got 10000000000000000000"),
    ("training.batch_size", 10**30, "training.batch_size: got 1000000000000000000000000000000, input should be less"),
    ("training.epochs", 10**300, "training.epochs: got 100000000000000000...0000000000000000000, input should be less"),
    ("training.optimizer.lr", "1e400", "training.optimizer.lr: got '1e400', input should be a finite number"),
    (
        "training.optimizer.lr",
        1e300,
        "training.optimizer.lr: got 1e+300, input should be less than or equal to 1000000",
    ),
    ("dataset.limit", 10**30, "dataset.limit: got 1000000000000000000000000000000, input should be less"),
    ("runtime.num_workers", 10**9, "runtime.num_workers: got 1000000000, input should be less than or equal to 1024"),
    ("runtime.threads", 10**9, "runtime.threads: got 1000000000, input should be less than or equal to 1024"),
    ("seeds", [], "seeds: got [], at least 1 entry is needed"),
    ("runtime.wandb_project", "", "runtime.wandb_project: got '', string should have at least 1 character"),
    ("runtime.wandb_project", "x" * 129, "runtime.wandb_project: got 'xxx"),
    ("runtime.device", "cuda:999", "runtime.device: got 'cuda:999'"),
    ("runtime.device", "cuda:٣", "runtime.device: got 'cuda:٣'"),
    ("runtime.device", "cuda:10000000000", "runtime.device: got 'cuda:10000000000'"),
    (
        "seeds",
        [10**100],
        "seeds.0: got 100000000000000000...0000000000000000000, input should be less than",
    ),
    ("seeds", list(range(2000)), "...], allowed: up to 1000 entries"),
    (
        "experiment",
        {},
        "experiment: unknown key; known here: dataset, encodings, evaluation, model, range, runtime, seeds, training",
    ),
]


def write(folder: Path, path: str, value: Any) -> Path:
    """The project's own parameters with one of them changed."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    section, *keys = params, *path.split(".")
    for key in keys[:-1]:
        section = section[key]
    section[keys[-1]] = value
    file = folder / "params.yaml"
    file.write_text(yaml.safe_dump(params).replace("'.nan'", ".nan"))
    return file


@pytest.mark.parametrize(("path", "value", "message"), CASES, ids=[f"{path}={value}" for path, value, _ in CASES])
def test_a_mistake_is_one_line_with_path_value_and_remedy(tmp_path: Path, path: str, value: Any, message: str) -> None:
    with pytest.raises(MspeError) as raised:
        load_params(write(tmp_path, path, value))
    assert message in str(raised.value)
    assert str(raised.value).startswith(str(tmp_path / "params.yaml: "))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("dataset", "path", "value", "message"),
    [
        ("zinc", "dataset.split", "scaffold", "dataset: split is scaffold, allowed for zinc: published"),
        (
            "csl",
            "dataset.split_seed",
            2**32,
            "dataset.split_seed: got 4294967296, input should be less",
        ),
        ("csl", "dataset.fold", 5, "dataset: fold is 5, allowed for csl: 0 to 4"),
        ("csl", "training.loss", "mae", "training.loss is mae, allowed for classification: cross_entropy, "),
        ("nci", "training.metric_for_best", "ap", "training.metric_for_best is ap, allowed for regression: loss, mse"),
        ("cora", "training.loss", "cross_entropy", "allowed for edge_prediction: bce_logits"),
    ],
)
def test_what_does_not_fit_the_dataset_is_refused(
    tmp_path: Path, dataset: str, path: str, value: Any, message: str
) -> None:
    file = write(tmp_path, path, value)
    file.write_text(file.read_text().replace("name: nci", f"name: {dataset}"))
    with pytest.raises(MspeError) as raised:
        load_params(file)
    assert message in str(raised.value) and "\n" not in str(raised.value)


def test_several_mistakes_are_all_named(tmp_path: Path) -> None:
    file = write(tmp_path, "training.batch_size", 0)
    file.write_text(file.read_text().replace("heads: 4", "heads: four"))
    with pytest.raises(MspeError, match=r"model.heads: got 'four'.*; training.batch_size: got 0"):
        load_params(file)


def test_a_missing_key_an_empty_file_and_no_file(tmp_path: Path) -> None:
    file = tmp_path / "params.yaml"
    with pytest.raises(MspeError, match="no such file; run from the repository's top folder"):
        load_params(file)
    file.write_text("")
    with pytest.raises(MspeError, match=r"got None, allowed: a mapping of parameters$"):
        load_params(file)
    file.write_text("seeds: [0]\nmodel: {}")
    with pytest.raises(MspeError, match="dataset: missing; add it"):
        load_params(file)
    file.write_text("seeds: [0")
    with pytest.raises(MspeError, match="not valid YAML"):
        load_params(file)


@pytest.mark.parametrize("written", ["1e-05", 1e-5, "0.00001"])
def test_a_float_written_as_yaml_reads_a_string_still_works(tmp_path: Path, written: object) -> None:
    assert load_params(write(tmp_path, "training.optimizer.lr", written)).training.optimizer.lr == 1e-5


def test_keys_that_the_chosen_type_does_not_use_are_accepted(tmp_path: Path) -> None:
    params = load_params(write(tmp_path, "training.scheduler.type", "step"))
    assert (params.training.scheduler.type, params.training.scheduler.warmup_epochs) == ("step", 3)


def test_a_filter_is_switched_off_by_null(tmp_path: Path) -> None:
    params = load_params(write(tmp_path, "encodings.filters.walk", None))
    assert list(params.encodings.resolve(GraphStatistics(10)).filters) == ["heat"]


def test_the_projects_own_parameters_are_complete() -> None:
    """Every key that the schema knows stands in the file, so that a user finds it there."""
    written = yaml.safe_load((ROOT / "params.yaml").read_text())
    given = load_params(ROOT / "params.yaml").model_dump()

    def keys(values: dict, prefix: str = "") -> set[str]:
        nested = [keys(value, f"{prefix}{key}.") for key, value in values.items() if isinstance(value, dict)]
        return {prefix + key for key in values} | set().union(*nested)

    assert keys(given) == keys(written)
    assert set(Params.model_fields) == set(written)


def test_pair_auto_follows_the_largest_graph(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    encodings = load_params(write(tmp_path, "encodings.max_pair_nodes", 100)).encodings
    assert encodings.resolve(GraphStatistics(100)).pair is True
    assert caplog.text == ""
    assert encodings.resolve(GraphStatistics(101)).pair is False
    assert "pair channels are off: the largest graph has 101 nodes" in caplog.text
    assert encodings.resolve(GraphStatistics(3)).filters["heat"]["times"] == [0.25, 0.5, 1, 2, 4, 8, 16, 32]


def test_a_seed_that_no_generator_takes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"seeds.1: got 4294967296, input should be less than or equal to 4294967295"):
        load_params(write(tmp_path, "seeds", [0, 2**32]))


def test_a_wrong_entry_is_not_a_short_list_too(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"seeds.0: got 0.0, input should be a valid integer[^;]*$"):
        load_params(write(tmp_path, "seeds", [0.0]))
