"""One epoch: training on every batch once, evaluation and prediction of a whole split."""

import math
from collections.abc import Callable, Iterable
from itertools import chain, zip_longest
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torch_geometric.data import Batch

from mspe.common.errors import MspeError
from mspe.common.terminal import progress_bar
from mspe.tasks import LossFunction, Metrics, get_task, task_trained_with
from mspe.tasks.metrics import accept_source
from mspe.training.averaging import WeightAverage
from mspe.training.checks import check_instance, check_integer, check_positive
from mspe.training.cost import SpeedMeter
from mspe.training.device import Precision, get_device, oom_hint, upcast_half
from mspe.training.distributed import ProcessGroup
from mspe.training.finite import report_nonfinite
from mspe.training.hooks import LogHook, call_hooks
from mspe.training.loaders import begin_epoch, check_loader, count_batches, is_sharded, read_batches
from mspe.training.loops import GradientAccumulator, Predictions, batch_target, count_targets, predict_batches
from mspe.training.losses import get_loss_fn
from mspe.training.metrics import get_metrics
from mspe.training.optimizer import learning_rate
from mspe.training.optimizer_step import OptimizerStep
from mspe.training.parts import check_functions, check_parts
from mspe.training.progress import EpochProgress
from mspe.training.scheduler import check_interval


