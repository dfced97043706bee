"""Tasks by the specification's type, and by what a dataset's schema says."""

import pytest
from torch import nn
from torch.nn import functional

from mspe.common.errors import MspeError
from mspe.dataset import DATASETS, get_dataset
from mspe.tasks import (
    TASKS,
    EdgePrediction,
    LossFunction,
    MultiLabel,
    Regression,
    SingleLabel,
    get_task,
    is_minimized,
    metric_directions,
    task_of,
    task_trained_with,
)


@pytest.mark.parametrize(
    ("task_type", "task"),
    [("regression", Regression), ("classification", SingleLabel), ("edge_prediction", EdgePrediction)],
)
def test_a_type_has_a_task_of_its_own(task_type: str, task: type) -> None:
    assert type(get_task(task_type)) is task


def test_an_unknown_type_lists_those_that_are_known() -> None:
    with pytest.raises(MspeError, match="unknown task type 'clasification'; did you mean 'classification'"):
        get_task("clasification")


@pytest.mark.parametrize("task", [spec.task for spec in DATASETS.values() if spec.task is not None], ids=str)
def test_a_datasets_task_is_found_again_by_its_type_and_loss(task: object) -> None:
    schema = get_dataset("csl").schema.model_copy(
        update={"task_type": task.type, "loss": task.loss, "metric": task.metric, "target_level": task.level}
    )
    assert task_of(schema) == task


def test_the_loss_tells_labels_from_classes() -> None:
    schema = get_dataset("csl").schema
    assert task_of(schema) == SingleLabel()
    assert task_of(schema.model_copy(update={"loss": "bce_logits", "metric": "ap"})) == MultiLabel()
    with pytest.raises(MspeError, match="no task of type classification is trained with 'mae', allowed: cross_entropy"):
        task_of(schema.model_copy(update={"loss": "mae"}))


def test_every_tasks_defaults_are_among_its_own_names() -> None:
    for task in TASKS.values():
        assert task().loss in task.losses and task().metric in task.metrics


def test_the_direction_of_a_metric_is_known_or_has_to_be_given() -> None:
    assert is_minimized("loss") and is_minimized("mae") and not is_minimized("roc_auc")
    assert is_minimized("my own", True)
    with pytest.raises(MspeError, match="'my own' has no known direction"):
        is_minimized("my own")
    with pytest.raises(MspeError, match="got True, but higher is better in 'ap'"):
        is_minimized("ap", True)
    assert list(metric_directions())[:5] == ["loss", "mse", "mae", "rmse", "median_ae"]


@pytest.mark.parametrize("loss", [nn.BCEWithLogitsLoss(), functional.binary_cross_entropy_with_logits])
def test_torchs_own_loss_of_labels_tells_them_from_classes(loss: LossFunction) -> None:
    assert isinstance(task_trained_with("classification", loss), MultiLabel)
    assert isinstance(task_trained_with("edge_prediction", loss), EdgePrediction)
    assert isinstance(task_trained_with("classification", nn.CrossEntropyLoss()), SingleLabel)
