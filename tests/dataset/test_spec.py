"""What a dataset's file says of it."""

from dataclasses import FrozenInstanceError, replace

import pytest

from mspe.common.errors import MspeError
from mspe.dataset import DATASETS, get_dataset
from mspe.dataset.spec import DatasetSpec, Samples


@pytest.mark.parametrize("spec", DATASETS.values(), ids=lambda spec: spec.name)
def test_a_datasets_metric_is_one_of_its_tasks(spec: DatasetSpec) -> None:
    if spec.task is None:
        assert spec.metric == "by task" and spec.name in ("smiles", "graphs", "synthetic")
    else:
        assert spec.metric == spec.task.metric and spec.metric in spec.task.metrics


@pytest.mark.parametrize("spec", DATASETS.values(), ids=lambda spec: spec.name)
def test_a_default_split_can_be_made(spec: DatasetSpec) -> None:
    assert len(set(spec.splits)) == len(spec.splits) > 0
    assert spec.folds > 2  # train, validation and test are different folds


def test_a_setting_that_no_parameter_takes_is_refused_where_the_dataset_is_described() -> None:
    with pytest.raises(MspeError, match=r"dataset csl: settings: got model\.nrom, allowed: model\.norm"):
        replace(DATASETS["csl"], settings={"model.nrom": "layer"})


def test_the_settings_are_stored_with_the_graphs() -> None:
    assert get_dataset("csl").schema.settings == dict(DATASETS["csl"].settings)
    assert get_dataset("nci", limit=5).schema.settings == {}


def test_a_description_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        DATASETS["csl"].folds = 2  # type: ignore[misc]


def test_samples_share_no_state() -> None:
    first, second = Samples([]), Samples([])
    first.dropped["unreadable"] = 1
    assert second.dropped == {} and second.classes == ()
