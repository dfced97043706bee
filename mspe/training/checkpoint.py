"""Checkpoints and the state of a run: written whole, read whole, and put back all or not at all."""

import copy
import logging
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from mspe.common.errors import MspeError
from mspe.common.resume import hold
from mspe.common.tensor_files import read_tensors, write_tensors
from mspe.training.averaging import WeightAverage
from mspe.training.distributed import ProcessGroup
from mspe.training.plain import plain_values
from mspe.training.progress import EpochProgress
from mspe.training.reproducibility import generator_states, restore_generator_states
from mspe.training.scheduler import load_schedule

FORMAT = 3
"""The newest of checkpoints; one more where older code could not read them, or would read them wrong."""

_FORMAT_WITHOUT_AVERAGE = 2
"""Before averaged weights: older code would score `model` instead of them."""

KEYS = ("model", "optimizer", "scheduler", "epoch", "global_step", "best_metric", "best_epoch", "metrics")

_MOMENTS = ("exp_avg", "exp_avg_sq", "momentum_buffer")
"""Of an optimizer's state: each is of its parameter's shape."""

logger = logging.getLogger(__name__)


def checkpoint_path(folder: Path, name: str | Path) -> Path:
    """A bare file name lives in the checkpoint folder; a path is taken as it is."""
    path = Path(name)
    return folder / path if path.name == str(path) else path


def read_checkpoint(path: Path, model: nn.Module) -> dict[str, Any]:
    """Read a checkpoint and see that it fits the model, which is left as it is.

    Raises
    ------
    MspeError
        If the file is missing, damaged, no checkpoint, of a newer version, or of another model.
    """
    checkpoint = read_tensors(path)
    version = checkpoint.get("format", FORMAT)
    if not isinstance(version, int) or version > FORMAT:
        raise MspeError(
            f"{path}: written by a newer version of mspe (format {version}, this one reads up to {FORMAT}); update mspe"
        )
    missing = [key for key in (*KEYS, *(["ema_steps"] if "ema" in checkpoint else [])) if key not in checkpoint]
    if missing:
        raise MspeError(f"{path}: not a checkpoint, it has no {missing[0]!r}; was it written by save_checkpoint?")
    for key in ("model", "ema"):
        problem = _mismatch(checkpoint[key], model.state_dict()) if key in checkpoint else None
        if problem:
            raise MspeError(f"{path}: belongs to another model: {problem}; build the model as it was trained")
    return checkpoint


def _mismatch(saved: dict[str, Tensor], present: dict[str, Tensor]) -> str | None:
    for name in sorted(saved.keys() ^ present.keys()):
        return f"{name} is only in the {'checkpoint' if name in saved else 'model'}"
    for name, tensor in saved.items():
        if tensor.shape != present[name].shape:
            return f"{name} has shape {list(tensor.shape)} in the checkpoint, {list(present[name].shape)} in the model"
    return None


def optimizer_mismatch(checkpoint: dict[str, Any], optimizer: Optimizer) -> str | None:
    """Say why a checkpoint's optimizer is not of this one's kind, over parameters of these shapes; else None."""
    present = type(optimizer).__name__
    saved = checkpoint.get("optimizer_type", present)  # one written before does not say
    if saved != present:
        return f"{saved} in the checkpoint, {present} here"
    groups = checkpoint["optimizer"]["param_groups"]
    sizes, ours = ([len(group["params"]) for group in side] for side in (groups, optimizer.param_groups))
    if sizes != ours:
        return f"parameter groups of {sizes} parameters in the checkpoint, of {ours} here"
    for group, own in zip(groups, optimizer.param_groups, strict=True):
        lost, new = group.keys() - own.keys(), own.keys() - group.keys()
        if lost and new:  # a version of torch may add settings, but then one side has them all
            return f"{min(lost)} is only in the checkpoint, {min(new)} only here"
        for number, parameter in zip(group["params"], own["params"], strict=True):
            moments = checkpoint["optimizer"]["state"].get(number, {})
            shapes = [list(moments[name].shape) for name in _MOMENTS if isinstance(moments.get(name), Tensor)]
            if any(shape != list(parameter.shape) for shape in shapes):
                return f"parameter {number} has shape {shapes[0]} in the checkpoint, {list(parameter.shape)} here"
    return None


