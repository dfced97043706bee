"""The Trainer: any model over any loader of PyG batches."""

import copy
import logging
import math
import sys
import time
from collections.abc import Callable, Iterable, Sized
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau
from torch_geometric.data import Batch
from tqdm import tqdm

from mspe.common.errors import MspeError
from mspe.common.files import write_tensors
from mspe.tasks import LossFunction, Metrics, get_task, is_minimized
from mspe.training.checkpoint import FORMAT, checkpoint_path, read_checkpoint
from mspe.training.cost import SpeedMeter
from mspe.training.device import Precision, at_least_single, explained_out_of_memory, get_device
from mspe.training.distributed import Workers
from mspe.training.finite import find_cause
from mspe.training.hooks import LogHook
from mspe.training.interruption import Interruption
from mspe.training.loops import EarlyStopping, GradientAccumulator, Scored, batch_target, count_targets, predict_batches
from mspe.training.losses import get_loss_fn
from mspe.training.metrics import get_metrics
from mspe.training.optimizer import learning_rate
from mspe.training.progress import EpochProgress
from mspe.training.state import RunState

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
        self.metrics = metrics or get_metrics(task_type)
        self.task_type = task_type
        self.grad_clip = grad_clip
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
        self.best_metric = math.nan
        self.best_epoch = 0
        self.history: dict[str, list[float]] = {}
        self._last_metrics: dict[str, float] = {}
        self._best_checkpoint: dict[str, Any] | None = None
        self._hooks: list[LogHook] = []
        self._speed = SpeedMeter(self.device)
        self._workers = Workers()
        self._window_targets = self._window_batches = 0  # behind the gradients so far
        self._workers.share([*self.model.parameters(), *self.model.buffers()])

    def add_log_hook(self, hook: LogHook) -> None:
        """Have ``hook(metrics, step, prefix)`` called: prefix `train` every `log_every` steps, `val` every epoch.

        `step` is always the global step. A hook that raises is reported in the log and does not end the run.
        """
        self._hooks.append(hook)

    def _log(self, metrics: dict[str, float], prefix: str) -> None:
        for hook in self._hooks if self._workers.is_main else []:
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
        """Train on what is left of an epoch, calling `after_step` whenever the optimizer has stepped."""
        if hasattr(train_loader, "set_epoch"):
            train_loader.set_epoch(self.epoch)
        if progress.batches:
            train_loader.start_at(progress.batches)  # type: ignore[attr-defined]
        self.model.train()
        bar = tqdm(
            self.accumulator(train_loader),
            total=len(train_loader) if isinstance(train_loader, Sized) else None,
            initial=progress.batches,
            desc=f"epoch {self.epoch + 1}",
            leave=False,
            disable=not (sys.stderr.isatty() and self._workers.is_main),
        )
        self.optimizer.zero_grad()
        self._window_targets = self._window_batches = 0
        self._speed.restart()
        for loaded in bar:
            batch = loaded.to(self.device, non_blocking=True)
            self._speed.count(batch.num_graphs * self._workers.size)
            with explained_out_of_memory(batch):
                loss = self._backward(batch, progress)
                stepped = self.accumulator.step_due and self._step(batch, progress)
            if stepped and self.global_step % self.log_every == 0:
                rate = learning_rate(self.optimizer)
                self._log({"loss": loss, "lr": rate, "grad_norm": self._norm, **self._speed.report()}, "train")
            bar.set_postfix(loss=f"{loss:.4f}", refresh=False)
            if self.accumulator.step_due:
                after_step(progress)
        if progress.batches == 0:
            raise MspeError("the training loader is empty; give at least one batch")
        self.epoch += 1
        scores = progress.scores(self.metrics, self._workers)
        if self.skip_nonfinite:
            scores["skipped"] = float(sum(self._workers.gather(progress.skipped)))
        return scores

    def _backward(self, batch: Batch, progress: EpochProgress) -> float:
        """One forward and backward pass; the unscaled loss."""
        with self.precision.autocast():
            prediction = self.model(batch)
            loss = self.loss_fn(at_least_single(prediction), batch_target(batch))
        value = loss.item()
        if not math.isfinite(value):
            self._refuse(f"the loss is {value}", batch, progress.batches + 1)
            progress.skip()
            return value
        self.precision.scaler.scale(self.accumulator.scale(loss)).backward()
        self._window_targets += count_targets(batch)
        self._window_batches += 1
        progress.add(batch, prediction, value)
        return value

    def _step(self, batch: Batch, progress: EpochProgress) -> bool:
        """Average over processes, clip, step and reset; whether there was a gradient to step with."""
        targets = self._workers.average_gradients(self.model, self._window_targets)
        batches, self._window_targets, self._window_batches = self._window_batches, 0, 0
        if targets == 0:
            return False  # every batch of the window was left out
        self.precision.scaler.unscale_(self.optimizer)
        largest = math.inf if self.grad_clip is None else self.grad_clip
        norm = self._norm = clip_grad_norm_(self.model.parameters(), largest).item()
        if not math.isfinite(norm) and not self.precision.scaler.is_enabled():  # the scaler skips such a step itself
            self._refuse(f"the gradient's norm is {norm}", batch, progress.batches)
            self.optimizer.zero_grad()
            progress.skipped += batches
            return False
        scale = self.precision.scaler.get_scale()
        self.precision.scaler.step(self.optimizer)
        self.precision.scaler.update()
        if self.precision.scaler.get_scale() < min(scale, 1.0):  # far below where fp16 gradients overflow
            self._refuse(f"the gradient's norm is {norm} at any scale of the loss", batch, progress.batches)
        self.optimizer.zero_grad()
        if self.precision.scaler.get_scale() < scale:  # it has left this step out, to try a smaller scale
            return False
        self.global_step += 1
        if self.scheduler is not None and self.scheduler_interval == "step":
            self.scheduler.step()
        return True

    def _refuse(self, problem: str, batch: Batch, number: int) -> None:
        """End the run for a number that is not finite, or say that its batch is left out."""
        where = f"{problem} in epoch {self.epoch + 1}, batch {number}, after step {self.global_step}"
        cause = find_cause(self.model, batch)
        if not self.skip_nonfinite:
            raise MspeError(
                f"{where}: {cause}; lower training.optimizer.lr, set training.grad_clip, look at the data, or set "
                "training.skip_nonfinite=true to leave such batches out"
            )
        logger.warning("%s: %s; the batch is left out", where, cause)

    def eval_epoch(self, val_loader: Iterable[Batch]) -> dict[str, float]:
        """`loss` and every metric, each over all samples of the loader at once."""
        scored = self._scored(val_loader)
        scores = scored.metrics(self.metrics)
        assert scored.target is not None, "metrics need a target"
        return {"loss": self.loss_fn(scored.prediction, scored.target).item(), **scores}

    def _scored(self, loader: Iterable[Batch]) -> Scored:
        """Every sample of the loader, once and in its order: of all processes where each has a shard of it."""
        self._workers.share(self.model.buffers())
        own = predict_batches(self.model, loader, self.device, self.precision)
        if self._workers.size == 1 or getattr(loader, "shard", (0, 1))[1] == 1:
            return Scored.joined(own)
        in_turn = chain.from_iterable(zip_longest(*self._workers.gather(own)))
        return Scored.joined([part for part in in_turn if part is not None])

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
        prediction = self._scored(loader).prediction
        if not probabilities:
            return prediction
        return get_task(self.task_type).probabilities(prediction)

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
            Where the whole state is kept. If it is there at the start, the run goes on from it and ends, on the same
            machine, as it would have without the interruption. SIGINT and SIGTERM then finish the step and save.
            `GraphLoader` goes on in mid-epoch, any other loader from the last finished epoch.
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
        divisible = hasattr(train_loader, "start_at")  # can go on in mid-epoch
        with (
            RunState(resume_path, self._workers) as kept,
            Interruption(enabled=resume_path is not None) as interruption,
        ):
            progress = self._resume(kept, stopper) if kept.exists() else None
            stop = stopper is not None and stopper.waited >= stopper.patience
            saved_at = time.monotonic()

            def after_step(progress: EpochProgress) -> None:
                nonlocal saved_at
                due = resume_path is not None and time.monotonic() - saved_at >= save_interval
                due = self._agree(interruption, due)
                if divisible and (interruption.requested or due):
                    kept.save(self._state(stopper), progress)
                    saved_at = time.monotonic()
                what = "this step" if divisible else "the last finished epoch"
                interruption.raise_if_requested(
                    f"in epoch {self.epoch + 1} after step {self.global_step}",
                    f"{what} is kept in {kept.path}; the same command goes on from it"
                    if kept.exists()
                    else "no epoch was finished; the same command begins anew",
                )

            while self.epoch < epochs and not stop:
                progress = progress or EpochProgress(learning_rate(self.optimizer))
                train = self._train_epoch(train_loader, progress, after_step)
                val = self._workers.gather(self.eval_epoch(val_loader))[0]
                if metric_for_best not in val:
                    raise MspeError(f"metric_for_best: got {metric_for_best!r}, allowed: {', '.join(val)}")
                self._record(train, val, progress.learning_rate)
                self._keep_best(val, metric_for_best, minimize)
                self._step_scheduler(val[metric_for_best])
                stop = stopper is not None and stopper(val[metric_for_best])
                self._log(val, "val")
                kept.save(self._state(stopper), None)
                saved_at = time.monotonic()
                logger.info(
                    "epoch %d/%d  train loss %.4f  val %s %.4f  best %.4f (epoch %d)  lr %.2e",
                    *(self.epoch, epochs, train["loss"], metric_for_best, val[metric_for_best]),
                    *(self.best_metric, self.best_epoch, progress.learning_rate),
                )
                self._agree(interruption, False)
                interruption.raise_if_requested(
                    f"after epoch {self.epoch}", f"it is kept in {kept.path}; the same command goes on from it"
                )
                progress = None
        return self.history

    def _agree(self, interruption: Interruption, due: bool) -> bool:
        """A signal to one process stops all of them at the same step; whether one of them wants the state kept."""
        gathered = self._workers.gather((interruption.requested, due))
        interruption.requested = next((signal for signal, _ in gathered if signal), None)
        return any(due for _, due in gathered)

    def _step_scheduler(self, value: float) -> None:
        if isinstance(self.scheduler, ReduceLROnPlateau):
            self.scheduler.step(value)
        elif self.scheduler is not None and self.scheduler_interval == "epoch":
            self.scheduler.step()

    def _record(self, train: dict[str, float], val: dict[str, float], rate: float) -> None:
        row = {f"train_{name}": value for name, value in train.items()}
        row |= {f"val_{name}": value for name, value in val.items()}
        row["lr"] = rate
        for name in {**self.history, **row}:
            earlier = [math.nan] * (self.epoch - 1)  # of a metric that no epoch has had yet
            self.history.setdefault(name, earlier).append(row.get(name, math.nan))
        self._last_metrics = val

    def _keep_best(self, val: dict[str, float], name: str, minimize: bool) -> None:
        value = val[name]
        better = value < self.best_metric if minimize else value > self.best_metric
        if better or (math.isnan(self.best_metric) and not math.isnan(value)):
            self.best_metric, self.best_epoch = value, self.epoch
            self._best_checkpoint = copy.deepcopy(self._checkpoint())
            self._write(self.checkpoint_dir / BEST, self._best_checkpoint)

    def _write(self, path: Path, content: dict[str, Any]) -> None:
        if self._workers.is_main:
            write_tensors(path, content)

    def _checkpoint(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": None if self.scheduler is None else self.scheduler.state_dict(),
            "epoch": self.epoch,
            "global_step": self.global_step,
            "best_metric": self.best_metric,
            "best_epoch": self.best_epoch,
            "metrics": self._last_metrics,
            "format": FORMAT,
            "metadata": self.metadata,
        }

    def save_checkpoint(self, path: str | Path) -> Path:
        """Write a checkpoint atomically; a bare name lives in `checkpoint_dir`. Returns where it stands.

        Its keys are the specification's (`model`, `optimizer`, `scheduler`, `epoch`, `global_step`, `best_metric`,
        `best_epoch`, `metrics`), `format` and `metadata`.
        """
        target = checkpoint_path(self.checkpoint_dir, path)
        self._write(target, self._checkpoint())
        return target

    def load_checkpoint(self, path: str | Path) -> dict[str, Any]:
        """Go on from a checkpoint; a bare name lives in `checkpoint_dir`. Returns its content.

        Raises
        ------
        MspeError
            If the file is missing, damaged, of a newer version, or of another model, optimizer or scheduler; nothing
            is changed then.
        """
        path = checkpoint_path(self.checkpoint_dir, path)
        checkpoint = read_checkpoint(path, self.model)
        self._restore_whole(checkpoint, path)
        return checkpoint

    def _restore_whole(self, checkpoint: dict[str, Any], path: Path | None) -> None:
        """Take a checkpoint over, or nothing of it."""
        before = copy.deepcopy(self._checkpoint())
        try:
            self._restore(checkpoint)
        except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            self._restore(before)
            reason = str(error).splitlines()[0]
            raise MspeError(
                f"{path}: belongs to another optimizer or scheduler ({reason}); build them as they were"
            ) from error

    def _restore(self, checkpoint: dict[str, Any]) -> None:
        self.model.load_state_dict(checkpoint["model"])
        self.optimizer.load_state_dict(checkpoint["optimizer"])
        if self.scheduler is not None and checkpoint["scheduler"] is not None:
            self.scheduler.load_state_dict(checkpoint["scheduler"])
        for name in ("epoch", "global_step", "best_metric", "best_epoch"):
            setattr(self, name, checkpoint[name])
        self._last_metrics = checkpoint["metrics"]

    def _state(self, stopper: EarlyStopping | None) -> dict[str, Any]:
        """Everything that decides how the run goes on; kept apart from the checkpoints."""
        return {
            **self._checkpoint(),
            "history": self.history,
            "scaler": self.precision.scaler.state_dict(),
            "early_stopping": None if stopper is None else stopper.state_dict(),
            "best_checkpoint": self._best_checkpoint,
        }

    def _resume(self, kept: RunState, stopper: EarlyStopping | None) -> EpochProgress | None:
        """Go on from a state: what its unfinished epoch has seen, if there is one."""
        state, progress = kept.load(self.model)
        self._restore_whole(state, kept.path)
        self.history = state["history"]
        self.precision.scaler.load_state_dict(state["scaler"])
        if stopper is not None and state["early_stopping"] is not None:
            stopper.load_state_dict(state["early_stopping"])
        self._best_checkpoint = state["best_checkpoint"]
        if self._best_checkpoint is not None:
            self._write(self.checkpoint_dir / BEST, self._best_checkpoint)
        within = "" if progress is None else f", at batch {progress['batches']} of the next"
        logger.info("resumed after epoch %d%s from %s", self.epoch, within, kept.path)
        return None if progress is None else EpochProgress.from_state(progress, self.device)
