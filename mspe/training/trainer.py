"""The Trainer: any model over any loader of PyG batches."""

import copy
import logging
import math
import sys
from collections.abc import Callable, Iterable, Sized
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau
from torch_geometric.data import Batch
from tqdm import tqdm

from mspe.common.errors import MspeError
from mspe.common.files import write_tensors
from mspe.tasks import LossFunction, Metrics, get_task, is_minimized
from mspe.tasks.metrics import accept_source
from mspe.training.best_epoch import BestEpoch
from mspe.training.checkpoint import Checkpointer, RunState, checkpoint_path, read_checkpoint
from mspe.training.cost import SpeedMeter
from mspe.training.device import Precision, get_device, oom_hint, upcast_half
from mspe.training.distributed import ProcessGroup
from mspe.training.finite import locate_nonfinite
from mspe.training.hooks import LogHook
from mspe.training.interruption import Interruption, SaveTimer
from mspe.training.loaders import EpochLoader, ResumableLoader, is_sharded
from mspe.training.loops import EarlyStopping, GradientAccumulator, Predictions, batch_target, predict_batches
from mspe.training.losses import get_loss_fn
from mspe.training.metrics import get_metrics
from mspe.training.optimizer import learning_rate
from mspe.training.optimizer_step import OptimizerStep
from mspe.training.progress import EpochProgress

logger = logging.getLogger(__name__)

BEST = "best.pt"


