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


@pytest.mark.parametrize("shapes", [((4, 1), (1, 4)), ((4,), (4, 4)), ((4, 2), (4,)), ((4, 2), (4, 1))])
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
