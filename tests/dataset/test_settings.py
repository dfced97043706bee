"""Parameters that are `auto`: what the dataset sets, what the user sets, and what is said of it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from mspe.common.errors import MspeError
from mspe.config import Params, load_params, read_values
from mspe.dataset import DATASETS, get_dataset, register_dataset
from mspe.dataset.settings import AUTO, DEFAULTS, check_settings, left_to_dataset, resolve_auto
from tests.conftest import ROOT

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
        f"csl: model.norm=layer, training.epochs=40 (the dataset's own settings; set them in {file} to override)"
    ]
    stored = {"model.norm": "layer", "training.epochs": 11}  # of another version: what is stored decides
    assert read_values(stored, file)["training"]["epochs"] == 11


def test_nothing_is_said_where_the_user_has_set_all(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "params.yaml"
    file.write_text(yaml.safe_dump(parameters(dataset__name="csl", model__norm="batch", training__epochs=25)))
    with caplog.at_level("INFO"):
        assert chosen(load_params(file, OWN)) == DEFAULTS
    assert caplog.messages == []
