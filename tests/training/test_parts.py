"""Losses, metrics, schedules, generators."""

import random

import numpy as np
import pytest
import torch
from sklearn import metrics as sklearn_metrics
from torch import nn
from torch.nn import functional

from mspe.common.errors import MspeError
from mspe.common.resume import resume_folder
from mspe.training import (
    EarlyStopping,
    ReproducibilityContext,
    get_device,
    get_loss_fn,
    get_metrics,
    get_optimizer,
    get_scheduler,
    log_model_info,
    set_seed,
)
from mspe.training.reproducibility import generator_states, restore_generator_states

NAN = float("nan")


@pytest.mark.parametrize(
    ("name", "reference"), [("mse", functional.mse_loss), ("mae", functional.l1_loss), ("huber", functional.huber_loss)]
)
def test_regression_losses_leave_unknown_targets_out(name: str, reference: object) -> None:
    prediction = torch.randn(6, 2, requires_grad=True)
    target = torch.randn(6, 2)
    target[1, 0] = target[4, 1] = NAN
    known = ~target.isnan()
    loss = get_loss_fn("regression", loss_type=name)(prediction, target)
    torch.testing.assert_close(loss, reference(prediction[known], target[known]))  # type: ignore[operator]
    loss.backward()
    assert prediction.grad is not None and prediction.grad.isfinite().all() and prediction.grad[1, 0] == 0


def test_classification_losses() -> None:
    logits, label = torch.randn(5, 3), torch.tensor([0, 2, 1, 1, 0])
    loss = get_loss_fn("classification", num_classes=3, loss_type="cross_entropy")(logits, label[:, None])
    torch.testing.assert_close(loss, functional.cross_entropy(logits, label))
    binary = get_loss_fn("classification", num_classes=2, loss_type="bce_logits")
    target = torch.tensor([0, 1, 1])
    expected = functional.binary_cross_entropy_with_logits(torch.ones(3), target.float())
    torch.testing.assert_close(binary(torch.ones(3, 1), target), expected)
    assert get_loss_fn("edge_prediction")(torch.zeros(2), torch.tensor([0, 1])).item() == pytest.approx(np.log(2))


