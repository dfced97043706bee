"""Exponential moving average of a model's weights along training."""

from typing import Any

from torch import Tensor, nn
from torch.optim.swa_utils import PARAM_LIST, AveragedModel, get_ema_multi_avg_fn

from mspe.common.errors import MspeError
from mspe.training.checks import check_number

_ALLOWED = "None or a number above 0 and below 1"


class WeightAverage:
    """A model's weights and buffers, averaged over the steps of the optimizer; the model itself is left as it is.

    With w_t the weights after step t = 1, 2, …, the average is a_1 = w_1 and

        a_{t+1} = d_t a_t + (1 − d_t) w_{t+1},   d_t = min(decay, (1 + t) / (10 + t)).

    The warm-up is that of TensorFlow's `tf.train.ExponentialMovingAverage` with `num_updates`: the share of the first
    weights, d_1 d_2 ⋯ d_t, falls as t⁻⁹, so they do not rule a short run. Buffers of integers are copied.

    Parameters
    ----------
    model
        Whose weights they are, on its device.
    decay
        Of the average, above 0 and below 1; it forgets in about 1 / (1 − decay) steps.

    Raises
    ------
    MspeError
        If `decay` is out of its range, a buffer is not finite (∞ − ∞ has no average), or the model cannot be copied.

    Examples
    --------
    >>> import torch
    >>> model = nn.Linear(1, 1, bias=False)
    >>> average = WeightAverage(model, decay=0.9)
    >>> for weight in (11.0, 22.0):
    ...     _ = model.weight.data.fill_(weight)
    ...     average.update()
    >>> round(average.model.weight.item(), 4)  # d_1 = 2 / 11
    20.0
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = check_number("ema", decay, _ALLOWED, above=0.0, below=1.0)
        for name, buffer in model.named_buffers():
            if buffer.is_floating_point() and not bool(buffer.isfinite().all()):
                raise MspeError(f"ema: the model's buffer {name} is not finite, so it has no average; leave ema out")
        self._live = model
        try:
            self._average = AveragedModel(model, multi_avg_fn=self._blend, use_buffers=True)
        except (RuntimeError, TypeError) as error:  # deepcopy's, of a tensor that is computed, or of a lock
            reason = str(error).splitlines()[0]
            raise MspeError(f"ema: the model cannot be copied ({reason[:200]}); leave ema out") from error

    @property
    def steps(self) -> int:
        """Return how many steps the average is of."""
        return int(self._average.n_averaged)

    @property
    def model(self) -> nn.Module:
        """Return the averaged model; before the first step, the live one."""
        return self._average.module if self.steps else self._live

    def update(self) -> None:
        """Take the weights of the step that was just made."""
        self._average.update_parameters(self._live)

    def _blend(self, averaged: PARAM_LIST, current: PARAM_LIST, steps: Tensor | int) -> None:
        """Update tensors of one device and type in place; `steps` may be on the device, where asking for it waits."""
        if averaged[0].is_floating_point() or averaged[0].is_complex():
            decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
            get_ema_multi_avg_fn(decay)(averaged, current, steps)
            return
        for old, new in zip(averaged, current, strict=True):
            old.copy_(new)

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint holds of it: `ema`, its weights, and `ema_steps`; nothing before the first step."""
        return {"ema": self._average.module.state_dict(), "ema_steps": self.steps} if self.steps else {}

    def load_state_dict(self, checkpoint: dict[str, Any]) -> None:
        """Take what `state_dict` gave a checkpoint; where it gave nothing, begin anew."""
        if "ema" in checkpoint:
            self._average.module.load_state_dict(checkpoint["ema"])
        self._average.n_averaged.fill_(checkpoint["ema_steps"] if "ema" in checkpoint else 0)
