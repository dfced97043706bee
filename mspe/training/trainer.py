"""The Trainer: any model over any loader of PyG batches."""

import copy
import logging
import math
import sys
from collections.abc import Iterable, Sized
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torch_geometric.data import Batch
from tqdm import tqdm

from mspe.common.errors import MspeError
from mspe.common.files import read_tensors, write_tensors
from mspe.training.checkpoint import checkpoint_path, read_checkpoint
from mspe.training.device import Precision, get_device
from mspe.training.hooks import LogHook
from mspe.training.loops import EarlyStopping, GradientAccumulator, batch_target, count_targets, predict_split
from mspe.training.losses import LossFunction, get_loss_fn
from mspe.training.metrics import Metrics, get_metrics, is_minimized
from mspe.training.optimizer import learning_rate
from mspe.training.reproducibility import generator_states, restore_generator_states

logger = logging.getLogger(__name__)

BEST = "best.pt"


class Trainer:
    """Trains, evaluates, predicts and checkpoints.

    Parameters
    ----------
    model
        Maps a PyG batch to [samples, outputs].
    optimizer
        Over the model's parameters.
    scheduler
        Stepped by `fit` after every epoch; None for a constant learning rate.
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
        self.metadata = metadata or {}
        self.epoch = 0
        self.global_step = 0
        self.best_metric = math.nan
        self.best_epoch = 0
        self.history: dict[str, list[float]] = {}
        self._last_metrics: dict[str, float] = {}
        self._best_checkpoint: dict[str, Any] | None = None
        self._hooks: list[LogHook] = []

    def add_log_hook(self, hook: LogHook) -> None:
        """Have ``hook(metrics, step, prefix)`` called: prefix `train` every `log_every` steps, `val` every epoch.

        `step` is always the global step. A hook that raises is reported in the log and does not end the run.
        """
        self._hooks.append(hook)

    def _log(self, metrics: dict[str, float], prefix: str) -> None:
        for hook in self._hooks:
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
        if hasattr(train_loader, "set_epoch"):
            train_loader.set_epoch(self.epoch)
        self.model.train()
        predictions, targets, total, count = [], [], 0.0, 0
        bar = tqdm(
            self.accumulator(train_loader),
            total=len(train_loader) if isinstance(train_loader, Sized) else None,
            desc=f"epoch {self.epoch + 1}",
            leave=False,
            disable=not sys.stderr.isatty(),
        )
        self.optimizer.zero_grad()
        for loaded in bar:
            batch = loaded.to(self.device, non_blocking=True)
            prediction, loss = self._backward(batch)
            if self.accumulator.step_due:
                norm = self._step()
                if self.global_step % self.log_every == 0:
                    self._log({"loss": loss, "lr": learning_rate(self.optimizer), "grad_norm": norm}, "train")
            known = count_targets(batch)
            total, count = total + loss * known, count + known
            predictions.append(prediction)
            targets.append(batch_target(batch))
            bar.set_postfix(loss=f"{loss:.4f}", refresh=False)
        if not predictions:
            raise MspeError("the training loader is empty; give at least one batch")
        self.epoch += 1
        return {"loss": total / max(1, count), **self.metrics(torch.cat(predictions).cpu(), torch.cat(targets).cpu())}

    def _backward(self, batch: Batch) -> tuple[Tensor, float]:
        """One forward and backward pass: the predictions and the unscaled loss."""
        with self.precision.autocast():
            prediction = self.model(batch)
            loss = self.loss_fn(prediction.float(), batch_target(batch))
        value = loss.item()
        if not math.isfinite(value):
            raise MspeError(
                f"the loss is {value} in epoch {self.epoch + 1} after step {self.global_step}; lower "
                "training.optimizer.lr, set training.grad_clip, or look at the targets"
            )
        self.precision.scaler.scale(self.accumulator.scale(loss)).backward()
        return prediction.detach().float(), value

    def _step(self) -> float:
        """Clip, step and reset: the gradient's norm before clipping."""
        self.precision.scaler.unscale_(self.optimizer)
        norm = clip_grad_norm_(self.model.parameters(), math.inf if self.grad_clip is None else self.grad_clip)
        self.precision.scaler.step(self.optimizer)
        self.precision.scaler.update()
        self.optimizer.zero_grad()
        self.global_step += 1
        return norm.item()

    def eval_epoch(self, val_loader: Iterable[Batch]) -> dict[str, float]:
        """`loss` and every metric, each over all samples of the loader at once."""
        prediction, batches = predict_split(self.model, val_loader, self.device, self.precision)
        target = torch.cat([batch_target(batch) for batch in batches]).cpu()
        return {"loss": self.loss_fn(prediction, target).item(), **self.metrics(prediction, target)}

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
        prediction, _ = predict_split(self.model, loader, self.device, self.precision)
        if not probabilities:
            return prediction
        if self.task_type == "regression":
            raise MspeError("probabilities: a regression has none; leave it out")
        several = self.task_type == "classification" and prediction.size(1) > 1
        return torch.softmax(prediction, dim=1) if several else torch.sigmoid(prediction)

    def fit(
        self,
        train_loader: Iterable[Batch],
        val_loader: Iterable[Batch],
        epochs: int,
        metric_for_best: str = "loss",
        minimize_metric: bool | None = None,
        early_stopping: int | None = None,
        resume_path: str | Path | None = None,
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
            Where the whole state is kept after every epoch. If it is there at the start, the run goes on from it
            and ends, on the same machine, as it would have without the interruption.

        Returns
        -------
        dict
            `history`.

        Raises
        ------
        MspeError
            If the metric is not among those computed, or its direction is unknown or wrong.
        """
        minimize = is_minimized(metric_for_best, minimize_metric)
        stopper = EarlyStopping(early_stopping, "min" if minimize else "max") if early_stopping else None
        if resume_path is not None and Path(resume_path).exists():
            self._load_state(Path(resume_path), stopper)
        stop = stopper is not None and stopper.waited >= stopper.patience
        while self.epoch < epochs and not stop:
            rate = learning_rate(self.optimizer)
            train = self.train_epoch(train_loader)
            val = self.eval_epoch(val_loader)
            if metric_for_best not in val:
                raise MspeError(f"metric_for_best: got {metric_for_best!r}, allowed: {', '.join(val)}")
            self._record(train, val, rate)
            self._keep_best(val, metric_for_best, minimize)
            if self.scheduler is not None:
                self.scheduler.step()
            stop = stopper is not None and stopper(val[metric_for_best])
            self._log(val, "val")
            if resume_path is not None:
                self._save_state(Path(resume_path), stopper)
            logger.info(
                "epoch %d/%d  train loss %.4f  val %s %.4f  best %.4f (epoch %d)  lr %.2e",
                *(self.epoch, epochs, train["loss"], metric_for_best, val[metric_for_best]),
                *(self.best_metric, self.best_epoch, rate),
            )
        return self.history

    def _record(self, train: dict[str, float], val: dict[str, float], rate: float) -> None:
        row = {f"train_{name}": value for name, value in train.items()}
        row |= {f"val_{name}": value for name, value in val.items()}
        for name, value in {**row, "lr": rate}.items():
            self.history.setdefault(name, []).append(value)
        self._last_metrics = val

    def _keep_best(self, val: dict[str, float], name: str, minimize: bool) -> None:
        value = val[name]
        better = value < self.best_metric if minimize else value > self.best_metric
        if better or (math.isnan(self.best_metric) and not math.isnan(value)):
            self.best_metric, self.best_epoch = value, self.epoch
            self._best_checkpoint = copy.deepcopy(self._checkpoint())
            write_tensors(self.checkpoint_dir / BEST, self._best_checkpoint)

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
            "metadata": self.metadata,
        }

    def save_checkpoint(self, path: str | Path) -> Path:
        """Write a checkpoint atomically; a bare name lives in `checkpoint_dir`. Returns where it stands.

        Its keys are the specification's (`model`, `optimizer`, `scheduler`, `epoch`, `global_step`, `best_metric`,
        `best_epoch`, `metrics`) and `metadata`.
        """
        target = checkpoint_path(self.checkpoint_dir, path)
        write_tensors(target, self._checkpoint())
        return target

    def load_checkpoint(self, path: str | Path) -> dict[str, Any]:
        """Go on from a checkpoint; a bare name lives in `checkpoint_dir`. Returns its content.

        Raises
        ------
        MspeError
            If the file is missing, damaged or of another model; nothing is changed then.
        """
        checkpoint = read_checkpoint(checkpoint_path(self.checkpoint_dir, path), self.model)
        self._restore(checkpoint)
        return checkpoint

    def _restore(self, checkpoint: dict[str, Any]) -> None:
        self.model.load_state_dict(checkpoint["model"])
        self.optimizer.load_state_dict(checkpoint["optimizer"])
        if self.scheduler is not None and checkpoint["scheduler"] is not None:
            self.scheduler.load_state_dict(checkpoint["scheduler"])
        for name in ("epoch", "global_step", "best_metric", "best_epoch"):
            setattr(self, name, checkpoint[name])
        self._last_metrics = checkpoint["metrics"]

    def _save_state(self, path: Path, stopper: EarlyStopping | None) -> None:
        """Everything that decides how the run goes on; kept apart from the checkpoints."""
        state = {
            **self._checkpoint(),
            "history": self.history,
            "generators": generator_states(),
            "scaler": self.precision.scaler.state_dict(),
            "early_stopping": None if stopper is None else stopper.state_dict(),
            "best_checkpoint": self._best_checkpoint,
        }
        write_tensors(path, state)

    def _load_state(self, path: Path, stopper: EarlyStopping | None) -> None:
        read_checkpoint(path, self.model)
        state = read_tensors(path)
        self._restore(state)
        self.history = state["history"]
        self.precision.scaler.load_state_dict(state["scaler"])
        if stopper is not None and state["early_stopping"] is not None:
            stopper.load_state_dict(state["early_stopping"])
        self._best_checkpoint = state["best_checkpoint"]
        if self._best_checkpoint is not None:
            write_tensors(self.checkpoint_dir / BEST, self._best_checkpoint)
        restore_generator_states(state["generators"])
        logger.info("resumed after epoch %d from %s", self.epoch, path)