class Checkpointer:
    """State of a model, its optimizer and its schedule in a checkpoint, taken and put back whole.

    Parameters
    ----------
    model, optimizer, scheduler
        Whose state it is.
    metadata
        Plain values that every checkpoint carries.
    average
        Of the weights, if there is one.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: Optimizer,
        scheduler: LRScheduler | None,
        metadata: dict[str, Any],
        average: WeightAverage | None,
    ) -> None:
        self.model = model
        self.optimizer = optimizer
        self.scheduler = scheduler
        self.metadata = metadata
        self.average = average

    def take(self, counts: dict[str, Any]) -> dict[str, Any]:
        """Return a checkpoint; `counts` are `epoch`, `global_step`, `best_metric`, `best_epoch` and `metrics`."""
        averaged = {} if self.average is None else self.average.state_dict()
        return {
            "model": self.model.state_dict(),
            **averaged,
            "optimizer": self.optimizer.state_dict(),
            "optimizer_type": type(self.optimizer).__name__,
            "scheduler": None if self.scheduler is None else self.scheduler.state_dict(),
            **counts,
            "format": FORMAT if averaged else _FORMAT_WITHOUT_AVERAGE,
            "metadata": self.metadata,
        }

    def restore(self, checkpoint: dict[str, Any], path: Path | None) -> None:
        """Put a checkpoint back, or nothing of it.

        Raises
        ------
        MspeError
            If it belongs to another optimizer or scheduler.
        """
        problem = optimizer_mismatch(checkpoint, self.optimizer)
        if problem:
            raise MspeError(f"{path}: belongs to another optimizer or scheduler ({problem}); build them as they were")
        before = copy.deepcopy(self.take({}))
        try:
            self._put_back(checkpoint)
        except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            self._put_back(before)
            reason = str(error).splitlines()[0]
            raise MspeError(
                f"{path}: belongs to another optimizer or scheduler ({reason}); build them as they were"
            ) from error
        self._say_average(checkpoint)

    def _say_average(self, checkpoint: dict[str, Any]) -> None:
        """Say where averaged weights are on one side alone."""
        if "ema" in checkpoint and self.average is None:
            logger.warning("ema: the checkpoint's averaged weights are not used, there is no ema here")
        elif "ema" not in checkpoint and self.average is not None and checkpoint["global_step"] > 0:
            logger.warning("ema: the checkpoint has no averaged weights, so the average begins at the next step")

    def _put_back(self, checkpoint: dict[str, Any]) -> None:
        self.model.load_state_dict(checkpoint["model"])
        if self.average is not None:
            self.average.load_state_dict(checkpoint)
        self.optimizer.load_state_dict(checkpoint["optimizer"])
        if self.scheduler is not None and checkpoint["scheduler"] is not None:
            load_schedule(self.scheduler, checkpoint["scheduler"])
        elif self.scheduler is not None or checkpoint["scheduler"] is not None:
            ours = "the checkpoint has none, so it is at its beginning"
            logger.warning(
                "scheduler: %s", ours if self.scheduler else "the checkpoint's is not used, there is none here"
            )


class RunState:
    """The file of one run's state, which one run at a time may hold.

    Parameters
    ----------
    path
        Of the file; None keeps nothing.
    group
        The processes of the run: each has generators, and a share of the epoch, of its own.

    Raises
    ------
    MspeError
        On entering, if another process holds it.
    """

    def __init__(self, path: str | Path | None, group: ProcessGroup) -> None:
        self.path = None if path is None else Path(path)
        self.group = group
        self._held = ExitStack()

    def __enter__(self) -> "RunState":
        if self.path is not None and self.group.is_main:
            self._held.enter_context(hold(self.path))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    def exists(self) -> bool:
        """Return whether there is a run to resume."""
        return self.path is not None and self.path.exists()

    def describe(self, resumes_mid_epoch: bool) -> str:
        """Return what is kept of a run that ends here, and how to resume it."""
        if not self.exists():
            return "no epoch was finished; run the same command to begin anew"
        what = "this step" if resumes_mid_epoch else "the last finished epoch"
        return f"{what} is kept in {self.path}; run the same command to resume"

    def save(self, state: dict[str, Any], progress: EpochProgress | None) -> None:
        """Write the state, and of every process its random generators and what it has seen of an unfinished epoch."""
        if self.path is None:
            return
        own = {"generators": generator_states(), "progress": None if progress is None else progress.state_dict()}
        processes = self.group.gather(own)
        if self.group.is_main:
            write_tensors(self.path, plain_values({**state, "processes": processes}, str(self.path)))

    def load(self, model: nn.Module) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """Read what `save` wrote, and put the random generators back: the state and this process's progress.

        Raises
        ------
        MspeError
            If the file is damaged, or belongs to another model or to another number of processes.
        """
        assert self.path is not None, "there is no state to load"
        try:
            state = read_checkpoint(self.path, model)
        except MspeError as error:
            raise MspeError(f"{error}; or delete it to begin anew") from error
        if "processes" not in state:
            raise MspeError(f"{self.path}: a checkpoint, not a run's state; give load_checkpoint the checkpoint")
        processes = state["processes"]
        if len(processes) != self.group.size:
            raise MspeError(
                f"{self.path}: the run was on {len(processes)} processes, not {self.group.size}; resume with as many, "
                "or delete the file to begin anew"
            )
        own = processes[self.group.rank]
        restore_generator_states(own["generators"])
        return state, own["progress"]