@pytest.mark.parametrize("shapes", [((4, 1), (1, 4)), ((4,), (4, 4)), ((4, 2), (4,)), ((4, 2), (4, 1))])
def test_shapes_are_never_broadcast(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    prediction, target = (torch.zeros(shape) for shape in shapes)
    for function in (get_loss_fn("regression"), get_metrics("regression")):
        with pytest.raises(MspeError, match=r"prediction has shape \[4.* and target"):
            function(prediction, target)


def test_regression_metrics_agree_with_scikit_learn() -> None:
    prediction, target = torch.randn(50, 2), torch.randn(50, 2)
    target[::7, 0] = NAN
    result = get_metrics("regression")(prediction, target)
    known = ~target[:, 0].isnan()
    first = sklearn_metrics.mean_absolute_error(target[known, 0], prediction[known, 0])
    second = sklearn_metrics.mean_absolute_error(target[:, 1], prediction[:, 1])
    assert (result["mae_0"], result["mae_1"]) == (pytest.approx(first), pytest.approx(second))
    assert result["mae"] == pytest.approx((first + second) / 2)
    assert result["rmse_1"] == pytest.approx(result["mse_1"] ** 0.5)


def test_classification_metrics_agree_with_scikit_learn() -> None:
    logits, label = torch.randn(60), torch.randint(0, 2, (60,))
    result = get_metrics("classification", num_classes=2)(logits[:, None], label)
    assert result["accuracy"] == pytest.approx(sklearn_metrics.accuracy_score(label, logits > 0))
    assert result["f1"] == pytest.approx(sklearn_metrics.f1_score(label, logits > 0))
    assert result["roc_auc"] == pytest.approx(sklearn_metrics.roc_auc_score(label, logits))
    assert result["ap"] == pytest.approx(sklearn_metrics.average_precision_score(label, logits))
    scores, classes = torch.randn(60, 4), torch.randint(0, 4, (60,))
    several = get_metrics("classification", num_classes=4)(scores, classes)
    expected = sklearn_metrics.roc_auc_score(classes, scores.double().softmax(1), multi_class="ovr")
    assert several["roc_auc"] == pytest.approx(expected)
    assert several["accuracy"] == pytest.approx(sklearn_metrics.accuracy_score(classes, scores.argmax(1)))


def test_a_metric_that_is_not_defined_is_nan() -> None:
    with pytest.warns(UserWarning, match="one class alone: roc_auc and ap are not defined on it"):
        result = get_metrics("classification", num_classes=2)(torch.randn(5, 1), torch.ones(5))
    assert np.isnan(result["roc_auc"]) and np.isnan(result["ap"]) and 0 <= result["accuracy"] <= 1
    assert np.isnan(get_metrics("regression")(torch.zeros(2, 1), torch.full((2, 1), NAN))["mae"])
    overflown = torch.tensor([[1.0, NAN], [0.0, 1.0]])
    assert np.isnan(get_metrics("regression")(overflown, torch.zeros(2, 2))["mae_1"])
    for task in ("classification", "edge_prediction"):
        assert np.isnan(get_metrics(task)(torch.tensor([torch.inf, 0.0]), torch.tensor([0.0, 1.0]))["roc_auc"])
    assert np.isnan(get_metrics("classification", num_classes=2)(overflown, torch.tensor([0, 1]))["accuracy"])


def test_many_labels_with_gaps_agree_with_scikit_learn() -> None:
    logits, label = torch.randn(80, 3), torch.randint(0, 2, (80, 3)).float()
    label[::5, 0] = label[1::7, 2] = NAN
    logits[:20] = logits[20:40]  # ties
    result = get_metrics("classification", num_classes=3)(logits, label)
    expected = []
    for column in range(3):
        known = ~label[:, column].isnan()
        expected.append(sklearn_metrics.average_precision_score(label[known, column], logits[known, column]))
    assert result["ap"] == pytest.approx(np.mean(expected))
    label[:, 1] = 1.0  # a class that never occurs leaves its column out of the mean
    with pytest.warns(UserWarning, match="one class alone"):
        result = get_metrics("classification", num_classes=3)(logits, label)
    assert result["ap"] == pytest.approx((expected[0] + expected[2]) / 2)


def test_precision_at_k_by_hand() -> None:
    scores, label = torch.tensor([0.9, 0.8, 0.7, 0.1]), torch.tensor([1, 0, 1, 1])
    assert get_metrics("edge_prediction", k=3)(scores, label)["precision@k"] == pytest.approx(2 / 3)
    assert get_metrics("edge_prediction")(scores, label)["precision@k"] == pytest.approx(3 / 4)


def test_mrr_and_hits_by_hand() -> None:
    scores = torch.tensor([0.9, 0.5, 0.5, 0.1, 0.7, 0.2])
    label = torch.tensor([0, 1, 0, 1, 1, 0])
    source = torch.tensor([3, 3, 3, 3, 8, 8])
    # node 3: 0.5 has one rival above and one equal, rank 2.5; 0.1 has two above, rank 3; node 8: rank 1
    result = get_metrics("edge_prediction", k=1)(scores, label, source)  # type: ignore[call-arg]
    assert result["mrr"] == pytest.approx((1 / 2.5 + 1 / 3 + 1) / 3)
    assert result["hits@k"] == pytest.approx(1 / 3)
    two = get_metrics("edge_prediction", k=2)(scores, label, source)  # type: ignore[call-arg]
    assert two["mrr"] == pytest.approx((1 / 2.5 + 1 / 3) / 2)  # node 8 has one rival: its edge would always be a hit
    alone = get_metrics("edge_prediction")(scores, label, torch.arange(6))  # type: ignore[call-arg]
    assert "mrr" not in alone and "hits@k" not in alone  # no edge has a rival
    assert "mrr" not in get_metrics("edge_prediction")(scores, label)


def rates(scheduler_type: str, epochs: int, **options: float) -> list[float]:
    optimizer = get_optimizer(nn.Linear(1, 1), lr=1.0)
    scheduler = get_scheduler(optimizer, scheduler_type, total_epochs=epochs, **options)  # type: ignore[arg-type]
    seen = []
    for _ in range(epochs):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return seen


def test_the_cosine_warms_up_peaks_and_ends_low() -> None:
    seen = rates("cosine_warmup", 20, warmup_epochs=4, min_lr=0.01)
    assert seen[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    angle = np.pi * np.arange(16) / 16
    assert seen[4:] == pytest.approx(0.01 + 0.99 * (1 + np.cos(angle)) / 2)


def test_a_schedule_by_steps_is_the_finer_one_by_epochs() -> None:
    fine = rates("cosine_warmup", 40, warmup_epochs=8, min_lr=0.01)
    optimizer = get_optimizer(nn.Linear(1, 1), lr=1.0)
    scheduler = get_scheduler(optimizer, total_epochs=10, warmup_epochs=2, min_lr=0.01, steps_per_epoch=4)
    seen = []
    for _ in range(40):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()  # type: ignore[union-attr]
    assert seen == fine


def test_linear_and_constant_schedules() -> None:
    falling = rates("linear", 10, warmup_epochs=2, min_lr=0.2)
    assert falling == pytest.approx([1 / 3, 2 / 3, *(1 - 0.1 * np.arange(8))])
    assert rates("constant", 5, warmup_epochs=2) == pytest.approx([1 / 3, 2 / 3, 1, 1, 1])


def test_plateau_waits_for_the_metric() -> None:
    optimizer = get_optimizer(nn.Linear(1, 1), lr=1.0)
    scheduler = get_scheduler(optimizer, "plateau", patience=1, gamma=0.5, mode="max")
    seen = []
    for value in (0.1, 0.2, 0.2, 0.2, 0.3):
        scheduler.step(value)  # type: ignore[union-attr, arg-type]
        seen.append(optimizer.param_groups[0]["lr"])
    assert seen == [1.0, 1.0, 1.0, 0.5, 0.5]
    with pytest.raises(MspeError, match="plateau reads a metric, which comes once an epoch"):
        get_scheduler(optimizer, "plateau", steps_per_epoch=7)


def test_step_none_and_no_warmup() -> None:
    assert rates("step", 5, step_size=2, gamma=0.1) == pytest.approx([1, 1, 0.1, 0.1, 0.01])
    assert rates("none", 3) == [1, 1, 1]
    assert rates("cosine_warmup", 4, warmup_epochs=0)[0] == 1.0
    with pytest.raises(MspeError, match=r"warmup_epochs: got 4, allowed: 0 to 3"):
        rates("cosine_warmup", 4, warmup_epochs=4)


def test_optimizers_by_name_and_decay() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    for name in ("adam", "adamw", "sgd"):
        assert type(get_optimizer(model, name)).__name__.lower() == name
    groups = get_optimizer(model, weight_decay=0.1).param_groups
    assert [(len(group["params"]), group["weight_decay"]) for group in groups] == [(4, 0.1)]
    with pytest.raises(MspeError, match="unknown optimizer 'lion'; known: adam, adamw, sgd"):
        get_optimizer(model, "lion")


def draws() -> tuple[float, float, float]:
    return random.random(), float(np.random.rand()), float(torch.rand(1))


def test_seeding_repeats_every_generator() -> None:
    set_seed(3)
    first = draws()
    set_seed(3)
    assert draws() == first


def test_generator_states_survive_a_round_trip() -> None:
    states = generator_states()
    expected = draws()
    restore_generator_states(states)
    assert draws() == expected


def test_the_context_restores_generators_and_flags_also_after_an_exception() -> None:
    set_seed(1)
    expected = draws()
    set_seed(1)
    with pytest.raises(RuntimeError, match="inside"), ReproducibilityContext(seed=9):
        draws()
        assert torch.are_deterministic_algorithms_enabled()
        raise RuntimeError("inside")
    assert draws() == expected
    assert not torch.are_deterministic_algorithms_enabled()


def test_early_stopping_counts_both_directions_and_nan() -> None:
    stop = EarlyStopping(patience=2, mode="max")
    assert [stop(value) for value in (0.1, 0.3, NAN, 0.2)] == [False, False, False, True]
    again = EarlyStopping(patience=2, mode="max")
    again.load_state_dict(stop.state_dict())
    assert again(0.4) is False


def test_an_unknown_device_is_named(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(MspeError, match="device: got 'tpux', allowed: auto, cpu, cuda"):
        get_device("tpux")
    assert get_device().type == ("cuda" if torch.cuda.is_available() else "cpu")
    caplog.set_level("INFO")
    assert log_model_info(nn.Linear(2, 3)) == 9
    assert "Linear: 9 trainable parameters of 9" in caplog.text


def test_a_runs_state_is_named_by_settings_data_and_code(tmp_path: object) -> None:
    file = tmp_path / "code.py"  # type: ignore[operator]
    file.write_text("1")
    folder = resume_folder({"lr": 1}, [tmp_path])  # type: ignore[list-item]
    assert folder == resume_folder({"lr": 1}, [tmp_path])  # type: ignore[list-item]
    assert folder != resume_folder({"lr": 2}, [tmp_path])  # type: ignore[list-item]
    file.write_text("2")
    assert folder != resume_folder({"lr": 1}, [tmp_path])  # type: ignore[list-item]


def test_unknown_names_list_the_known_ones() -> None:
    with pytest.raises(MspeError, match="unknown task type 'regresion'; did you mean 'regression'"):
        get_loss_fn("regresion")
    with pytest.raises(MspeError, match="unknown regression loss 'l3'; known: huber, mae, mse"):
        get_loss_fn("regression", loss_type="l3")