class EpochTrainer:
    """Part of a Trainer that acts within one epoch; its parameters and attributes are described there."""

    def __init__(
        self,
        model: nn.Module,
        optimizer: Optimizer,
        scheduler: LRScheduler | None,
        loss_fn: LossFunction | None,
        metrics: Metrics | None,
        device: str | torch.device,
        task_type: str,
        grad_clip: float | None,
        mixed_precision: bool | str,
        log_every: int,
        accumulation_steps: int,
        scheduler_interval: str,
        skip_nonfinite: bool,
        ema: float | None,
        verbose: bool | None,
    ) -> None:
        check_parts(model, optimizer, scheduler)
        check_functions(loss_fn, metrics)
        get_task(task_type)
        self.device = get_device(device)
        self.model = model.to(self.device)
        self.optimizer = optimizer
        self.scheduler = scheduler
        self.loss_fn = loss_fn or get_loss_fn(task_type)
        self.metrics = accept_source(metrics or get_metrics(task_type))
        self.task_type = task_type
        self.precision = Precision(mixed_precision, self.device)
        self.log_every = check_integer("log_every", log_every)
        self.accumulator = GradientAccumulator(accumulation_steps)
        self.scheduler_interval = check_interval(scheduler_interval, scheduler)
        check_instance("skip_nonfinite", skip_nonfinite, bool, "true or false")
        check_instance("verbose", verbose, bool | None, "None, true or false")
        self.skip_nonfinite = skip_nonfinite
        if grad_clip is not None:
            check_positive("grad_clip", grad_clip)
        self.epoch = 0
        self.global_step = 0
        self._hooks: list[LogHook] = []
        self._speed = SpeedMeter(self.device)
        self._group = ProcessGroup()
        self.verbose = verbose if self._group.is_main else False
        self._step = OptimizerStep(self.model, optimizer, self.precision, self._group, grad_clip, self._on_nonfinite)
        self._group.broadcast([*self.model.parameters(), *self.model.buffers()])
        self._average = None if ema is None else WeightAverage(self.model, ema)

    @property
    def evaluated_model(self) -> nn.Module:
        """The model that is evaluated and predicts: `model`, or with `ema` the one of averaged weights."""
        return self.model if self._average is None else self._average.model

    def add_log_hook(self, hook: LogHook) -> None:
        """Have ``hook(metrics, step, prefix)`` called: prefix `train` every `log_every` steps, `val` every epoch.

        `step` is always the global step. A hook that raises is reported in the log and does not end the run.
        """
        if not callable(hook):
            raise MspeError(f"hook: got {hook!r}, allowed: a function of metrics, step and prefix")
        self._hooks.append(hook)

    def _log(self, metrics: dict[str, float], prefix: str) -> None:
        if self._group.is_main:
            call_hooks(self._hooks, metrics, self.global_step, prefix)

    def train_epoch(self, train_loader: Iterable[Any]) -> dict[str, float]:
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
        progress = EpochProgress(learning_rate(self.optimizer))
        return self._train_epoch(train_loader, progress, lambda progress: None, f"epoch {self.epoch + 1}")

    def _train_epoch(
        self,
        train_loader: Iterable[Any],
        progress: EpochProgress,
        after_step: Callable[[EpochProgress], None],
        title: str,
    ) -> dict[str, float]:
        """Train on what is left of an epoch, calling `after_step` at the end of every window of batches."""
        check_loader("train_loader", train_loader)
        begin_epoch(train_loader, self.epoch, progress.batches)
        self.model.train()
        self._step.begin()
        self._speed.restart()
        batches = self.accumulator(read_batches(train_loader))
        total, done = count_batches(train_loader), progress.batches
        bar = progress_bar(batches, title, total, done, unit="batch", shown=self.verbose is not False)
        for loaded in bar:
            known = count_targets(loaded)  # on the CPU: a GPU would have to be waited for
            loss = self._train_batch(loaded.to(self.device, non_blocking=True), known, progress)
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

    def _train_batch(self, batch: Batch, known: int, progress: EpochProgress) -> float:
        """Train on a batch, of so many known targets, with a step where its window ends; the unscaled loss."""
        self._speed.count(batch.num_graphs * self._group.size)
        with oom_hint(batch):
            loss = self._backward(batch, known, progress)
            stepped = self.accumulator.step_due and self._step.step(batch, progress)
        if stepped:
            self.global_step += 1
            if self._average is not None:
                self._average.update()
            if self.scheduler is not None and self.scheduler_interval == "step":
                self.scheduler.step()
        if stepped and self.global_step % self.log_every == 0:
            rate = learning_rate(self.optimizer)
            self._log({"loss": loss, "lr": rate, "grad_norm": self._step.norm, **self._speed.report()}, "train")
        return loss

    def _backward(self, batch: Batch, known: int, progress: EpochProgress) -> float:
        """One forward and backward pass; the unscaled loss."""
        with self.precision.autocast():
            prediction = self.model(batch)
            loss = self.loss_fn(upcast_half(prediction), batch_target(batch))
        value = loss.item()
        if not math.isfinite(value):
            self._on_nonfinite(f"the loss is {value}", batch, progress.batches + 1)
            progress.skip()
            return value
        self._step.backward(self.accumulator.scale(loss), known)
        progress.add(batch, prediction, value, known)
        return value

    def _on_nonfinite(self, problem: str, batch: Batch, number: int) -> None:
        """End the run for a number that is not finite, or say that its batch is left out."""
        where = f"{problem} in epoch {self.epoch + 1}, batch {number}, after step {self.global_step}"
        report_nonfinite(where, self.model, batch, self.skip_nonfinite)

    def eval_epoch(self, val_loader: Iterable[Any]) -> dict[str, float]:
        """`loss` and every metric, each over all samples of the loader at once."""
        predictions = self._predict(val_loader)
        scores = predictions.metrics(self.metrics)
        assert predictions.target is not None, "metrics need a target"
        prediction, target = predictions.prediction.to(self.device), predictions.target.to(self.device)
        return {"loss": self.loss_fn(prediction, target).item(), **scores}

    def predict(self, loader: Iterable[Any], probabilities: bool = False) -> Tensor:
        """Predict every sample, in the loader's order.

        Parameters
        ----------
        loader
            Of batches; targets are not needed.
        probabilities
            Turn logits into probabilities (classification, edge prediction). Several outputs are classes, of which one
            holds; under the loss `bce_logits` they are labels, of which each has a probability of its own.

        Returns
        -------
        Tensor
            [samples, outputs], or as the model gives it, on the CPU: in the target's own units, or logits.
        """
        prediction = self._predict(loader).prediction
        if not probabilities:
            return prediction
        return task_trained_with(self.task_type, self.loss_fn).probabilities(prediction)

    def _predict(self, loader: Iterable[Any]) -> Predictions:
        """Every sample of the loader, once and in its order: of all processes where each has a shard of it."""
        check_loader("loader", loader)
        self._group.broadcast(self.model.buffers())
        if self._average is not None:
            self._group.broadcast(self._average.model.buffers())
            self.model.eval()  # which then is in the same mode, averaged or not
        own = predict_batches(self.evaluated_model, loader, self.device, self.precision, self.verbose is not False)
        if self._group.size == 1 or not is_sharded(loader):
            return Predictions.concatenate(own)
        in_turn = chain.from_iterable(zip_longest(*self._group.gather(own)))
        return Predictions.concatenate([part for part in in_turn if part is not None])
