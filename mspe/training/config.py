"""The section `training` of `params.yaml`; its keys are the specification's."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from mspe.common.section import NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt, Probability, Section
from mspe.tasks import TASKS, metric_directions


class OptimizerParams(Section):
    """Arguments of `get_optimizer`; a key that the chosen type does not use is accepted and ignored."""

    type: Literal["adam", "adamw", "sgd"] = "adamw"
    """Kind of optimizer."""
    lr: PositiveFloat = 1e-4
    """Learning rate, after the warm-up."""
    weight_decay: NonNegativeFloat = 0.01
    """Of all parameters."""
    momentum: Probability = 0.9
    """Of sgd."""


class SchedulerParams(Section):
    """Arguments of `get_scheduler`; a key that the chosen type does not use is accepted and ignored."""

    type: Literal["cosine_warmup", "linear", "constant", "step", "plateau", "none"] = "cosine_warmup"
    """Course of the learning rate."""
    interval: Literal["epoch", "step"] = "epoch"
    """When the rate changes: after every epoch, or after every step of the optimizer."""
    warmup_epochs: NonNegativeInt | None = None
    """Of cosine_warmup, linear and constant; null: 10, or half of a run that is shorter than 20."""
    min_lr: NonNegativeFloat = 1e-6
    """Rate at which cosine_warmup and linear end, and below which plateau does not go."""
    step_size: PositiveInt = 30
    """Of step: epochs between two falls."""
    gamma: PositiveFloat = 0.1
    """Of step and plateau: factor of each fall."""
    patience: NonNegativeInt = 10
    """Of plateau: epochs without improvement."""


class TrainingParams(Section):
    """Settings of how the model is trained."""

    epochs: PositiveInt = 100
    """Passes over the training part."""
    batch_size: PositiveInt = 32
    """Graphs per batch."""
    grad_clip: PositiveFloat | None = 1.0
    """Largest norm of the gradient; null for none."""
    accumulation_steps: PositiveInt = 1
    """Batches per step of the optimizer."""
    mixed_precision: bool | Literal["bf16", "fp16"] = False
    """true: bf16 where the device has it, else fp16 with a gradient scaler."""
    loss: str | None = None
    """null: the dataset's own."""
    metric_for_best: str | None = None
    """A validation metric, or `loss`; null: the dataset's own."""
    skip_nonfinite: bool = False
    """Leave a batch out whose loss or gradient is not finite, instead of ending the run."""
    ema: Annotated[Probability, Field(gt=0)] | None = None
    """Decay of the average of the weights that is evaluated and kept; null: the last weights."""
    early_stopping: PositiveInt | None = None
    """Stop after so many epochs without a better one; null: never."""
    optimizer: OptimizerParams = OptimizerParams()
    scheduler: SchedulerParams = SchedulerParams()

    @field_validator("loss")
    @classmethod
    def _known_loss(cls, name: str | None) -> str | None:
        known = sorted({loss for task in TASKS.values() for loss in task.losses})
        if name is not None and name not in known:
            raise ValueError(f"allowed: null or one of {', '.join(known)}")
        return name

    @field_validator("metric_for_best")
    @classmethod
    def _known_metric(cls, name: str | None) -> str | None:
        known = metric_directions()
        if name is not None and name not in known:
            raise ValueError(f"allowed: null or one of {', '.join(known)}")
        return name

    @model_validator(mode="after")
    def _warmup_ends(self) -> "TrainingParams":
        warmup = self.scheduler.warmup_epochs
        if warmup is not None and self.scheduler.type in ("cosine_warmup", "linear") and warmup >= self.epochs:
            raise ValueError(
                f"scheduler.warmup_epochs is {warmup}, allowed: less than training.epochs, which is {self.epochs}"
            )
        if self.scheduler.type == "plateau" and self.scheduler.interval == "step":
            raise ValueError("scheduler.interval is step, allowed: epoch, since plateau reads a metric")
        return self
