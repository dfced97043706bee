"""From the losses of a window of batches to one step of the optimizer."""

import math
from collections.abc import Callable

from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_
from torch.optim import Optimizer
from torch_geometric.data import Batch

from mspe.training.device import Precision
from mspe.training.distributed import ProcessGroup
from mspe.training.progress import EpochProgress

OnNonfinite = Callable[[str, Batch, int], None]
"""Takes what is not finite, the batch, and its number in the epoch; raises, or says that the batch is left out."""


class OptimizerStep:
    """Collects gradients, averages them over processes, clips them, and steps.

    Parameters
    ----------
    model, optimizer
        What is trained.
    precision
        The scaler of fp16, which leaves steps out whose gradients overflow.
    group
        The processes that train together.
    grad_clip
        Largest norm of the gradient; None for none.
    on_nonfinite
        Called where a gradient is not finite.

    Attributes
    ----------
    norm
        Of the gradient in the last step, before it was clipped.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: Optimizer,
        precision: Precision,
        group: ProcessGroup,
        grad_clip: float | None,
        on_nonfinite: OnNonfinite,
    ) -> None:
        self.model = model
        self.optimizer = optimizer
        self.scaler = precision.scaler
        self.group = group
        self.max_norm = math.inf if grad_clip is None else grad_clip
        self.on_nonfinite = on_nonfinite
        self.norm = math.nan
        self._targets = self._batches = 0  # behind the gradients so far

    def begin(self) -> None:
        """Drop the gradients of a window that was not finished."""
        self.optimizer.zero_grad()
        self._targets = self._batches = 0

    def backward(self, loss: Tensor, targets: int) -> None:
        """Add the gradient of the loss over so many targets of a batch, weighted by its share of the window."""
        self.scaler.scale(loss).backward()
        self._targets += targets
        self._batches += 1

    def step(self, batch: Batch, progress: EpochProgress) -> bool:
        """Step, and begin another window.

        Parameters
        ----------
        batch
            The window's last, to look for the cause of a gradient that is not finite.
        progress
            Of the epoch, in which left-out batches are counted.

        Returns
        -------
        bool
            Whether the optimizer has stepped.
        """
        targets = self.group.average_gradients(self.model, self._targets)
        batches, self._targets, self._batches = self._batches, 0, 0
        if targets == 0:
            return False  # every batch of the window was left out
        self.scaler.unscale_(self.optimizer)
        self.norm = clip_grad_norm_(self.model.parameters(), self.max_norm).item()
        if not math.isfinite(self.norm) and not self.scaler.is_enabled():  # the scaler leaves such a step out itself
            self.on_nonfinite(f"the gradient's norm is {self.norm}", batch, progress.batches)
            self.optimizer.zero_grad()
            progress.skipped += batches
            return False
        stepped = self._scaled_step(batch, progress)
        self.optimizer.zero_grad()
        return stepped

    def _scaled_step(self, batch: Batch, progress: EpochProgress) -> bool:
        scale = self.scaler.get_scale()
        self.scaler.step(self.optimizer)
        self.scaler.update()
        if self.scaler.get_scale() < min(scale, 1.0):  # far below where fp16 gradients overflow
            problem = f"the gradient's norm is {self.norm} at any scale of the loss"
            self.on_nonfinite(problem, batch, progress.batches)
        return self.scaler.get_scale() >= scale  # else it has left this step out, to try a smaller scale
