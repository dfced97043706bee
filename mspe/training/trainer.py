"""The Trainer: any model over any loader of PyG batches."""

import copy
import logging
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from mspe.common.errors import MspeError
from mspe.common.tensor_files import write_tensors
from mspe.common.terminal import duration, log_shown
from mspe.tasks import LossFunction, Metrics, get_task, is_minimized
from mspe.training.best_epoch import BestEpoch, say_replaced
from mspe.training.checkpoint import Checkpointer, RunState, checkpoint_path, read_checkpoint
from mspe.training.checks import check_folder, check_instance, check_integer, check_number
from mspe.training.cost import CostMeter
from mspe.training.epoch_trainer import EpochTrainer
from mspe.training.history import append_epoch
from mspe.training.loaders import ResumableLoader, check_loader
from mspe.training.optimizer import learning_rate
from mspe.training.parts import metrics_of_task
from mspe.training.plain import plain_values
from mspe.training.progress import EpochProgress
from mspe.training.reproducibility import generator_states, restore_generator_states
from mspe.training.saved_run import saved_run
from mspe.training.scheduler import follow_direction

logger = logging.getLogger(__name__)

BEST = "best.pt"
LAST = "last.pt"
"""Written where no epoch is the best."""


class Trainer(EpochTrainer):
    """Trains, evaluates, predicts and checkpoints.

    In a process group (`mspe.training.distributed.process_group`) all processes average their gradients, each has a
    shard of a `GraphLoader`, metrics are of all shards, and the process of rank 0 decides, writes and logs.

    Parameters
    ----------
    model
        Maps a PyG batch to [samples, outputs].
    optimizer
        Over the model's parameters.
    scheduler
        None for a constant learning rate.
    loss_fn
        ``loss_fn(prediction, target)``; by default the task's first: mse, cross_entropy, bce_logits.
    metrics
        ``metrics(prediction, target)``, a dict of floats over a whole split; by default the task's.
    device
        A torch device or its name; `auto` is CUDA where there is one. A missing CUDA falls back with a warning.
    task_type
        `regression`, `classification` or `edge_prediction`.
    grad_clip
        Largest norm of the gradient; None for none.
    mixed_precision
        True is bf16 where the device has it, else fp16 with a gradient scaler; either can be named.
    log_every
        Steps between two calls of the hooks with training metrics.
    checkpoint_dir
        Where bare checkpoint names live, and `best.pt`.
    accumulation_steps
        Batches a step of the optimizer.
    scheduler_interval
        When the scheduler is stepped: after every `epoch` of `fit`, or after every `step` of the optimizer.
    skip_nonfinite
        Leave a batch out whose loss or gradient is NaN or infinite, and count it as `skipped` among the training
        metrics, instead of ending the run.
    metadata
        Plain values that every checkpoint carries under `metadata`, so that a file alone can rebuild its model; NumPy's
        scalars become numbers and paths text.
    ema
        Decay, above 0 and below 1, of an average of the weights over the optimizer's steps (`WeightAverage`). The
        averaged ones are evaluated, predict, decide which epoch is the best, and stand in checkpoints under `ema`
        beside those that training goes on with; None: there is no average.
    verbose
        Whether standard error shows a line per epoch, where the log does not go there already, and on a terminal how
        far the epoch and the run are. None: on a terminal; True: lines in a pipe or a notebook, too; False: nothing.

    Attributes
    ----------
    epoch, global_step
        Finished epochs and optimizer steps.
    history
        Lists of equal length, one entry an epoch of `fit`: `train_loss`, `val_loss`, every metric as `train_…` and
        `val_…`, and `lr`.
    cost
        What the run has cost, the earlier processes of a resumed one included: seconds, those of an epoch, memory.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: Optimizer,
        scheduler: LRScheduler | None = None,
        loss_fn: LossFunction | None = None,
        metrics: Metrics | None = None,
        device: str | torch.device = "auto",
        task_type: str = "regression",
        grad_clip: float | None = 1.0,
        mixed_precision: bool | str = False,
        log_every: int = 50,
        checkpoint_dir: str | Path = "checkpoints/",
        accumulation_steps: int = 1,
        scheduler_interval: str = "epoch",
        skip_nonfinite: bool = False,
        metadata: dict[str, Any] | None = None,
        ema: float | None = None,
        verbose: bool | None = None,
    ) -> None:
        super().__init__(
            model=model,
            optimizer=optimizer,
            scheduler=scheduler,
            loss_fn=loss_fn,
            metrics=metrics,
            device=device,
            task_type=task_type,
            grad_clip=grad_clip,
            mixed_precision=mixed_precision,
            log_every=log_every,
            accumulation_steps=accumulation_steps,
            scheduler_interval=scheduler_interval,
            skip_nonfinite=skip_nonfinite,
            ema=ema,
            verbose=verbose,
        )
        self.checkpoint_dir = check_folder("checkpoint_dir", checkpoint_dir)
        check_instance("metadata", metadata, dict | None, "None or a dictionary of plain values")
        self.metadata = plain_values(metadata or {}, "metadata")
        self.history: dict[str, list[float]] = {}
        self.cost = CostMeter(self.device)
        self._best = BestEpoch()
        self._last_metrics: dict[str, float] = {}

    @property
    def best_metric(self) -> float:
        """The best value of `metric_for_best`; NaN before there is one."""
        return self._best.metric

    @property
    def best_epoch(self) -> int:
        """The epoch of the best value, counted from 1; 0 before there is one."""
        return self._best.epoch

    def fit(
        self,
        train_loader: Iterable[Any],
        val_loader: Iterable[Any],
        epochs: int = 100,
        metric_for_best: str = "loss",
        minimize_metric: bool | None = None,
        early_stopping: int | None = None,
        resume_path: str | Path | None = None,
        save_interval: float = 60.0,
        after_epoch: Callable[[], None] | None = None,
    ) -> dict[str, list[float]]:
        """Train until `epochs` epochs are finished, keeping the best as `best.pt` in `checkpoint_dir`.

        Where the metric is undefined in every epoch, a warning says so, and the last is kept as `last.pt`.

        Parameters
        ----------
        train_loader, val_loader
            Loaders, or lists, of batches, of graphs or of lists of graphs; one graph is ``[data]``. A loader that has
            `set_epoch` is told the epoch, counted from 0.
        epochs
            In all: after `load_checkpoint` of epoch 40, ``epochs=100`` trains 60.
        metric_for_best
            `loss` or a metric, on validation. Where the epochs so far followed another one, the best begins anew.
        minimize_metric
            Whether less is better; inferred for the metrics of this package.
        early_stopping
            Stop after so many epochs without a better one, those before `load_checkpoint` included; None: never.
        resume_path
            Where the whole state is kept. If it is there at the start, the run is resumed from it and ends, on the same
            machine, as it would have without the interruption. SIGINT and SIGTERM then finish the step and save.
            A `ResumableLoader`, such as `GraphLoader`, is resumed in mid-epoch, any other after the last whole epoch.
        save_interval
            Seconds between two states within an epoch; one is always kept after it.
        after_epoch
            Called by every process when an epoch's state is kept; what it raises, other than a log hook, ends the run.

        Returns
        -------
        dict
            `history`.

        Raises
        ------
        MspeError
            If an argument is out of its range, a loader is none or empty, the metric is not among those computed, its
            direction is unknown or wrong, or another process is on the same run. `InterruptionError` after a signal.
        """
        self._check_fit(train_loader, val_loader, epochs, early_stopping, save_interval)
        check_instance("metric_for_best", metric_for_best, str, "the name of a metric")
        check_instance("minimize_metric", minimize_metric, bool | None, "None, true or false")
        check_instance("after_epoch", after_epoch, Callable | None, "None or a function")
        minimize = is_minimized(metric_for_best, minimize_metric)
        self._check_metric(metric_for_best, val_loader)
        resumable = isinstance(train_loader, ResumableLoader)
        with log_shown(self.verbose), saved_run(resume_path, self._group, save_interval, resumable) as run:

            def after_step(progress: EpochProgress) -> None:
                run.after_step(self._state, progress, f"in epoch {self.epoch + 1} after step {self.global_step}")

            progress = self._resume(run.file)
            if self.epoch < epochs:
                anew = self._best.follow(metric_for_best, minimize)
                self._say_exhausted(early_stopping)
                if isinstance(self.scheduler, ReduceLROnPlateau):
                    follow_direction(self.scheduler, "min" if minimize else "max", anew)
            while not self._is_over(epochs, early_stopping):
                progress = progress or EpochProgress(learning_rate(self.optimizer))
                title = self._title(epochs, early_stopping)
                train = self._train_epoch(train_loader, progress, after_step, title)
                val = self._group.gather(self.eval_epoch(val_loader))[0]
                self._finish_epoch(train, val, progress.learning_rate, metric_for_best)
                self.cost.mark_epoch()
                run.save(self._state())
                if after_epoch is not None:
                    after_epoch()
                self._report_epoch(train["loss"], val[metric_for_best], metric_for_best, epochs)
                run.after_epoch(f"after epoch {self.epoch}")
                progress = None
            run.after_epoch(f"after epoch {self.epoch}")  # where none was left to train
        if self.best_epoch == 0 and self.history:
            self._keep_last(metric_for_best)
        return self.history

    def _check_fit(
        self, train_loader: Any, val_loader: Any, epochs: int, early_stopping: int | None, save_interval: float
    ) -> None:
        check_integer("epochs", epochs)
        check_loader("train_loader", train_loader, epochs - self.epoch)
        check_loader("val_loader", val_loader, epochs - self.epoch)
        check_number("save_interval", save_interval)
        if early_stopping is not None:
            check_integer("early_stopping", early_stopping)

    def _check_metric(self, name: str, val_loader: Iterable[Any]) -> None:
        """See that a metric is computed, before an epoch is spent."""
        known = () if name == "loss" else self._metric_names(name, val_loader)
        if known and name not in known:
            raise MspeError(f"metric_for_best: got {name!r}, allowed: loss, {', '.join(known)}")

    def _metric_names(self, name: str, val_loader: Iterable[Any]) -> tuple[str, ...]:
        """The task's metrics; by the whole split where they are foreign, or it may lack this one."""
        task = get_task(self.task_type)
        own = metrics_of_task(self.metrics, task)
        if isinstance(val_loader, Iterator):
            return own or ()
        return self._metrics_of(val_loader) if own is None or name in task.partial_metrics else own

    def _metrics_of(self, batches: Iterable[Any]) -> tuple[str, ...]:
        """The metrics of some batches; the generators stay as they are."""
        states = generator_states()
        try:
            with warnings.catch_warnings(action="ignore"):
                return tuple(self._predict(batches).metrics(self.metrics))
        finally:
            restore_generator_states(states)

    def _is_over(self, epochs: int, early_stopping: int | None) -> bool:
        """Whether all epochs are finished, or too many came after the best."""
        return self.epoch >= epochs or (early_stopping is not None and self._best.waited >= early_stopping)

    def _title(self, epochs: int, early_stopping: int | None) -> str:
        """What is shown of the next epoch: its number and, after the first one, when the run will be done."""
        number, seconds = f"epoch {self.epoch + 1}/{epochs}", self.cost.epoch_seconds
        if seconds is None:
            return number
        bound = "" if early_stopping is None else "at most "
        return f"{number}, {bound}{duration(seconds * (epochs - self.epoch))} left"

    def _say_exhausted(self, early_stopping: int | None) -> None:
        if early_stopping is not None and self._best.waited >= early_stopping:
            message = "early_stopping: %d epochs without a better one have passed already, so none is trained; raise it"
            logger.warning(message, self._best.waited)

    def _keep_last(self, metric: str) -> None:
        """Write the last epoch's checkpoint, and say that there is no best one."""
        path = self.save_checkpoint(LAST)
        message = f"val {metric} was undefined in every epoch, so none is the best; the last one is kept in {path}"
        warnings.warn(message, stacklevel=3)

    def _finish_epoch(self, train: dict[str, float], val: dict[str, float], rate: float, metric: str) -> None:
        """Record an epoch's metrics, step the schedule, and keep the epoch where it is the best."""
        if metric not in val:
            raise MspeError(f"metric_for_best: got {metric!r}, allowed: {', '.join(val)}")
        row = {f"train_{name}": value for name, value in train.items()}
        row |= {f"val_{name}": value for name, value in val.items()}
        append_epoch(self.history, self.epoch, {**row, "lr": rate})
        self._last_metrics = val
        if isinstance(self.scheduler, ReduceLROnPlateau):
            self.scheduler.step(val[metric])
        elif self.scheduler is not None and self.scheduler_interval == "epoch":
            self.scheduler.step()
        if self._best.update(val[metric], self.epoch):
            if self._best.checkpoint is None and self._group.is_main:
                say_replaced(self.checkpoint_dir / BEST, self._best)
            self._best.checkpoint = copy.deepcopy(self._checkpoint())
            self._write(self.checkpoint_dir / BEST, self._best.checkpoint)
        self._log(val, "val")

    def _report_epoch(self, loss: float, value: float, metric: str, epochs: int) -> None:
        logger.info(
            "epoch %d/%d  train loss %.4f  val %s %.4f  best %.4f (epoch %d)  lr %.2e",
            *(self.epoch, epochs, loss, metric, value, self.best_metric, self.best_epoch, self.history["lr"][-1]),
        )

    def _write(self, path: Path, content: dict[str, Any]) -> None:
        if self._group.is_main:
            write_tensors(path, plain_values(content, str(path)))

    @property
    def _checkpointer(self) -> Checkpointer:
        return Checkpointer(self.model, self.optimizer, self.scheduler, self.metadata, self._average)

    def _checkpoint(self) -> dict[str, Any]:
        return self._checkpointer.take(
            {
                "epoch": self.epoch,
                "global_step": self.global_step,
                "best_metric": self.best_metric,
                "best_epoch": self.best_epoch,
                "metrics": self._last_metrics,
                "best": self._best.state_dict(),
            }
        )

    def save_checkpoint(self, path: str | Path) -> Path:
        """Write a checkpoint atomically; a bare name lives in `checkpoint_dir`. Returns where it stands.

        Its keys are the specification's (`model`, `optimizer`, `scheduler`, `epoch`, `global_step`, `best_metric`,
        `best_epoch`, `metrics`), `best`, `optimizer_type`, `format` and `metadata`; of averaged weights also
        `ema` and `ema_steps`.
        """
        target = checkpoint_path(self.checkpoint_dir, path)
        self._write(target, self._checkpoint())
        return target

    def load_checkpoint(self, path: str | Path) -> dict[str, Any]:
        """Continue from a checkpoint; a bare name lives in `checkpoint_dir`. Returns its content.

        Averaged weights on one side alone are said in the log: those of a Trainer begin anew, a checkpoint's are left.

        Raises
        ------
        MspeError
            If the file is missing, damaged, of a newer version, or of another model, optimizer or scheduler; nothing
            is changed then.
        """
        path = checkpoint_path(self.checkpoint_dir, path)
        checkpoint = read_checkpoint(path, self.model)
        self._restore(checkpoint, path)
        self.history = {name: values[: self.epoch] for name, values in self.history.items()}
        return checkpoint

    def _restore(self, checkpoint: dict[str, Any], path: Path | None) -> None:
        """Take a checkpoint over, or nothing of it."""
        self._checkpointer.restore(checkpoint, path)
        self.epoch, self.global_step = checkpoint["epoch"], checkpoint["global_step"]
        self._best.load(checkpoint)
        self._last_metrics = checkpoint["metrics"]

    def _state(self) -> dict[str, Any]:
        """Everything that decides how the run goes on; kept apart from the checkpoints."""
        return {
            **self._checkpoint(),
            "history": self.history,
            "scaler": self.precision.scaler.state_dict(),
            "best_checkpoint": self._best.checkpoint,
            "cost": self.cost.state_dict(),
        }

    def _resume(self, file: RunState) -> EpochProgress | None:
        """Resume from a state, if it is there: what its unfinished epoch has seen, if there is one."""
        if not file.exists():
            return None
        state, progress = file.load(self.model)
        self._restore(state, file.path)
        self.history = state["history"]
        if "cost" in state:  # older ones have none
            self.cost.load_state_dict(state["cost"])
        self.precision.scaler.load_state_dict(state["scaler"])
        self._best.checkpoint = state["best_checkpoint"]
        if self._best.checkpoint is not None:
            self._write(self.checkpoint_dir / BEST, self._best.checkpoint)
        within = "" if progress is None else f", at batch {progress['batches']} of the next"
        logger.info("resumed after epoch %d%s from %s", self.epoch, within, file.path)
        return None if progress is None else EpochProgress.from_state(progress, self.device)
