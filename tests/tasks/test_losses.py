"""Loss functions by their names: gaps, shapes, torch's own."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from mspe.common.errors import MspeError
from mspe.training import (
    get_loss_fn,
    get_metrics,
)

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


@pytest.mark.parametrize("shapes", [((4, 1), (1, 4)), ((4,), (4, 4)), ((4, 2), (4,)), ((4, 2), (4, 1)), ((4, 2), (8,))])
def test_shapes_are_never_broadcast(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    prediction, target = (torch.zeros(shape) for shape in shapes)
    for function in (get_loss_fn("regression"), get_metrics("regression")):
        with pytest.raises(MspeError, match=r"prediction has shape \[4.* and target"):
            function(prediction, target)


def test_unknown_names_list_the_known_ones() -> None:
    with pytest.raises(MspeError, match="unknown task type 'regresion'; did you mean 'regression'"):
        get_loss_fn("regresion")
    with pytest.raises(MspeError, match="unknown regression loss 'l3'; known: huber, mae, mse"):
        get_loss_fn("regression", loss_type="l3")


CLASSES = [("cross_entropy", 3), ("weighted_cross_entropy", 3), ("bce_logits", 1)]


@pytest.mark.parametrize(("name", "outputs"), CLASSES)
def test_unknown_classes_are_left_out(name: str, outputs: int) -> None:
    loss = get_loss_fn("classification", loss_type=name)
    logits, label = torch.randn(6, outputs, requires_grad=True), torch.tensor([0.0, NAN, 1.0, 1.0, NAN, 0.0])
    known = ~label.isnan()
    result = loss(logits, label)
    torch.testing.assert_close(result, loss(logits[known], label[known]))
    result.backward()
    assert logits.grad is not None and not logits.grad[~known].any() and logits.grad[known].all(dim=1).any()
    nothing = loss(logits, torch.full((6,), NAN))
    nothing.backward()
    assert nothing.item() == 0


@pytest.mark.parametrize(("name", "outputs"), CLASSES)
@pytest.mark.parametrize("wrong", [-1, -100, 3, 0.5])
def test_labels_out_of_range_are_refused(name: str, outputs: int, wrong: float) -> None:
    label = torch.tensor([0, 1, wrong])
    allowed = (
        rf"target: got the label {wrong:g}, allowed of {max(2, outputs)} classes: 0 to {max(2, outputs) - 1}, or NaN"
    )
    for function in (get_loss_fn("classification", loss_type=name), get_metrics("classification")):
        with pytest.raises(MspeError, match=allowed):
            function(torch.zeros(3, outputs), label)


@pytest.mark.parametrize("wrong", [-1, 2])
def test_edges_are_labelled_by_zeros_and_ones(wrong: int) -> None:
    for function in (get_loss_fn("edge_prediction"), get_metrics("edge_prediction", k=1)):
        with pytest.raises(MspeError, match=f"got the label {wrong}, allowed of 2 classes: 0 to 1"):
            function(torch.zeros(3), torch.tensor([0, 1, wrong]))


def test_a_class_of_each_row_alone_is_taken() -> None:
    for function in (get_loss_fn("classification"), get_metrics("classification")):
        with pytest.raises(MspeError, match=r"prediction has shape \[8, 3\] and target \[4, 2\]"):
            function(torch.zeros(8, 3), torch.zeros(4, 2))


@pytest.mark.parametrize("name", ["cross_entropy", "weighted_cross_entropy"])
@pytest.mark.parametrize("label", [0.0, NAN])
def test_one_output_is_no_cross_entropy(name: str, label: float) -> None:
    for loss in (get_loss_fn("classification", name), get_loss_fn("classification", name, num_classes=2)):
        with pytest.raises(MspeError, match=r"shape \[4, 1\], but one output tells no classes apart .* bce_logits"):
            loss(torch.zeros(4, 1), torch.full((4,), label))
