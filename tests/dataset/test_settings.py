"""Parameters that are `auto`: what the dataset sets, what the user sets, and what is said of it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from mspe.common.errors import MspeError
from mspe.common.tensor_files import read_tensors
from mspe.config import Params, load_params
from mspe.dataset import DATASETS, get_dataset, load_dataset, register_dataset
from mspe.dataset.settings import AUTO, DEFAULTS, check_settings, left_to_dataset, resolve_auto
from mspe.encodings import EncodingSet, GraphStatistics, compute_spectrum
from mspe.graphs import SPLITS, PackedGraphs
from mspe.pipeline.trained_model import TrainedModel
from mspe.pipeline.training import RunPaths, TrainingData, train_seed
from tests.conftest import ROOT
from tests.documentation import PAGES

OWN = {"model.norm": "layer", "training.epochs": 40}
SILENT = sorted(name for name, spec in DATASETS.items() if not spec.settings)


def parameters(**changes: Any) -> dict[str, Any]:
    """The content of `params.yaml`, with some values changed; a dot in a path is written as two underscores."""
    values = yaml.safe_load((ROOT / "params.yaml").read_text())
    for path, value in changes.items():
        section, key = path.split("__")
        values[section][key] = value
    return values


def chosen(params: Params) -> dict[str, Any]:
    """The values of all parameters that may be left to a dataset."""
    values = params.model_dump()
    return {path: values[path.split(".")[0]][path.split(".")[1]] for path in DEFAULTS}


def test_the_committed_parameters_leave_to_the_dataset_whatever_it_may_set() -> None:
    assert left_to_dataset(parameters(), DEFAULTS) == DEFAULTS


def test_the_default_dataset_trains_as_it_always_did() -> None:
    params = load_params(ROOT / "params.yaml")
    assert params.dataset.name == "nci"
    assert (params.model.norm, params.training.epochs, params.training.batch_size) == ("batch", 25, 32)


@pytest.mark.parametrize("name", SILENT)
def test_a_dataset_without_settings_takes_the_common_ones(name: str) -> None:
    assert chosen(Params.model_validate(parameters(dataset__name=name))) == DEFAULTS


@pytest.mark.parametrize("name", sorted(set(DATASETS) - set(SILENT)))
def test_a_dataset_brings_its_own_settings_and_they_are_allowed(name: str) -> None:
    expected = {**DEFAULTS, **DATASETS[name].settings}
    assert chosen(Params.model_validate(parameters(dataset__name=name))) == expected


@pytest.mark.parametrize(("path", "value"), [("model__norm", "batch"), ("training__epochs", 7)])
def test_what_the_user_sets_wins_even_where_it_is_the_common_value(path: str, value: object) -> None:
    params = chosen(Params.model_validate(parameters(dataset__name="csl", **{path: value})))
    assert params == {**DEFAULTS, **DATASETS["csl"].settings, path.replace("__", "."): value}


@pytest.mark.parametrize("values", [None, [], "auto", {}, {"model": None}, {"model": "auto", "training": ["auto"]}])
def test_what_is_no_tree_of_parameters_is_left_to_the_schema(values: object) -> None:
    assert resolve_auto(values, OWN) == values


def test_nothing_of_the_given_values_is_changed_in_place() -> None:
    values = {"model": {"norm": AUTO, "heads": 4}}
    assert resolve_auto(values, OWN) == {"model": {"norm": "layer", "heads": 4}}
    assert values == {"model": {"norm": AUTO, "heads": 4}}


@pytest.mark.parametrize("name", [["csl"], 3, None, "nothing", {"csl": 1}])
def test_a_wrong_name_is_refused_as_ever(name: object) -> None:
    with pytest.raises(ValueError, match=r"dataset"):
        Params.model_validate(parameters(dataset__name=name))


def test_auto_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(parameters(model__heads=AUTO)))
    with pytest.raises(MspeError, match=r"model.heads: got 'auto', input should be a valid integer"):
        load_params(tmp_path / "params.yaml")


def test_a_setting_that_would_never_be_used_is_refused() -> None:
    with pytest.raises(MspeError, match=r"dataset mine: settings: got model.nrom, allowed: model.norm, training.ep"):
        check_settings("mine", {"model.nrom": "layer", "training.epochs": 3})


def test_a_registered_dataset_brings_settings_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DATASETS, "_entries", dict(DATASETS._entries))
    register_dataset(replace(DATASETS["csl"], name="mine", settings={"training.epochs": 9}))
    assert Params.model_validate(parameters(dataset__name="mine")).training.epochs == 9
    assert get_dataset("mine").schema.settings == {"training.epochs": 9}


def test_training_takes_the_stored_datasets_settings_and_says_so_in_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "params.yaml"
    file.write_text(yaml.safe_dump(parameters(dataset__name="csl", training__batch_size=8)))
    settings = get_dataset("csl").schema.settings
    with caplog.at_level("INFO"):
        assert chosen(load_params(file)) == {**DEFAULTS, **OWN, "training.batch_size": 8}
        assert caplog.messages == []  # of the stages that do not train
        assert chosen(load_params(file, settings)) == {**DEFAULTS, **OWN, "training.batch_size": 8}
    assert caplog.messages == [
        "csl: model.norm=layer, training.epochs=40 (the dataset's own settings; set these parameters to override)"
    ]
    stored = {"model.norm": "layer", "training.epochs": 11}  # of another version: what is stored decides
    assert load_params(file, stored).training.epochs == 11


def test_nothing_is_said_where_the_user_has_set_all(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "params.yaml"
    file.write_text(yaml.safe_dump(parameters(dataset__name="csl", model__norm="batch", training__epochs=25)))
    with caplog.at_level("INFO"):
        assert chosen(load_params(file, OWN)) == DEFAULTS
    assert caplog.messages == []


def by_name(name: str, folder: Path) -> float:
    """Test score of a dataset that is chosen by its name, all else as committed, seed 0 and its first fold."""
    params = Params.model_validate(parameters(dataset__name=name, runtime__threads=1))
    dataset = load_dataset(params.dataset)
    graphs = {split: getattr(dataset, split) for split in SPLITS}
    spectra = {split: compute_spectrum(part) for split, part in graphs.items()}
    bank = params.encodings.resolve(GraphStatistics.of([spectra["train"]], dataset.schema.max_nodes))
    encodings = EncodingSet.from_config(bank)
    encoded = {split: encode(part.with_fields_of(spectra[split]), encodings) for split, part in graphs.items()}
    data = TrainingData(dataset.schema, encodings.config(), encoded["train"], encoded["val"])
    paths = RunPaths(folder, *(folder / name for name in ("train.json", "curve.csv", "cost.json")))
    cpu = torch.device("cpu")
    with train_seed(0, data, params.model, params.training, params.runtime, paths, [], cpu):
        return TrainedModel.load(folder / "best.pt", cpu).evaluate(encoded["test"]).metrics[dataset.schema.metric]


def encode(graphs: PackedGraphs, encodings: EncodingSet) -> PackedGraphs:
    return graphs.with_fields_of(encodings.encode_nodes(graphs, lambda: graphs))


def in_readme(name: str) -> tuple[str, str, str]:
    """Own settings, score by name alone and score with the common settings, as the table of docs/data.md has them."""
    section = PAGES["docs/data.md"].split("## By name alone")[1].split("\n## ")[0]
    row = next(line for line in section.splitlines() if line.startswith(f"| `{name}` |"))
    settings, _, score, common = (cell.strip() for cell in row.strip("|").split("|")[1:5])
    return settings, score, common


@pytest.mark.parametrize("name", DATASETS)
def test_the_readme_names_every_datasets_own_settings(name: str) -> None:
    settings = DATASETS[name].settings
    if settings:
        assert in_readme(name)[0] == ", ".join(f"`{key}={value}`" for key, value in settings.items())


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("name", ["csl", "lesmiserables"])
def test_a_dataset_by_its_name_alone_gains_what_its_settings_bring(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than half of it: rounding differs between processors, and training amplifies it."""
    monkeypatch.chdir(tmp_path)  # state to resume from is kept in the working folder
    _, score, common = in_readme(name)
    assert by_name(name, tmp_path) > (float(score) + float(common)) / 2
    metadata = read_tensors(tmp_path / "best.pt")["metadata"]
    expected = {**DEFAULTS, **DATASETS[name].settings}
    assert metadata["model"]["norm"] == expected["model.norm"]
    assert metadata["training"]["epochs"] == expected["training.epochs"]
    assert metadata["training"]["batch_size"] == expected["training.batch_size"]