class Trainer:
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
        Plain values that every checkpoint carries under `metadata`, so that a file alone can rebuild its model.

    Attributes
    ----------
    epoch, global_step
        Finished epochs and optimizer steps.
    history
        Lists of equal length, one entry an epoch of `fit`: `train_loss`, `val_loss`, every metric as `train_…` and
        `val_…`, and `lr`.
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
    ) -> None:
        self.device = get_device(device)
        self.model = model.to(self.device)
        self.optimizer = optimizer
        self.scheduler = scheduler
        self.loss_fn = loss_fn or get_loss_fn(task_type)
        self.metrics = accept_source(metrics or get_metrics(task_type))
        self.task_type = task_type
        self.precision = Precision(mixed_precision, self.device)
        self.log_every = log_every
        self.checkpoint_dir = Path(checkpoint_dir)
        self.accumulator = GradientAccumulator(accumulation_steps)
        if scheduler_interval not in ("epoch", "step"):
            raise MspeError(f"scheduler_interval: got {scheduler_interval!r}, allowed: epoch, step")
        if scheduler_interval == "step" and isinstance(scheduler, ReduceLROnPlateau):
            raise MspeError("scheduler_interval: got 'step', allowed: epoch, since plateau reads a metric")
        self.scheduler_interval = scheduler_interval
        self.skip_nonfinite = skip_nonfinite
        self.metadata = metadata or {}
        self.epoch = 0
        self.global_step = 0
        self.history: dict[str, list[float]] = {}
        self._best = BestEpoch()
        self._last_metrics: dict[str, float] = {}
        self._hooks: list[LogHook] = []
        self._speed = SpeedMeter(self.device)
        self._group = ProcessGroup()
        self._step = OptimizerStep(self.model, optimizer, self.precision, self._group, grad_clip, self._on_nonfinite)
        self._group.broadcast([*self.model.parameters(), *self.model.buffers()])

    @property
    def best_metric(self) -> float:
        """The best value of `metric_for_best`; NaN before there is one."""
        return self._best.metric

    @property
    def best_epoch(self) -> int:
        """The epoch of the best value, counted from 1; 0 before there is one."""
        return self._best.epoch

    def add_log_hook(self, hook: LogHook) -> None:
        """Have ``hook(metrics, step, prefix)`` called: prefix `train` every `log_every` steps, `val` every epoch.

        `step` is always the global step. A hook that raises is reported in the log and does not end the run.
        """
        self._hooks.append(hook)

    def _log(self, metrics: dict[str, float], prefix: str) -> None:
        for hook in self._hooks if self._group.is_main else []:
            try:
                hook(metrics, self.global_step, prefix)
            except Exception:  # someone else's code: a broken plot must not cost a training run
                logger.exception("log hook %r failed at step %d; training goes on", hook, self.global_step)

    def train_epoch(self, train_loader: Iterable[Batch]) -> dict[str, float]:
        """Train on every batch once.

        Returns
        -------
        dict
            `loss`, the mean over the epoch's targets, and every metric of the predictions made while training.

        Raises
        ------
        MspeError
            If the loader is empty, or the loss is NaN or infinite.
        """
        return self._train_epoch(train_loader, EpochProgress(learning_rate(self.optimizer)), lambda progress: None)

    def _train_epoch(
        self, train_loader: Iterable[Batch], progress: EpochProgress, after_step: Callable[[EpochProgress], None]
    ) -> dict[str, float]:
        """Train on what is left of an epoch, calling `after_step` at the end of every window of batches."""
        if isinstance(train_loader, EpochLoader):
            train_loader.set_epoch(self.epoch)
        if progress.batches and isinstance(train_loader, ResumableLoader):
            train_loader.start_at(progress.batches)
        self.model.train()
        self._step.begin()
        self._speed.restart()
        for loaded in (bar := self._progress_bar(train_loader, progress.batches)):
            loss = self._train_batch(loaded.to(self.device, non_blocking=True), progress)
            bar.set_postfix(loss=f"{loss:.4f}", refresh=False)
            if self.accumulator.step_due:
                after_step(progress)
        if progress.batches == 0:
            raise MspeError("the training loader is empty; give at least one batch")
        self.epoch += 1
        scores = progress.scores(self.metrics, self._group)
        if self.skip_nonfinite:
            scores["skipped"] = float(sum(self._group.gather(progress.skipped)))
        return scores

    def _progress_bar(self, train_loader: Iterable[Batch], done: int) -> "tqdm[Batch]":
        return tqdm(
            self.accumulator(train_loader),
            total=len(train_loader) if isinstance(train_loader, Sized) else None,
            initial=done,
            desc=f"epoch {self.epoch + 1}",
            leave=False,
            disable=not (sys.stderr.isatty() and self._group.is_main),
        )

    def _train_batch(self, batch: Batch, progress: EpochProgress) -> float:
        """Train on a batch, with a step of the optimizer where its window ends; the unscaled loss."""
        self._speed.count(batch.num_graphs * self._group.size)
        with oom_hint(batch):
            loss = self._backward(batch, progress)
            stepped = self.accumulator.step_due and self._step.step(batch, progress)
        if stepped:
            self.global_step += 1
            if self.scheduler is not None and self.scheduler_interval == "step":
                self.scheduler.step()
        if stepped and self.global_step % self.log_every == 0:
            rate = learning_rate(self.optimizer)
            self._log({"loss": loss, "lr": rate, "grad_norm": self._step.norm, **self._speed.report()}, "train")
        return loss

    def _backward(self, batch: Batch, progress: EpochProgress) -> float:
        """One forward and backward pass; the unscaled loss."""
        with self.precision.autocast():
            prediction = self.model(batch)
            loss = self.loss_fn(upcast_half(prediction), batch_target(batch))
        value = loss.item()
        if not math.isfinite(value):
            self._on_nonfinite(f"the loss is {value}", batch, progress.batches + 1)
            progress.skip()
            return value
        self._step.backward(self.accumulator.scale(loss), batch)
        progress.add(batch, prediction, value)
        return value

    def _on_nonfinite(self, problem: str, batch: Batch, number: int) -> None:
        """End the run for a number that is not finite, or say that its batch is left out."""
        where = f"{problem} in epoch {self.epoch + 1}, batch {number}, after step {self.global_step}"
        cause = locate_nonfinite(self.model, batch)
        if not self.skip_nonfinite:
            raise MspeError(
                f"{where}: {cause}; lower training.optimizer.lr, set training.grad_clip, look at the data, or set "
                "training.skip_nonfinite=true to leave such batches out"
            )
        logger.warning("%s: %s; the batch is left out", where, cause)

    def eval_epoch(self, val_loader: Iterable[Batch]) -> dict[str, float]:
        """`loss` and every metric, each over all samples of the loader at once."""
        predictions = self._predict(val_loader)
        scores = predictions.metrics(self.metrics)
        assert predictions.target is not None, "metrics need a target"
        return {"loss": self.loss_fn(predictions.prediction, predictions.target).item(), **scores}

    def _predict(self, loader: Iterable[Batch]) -> Predictions:
        """Every sample of the loader, once and in its order: of all processes where each has a shard of it."""
        self._group.broadcast(self.model.buffers())
        own = predict_batches(self.model, loader, self.device, self.precision)
        if self._group.size == 1 or not is_sharded(loader):
            return Predictions.concatenate(own)
        in_turn = chain.from_iterable(zip_longest(*self._group.gather(own)))
        return Predictions.concatenate([part for part in in_turn if part is not None])

    def predict(self, loader: Iterable[Batch], probabilities: bool = False) -> Tensor:
        """Predict every sample, in the loader's order.

        Parameters
        ----------
        loader
            Of batches; targets are not needed.
        probabilities
            Turn logits into probabilities (classification, edge prediction).

        Returns
        -------
        Tensor
            [samples, outputs] on the CPU: in the target's own units, or logits.
        """
        prediction = self._predict(loader).prediction
        return get_task(self.task_type).probabilities(prediction) if probabilities else prediction

    def fit(
        self,
        train_loader: Iterable[Batch],
        val_loader: Iterable[Batch],
        epochs: int,
        metric_for_best: str = "loss",
        minimize_metric: bool | None = None,
        early_stopping: int | None = None,
        resume_path: str | Path | None = None,
        save_interval: float = 60.0,
    ) -> dict[str, list[float]]:
        """Train until `epochs` epochs are finished, keeping the best as `best.pt` in `checkpoint_dir`.

        Parameters
        ----------
        train_loader, val_loader
            Loaders of batches. One that has `set_epoch` is told the epoch, counted from 0.
        epochs
            In all: after `load_checkpoint` of epoch 40, ``epochs=100`` trains 60.
        metric_for_best
            `loss` or a metric, on validation.
        minimize_metric
            Whether less is better; inferred for the metrics of this package.
        early_stopping
            Stop after so many epochs without a better one; None: never.
        resume_path
            Where the whole state is kept. If it is there at the start, the run is resumed from it and ends, on the same
            machine, as it would have without the interruption. SIGINT and SIGTERM then finish the step and save.
            A `ResumableLoader`, such as `GraphLoader`, is resumed in mid-epoch, any other after the last whole epoch.
        save_interval
            Seconds between two states within an epoch; one is always kept after it.

        Returns
        -------
        dict
            `history`.

        Raises
        ------
        MspeError
            If the metric is not among those computed, or its direction is unknown or wrong, or another process is on
            the same run. `InterruptionError` after a signal.
        """
        minimize = is_minimized(metric_for_best, minimize_metric)
        stopper = EarlyStopping(early_stopping, "min" if minimize else "max") if early_stopping else None
        with (
            RunState(resume_path, self._group) as kept,
            Interruption(enabled=resume_path is not None) as interruption,
        ):
            progress = self._resume(kept, stopper) if kept.exists() else None
            timer = SaveTimer(save_interval)
            resumes_mid_epoch = isinstance(train_loader, ResumableLoader)

            def after_step(progress: EpochProgress) -> None:
                due = self._sync_stop(interruption, resume_path is not None and timer.due)
                if resumes_mid_epoch and (interruption.requested or due):
                    kept.save(self._state(stopper), progress)
                    timer.restart()
                where = f"in epoch {self.epoch + 1} after step {self.global_step}"
                interruption.raise_if_requested(where, kept.describe(resumes_mid_epoch))

            while self.epoch < epochs and not (stopper is not None and stopper.exhausted):
                progress = progress or EpochProgress(learning_rate(self.optimizer))
                rate = progress.learning_rate
                train = self._train_epoch(train_loader, progress, after_step)
                val = self._group.gather(self.eval_epoch(val_loader))[0]
                self._finish_epoch(train, val, rate, metric_for_best, minimize)
                if stopper is not None:
                    stopper(val[metric_for_best])
                self._log(val, "val")
                kept.save(self._state(stopper), None)
                timer.restart()
                self._report_epoch(train["loss"], val[metric_for_best], metric_for_best, epochs, rate)
                self._sync_stop(interruption, False)
                interruption.raise_if_requested(f"after epoch {self.epoch}", kept.describe(resumes_mid_epoch=True))
                progress = None
        return self.history

    def _finish_epoch(
        self, train: dict[str, float], val: dict[str, float], rate: float, metric: str, minimize: bool
    ) -> None:
        """Record an epoch's metrics, keep it where it is the best, and step the schedule."""
        if metric not in val:
            raise MspeError(f"metric_for_best: got {metric!r}, allowed: {', '.join(val)}")
        self._record(train, val, rate)
        self._keep_best(val[metric], minimize)
        if isinstance(self.scheduler, ReduceLROnPlateau):
            self.scheduler.step(val[metric])
        elif self.scheduler is not None and self.scheduler_interval == "epoch":
            self.scheduler.step()

    def _report_epoch(self, loss: float, value: float, metric: str, epochs: int, rate: float) -> None:
        logger.info(
            "epoch %d/%d  train loss %.4f  val %s %.4f  best %.4f (epoch %d)  lr %.2e",
            *(self.epoch, epochs, loss, metric, value, self.best_metric, self.best_epoch, rate),
        )

    def _sync_stop(self, interruption: Interruption, due: bool) -> bool:
        """Stop all processes at the same step where one has got a signal; whether one of them wants the state saved."""
        gathered = self._group.gather((interruption.requested, due))
        interruption.requested = next((signal for signal, _ in gathered if signal), None)
        return any(due for _, due in gathered)

    def _record(self, train: dict[str, float], val: dict[str, float], rate: float) -> None:
        row = {f"train_{name}": value for name, value in train.items()}
        row |= {f"val_{name}": value for name, value in val.items()}
        row["lr"] = rate
        for name in {**self.history, **row}:
            earlier = [math.nan] * (self.epoch - 1)  # of a metric that no epoch has had yet
            self.history.setdefault(name, earlier).append(row.get(name, math.nan))
        self._last_metrics = val

    def _keep_best(self, value: float, minimize: bool) -> None:
        if self._best.improves(value, minimize):
            self._best.metric, self._best.epoch = value, self.epoch
            self._best.checkpoint = copy.deepcopy(self._checkpoint())
            self._write(self.checkpoint_dir / BEST, self._best.checkpoint)

    def _write(self, path: Path, content: dict[str, Any]) -> None:
        if self._group.is_main:
            write_tensors(path, content)

    @property
    def _checkpointer(self) -> Checkpointer:
        return Checkpointer(self.model, self.optimizer, self.scheduler, self.metadata)

    def _checkpoint(self) -> dict[str, Any]:
        return self._checkpointer.take(
            {
                "epoch": self.epoch,
                "global_step": self.global_step,
                "best_metric": self.best_metric,
                "best_epoch": self.best_epoch,
                "metrics": self._last_metrics,
            }
        )

    def save_checkpoint(self, path: str | Path) -> Path:
        """Write a checkpoint atomically; a bare name lives in `checkpoint_dir`. Returns where it stands.

        Its keys are the specification's (`model`, `optimizer`, `scheduler`, `epoch`, `global_step`, `best_metric`,
        `best_epoch`, `metrics`), `format` and `metadata`.
        """
        target = checkpoint_path(self.checkpoint_dir, path)
        self._write(target, self._checkpoint())
        return target

    def load_checkpoint(self, path: str | Path) -> dict[str, Any]:
        """Continue from a checkpoint; a bare name lives in `checkpoint_dir`. Returns its content.

        Raises
        ------
        MspeError
            If the file is missing, damaged, of a newer version, or of another model, optimizer or scheduler; nothing
            is changed then.
        """
        path = checkpoint_path(self.checkpoint_dir, path)
        checkpoint = read_checkpoint(path, self.model)
        self._restore(checkpoint, path)
        return checkpoint

    def _restore(self, checkpoint: dict[str, Any], path: Path | None) -> None:
        """Take a checkpoint over, or nothing of it."""
        self._checkpointer.restore(checkpoint, path)
        self.epoch, self.global_step = checkpoint["epoch"], checkpoint["global_step"]
        self._best.metric, self._best.epoch = checkpoint["best_metric"], checkpoint["best_epoch"]
        self._last_metrics = checkpoint["metrics"]

    def _state(self, stopper: EarlyStopping | None) -> dict[str, Any]:
        """Everything that decides how the run goes on; kept apart from the checkpoints."""
        return {
            **self._checkpoint(),
            "history": self.history,
            "scaler": self.precision.scaler.state_dict(),
            "early_stopping": None if stopper is None else stopper.state_dict(),
            "best_checkpoint": self._best.checkpoint,
        }

    def _resume(self, kept: RunState, stopper: EarlyStopping | None) -> EpochProgress | None:
        """Resume from a state: what its unfinished epoch has seen, if there is one."""
        state, progress = kept.load(self.model)
        self._restore(state, kept.path)
        self.history = state["history"]
        self.precision.scaler.load_state_dict(state["scaler"])
        if stopper is not None and state["early_stopping"] is not None:
            stopper.load_state_dict(state["early_stopping"])
        self._best.checkpoint = state["best_checkpoint"]
        if self._best.checkpoint is not None:
            self._write(self.checkpoint_dir / BEST, self._best.checkpoint)
        within = "" if progress is None else f", at batch {progress['batches']} of the next"
        logger.info("resumed after epoch %d%s from %s", self.epoch, within, kept.path)
        return None if progress is None else EpochProgress.from_state(progress, self.device)
