"""Training one model with one seed, from parameters and packed graphs to its best checkpoint, curve and cost."""

import math
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from mspe.common.errors import MspeError
from mspe.common.files import write_text
from mspe.common.json_files import write_json
from mspe.common.resume import discard, resume_folder
from mspe.common.tensor_files import read_tensors
from mspe.config import RuntimeParams
from mspe.encodings import BankConfig
from mspe.graphs import GraphList, GraphLoader, GraphSchema
from mspe.models import ModelParams, find_max_pairs, get_model, model_arguments
from mspe.pipeline.equal_graphs import warn_of_equal_graphs
from mspe.tasks import is_minimized, task_of
from mspe.training import (
    DvcliveHook,
    TensorBoardHook,
    Trainer,
    WandbHook,
    get_loss_fn,
    get_optimizer,
    get_scheduler,
    log_model_info,
    set_seed,
)
from mspe.training.config import TrainingParams
from mspe.training.distributed import ProcessGroup
from mspe.training.history import write_curve, write_history


@dataclass(frozen=True)
class TrainingData:
    """Data that a model is trained on: graphs with spectrum and encodings, and what describes them."""

    schema: GraphSchema
    bank: BankConfig
    """The resolved bank, as `bank.json` holds it."""
    train: GraphList
    val: GraphList


@dataclass(frozen=True)
class RunPaths:
    """Paths that a training run writes to."""

    checkpoints: Path
    """Folder of `best.pt`."""
    history: Path
    """JSON file of the best epoch's metrics."""
    curve: Path
    """CSV file of every epoch's."""
    cost: Path
    """JSON file of seconds and memory."""
    log: Path | None = None
    """TensorBoard's folder; None: no log."""
    resume: Path | None = None
    """Holds the state of interrupted runs; None: `.mspe/resume`."""


@contextmanager
def train_seed(
    seed: int,
    data: TrainingData,
    model_params: ModelParams,
    training: TrainingParams,
    runtime: RuntimeParams,
    paths: RunPaths,
    inputs: Sequence[str | Path],
    device: torch.device,
) -> Iterator[Trainer]:
    """Train one model and yield its Trainer; an interrupted run is resumed.

    The run's state goes when the block has ended well: a kill in it, while what follows the training is written, costs
    no training, for the next run finds nothing left to train, writes the outputs and comes to the block again.

    Parameters
    ----------
    seed
        Of the weights, the order of the batches and dropout.
    data
        Graphs, schema and bank.
    model_params, training, runtime
        Sections of `params.yaml`.
    paths
        What is written; the history and the costs anew after every epoch, so that a live run can be followed.
    inputs
        Files and folders, data and code, that decide the result: state saved with other inputs is not resumed.
    device
        Where to train.

    Yields
    ------
    Trainer
        After its last epoch, its outputs written.

    Raises
    ------
    MspeError
        If parameters and data do not fit, an output cannot be written, or the metric that chooses the best epoch was
        never defined.
    InterruptionError
        If a signal ended the run; its state is saved.
    """
    if runtime.threads is not None:
        torch.set_num_threads(runtime.threads)
    group = ProcessGroup()
    set_seed(seed + group.rank, deterministic=True)
    arguments = model_arguments(model_params, data.schema, data.bank, training.loss)
    model = get_model(**arguments).to(device)
    loaders = _build_loaders(model, data, training.batch_size, seed, device, group)
    schema = data.schema.model_dump()
    metadata = {"model": arguments, "schema": schema, "training": training.model_dump(), "seed": seed}
    trainer = _build_trainer(training, runtime, model, data.schema, len(loaders[0]), paths.checkpoints, metadata)
    if group.is_main:
        warn_of_equal_graphs(data.train, arguments, device)
    description = _describe_run(seed, metadata, len(loaders[0]), group, device)
    state = resume_folder(description, inputs, paths.resume) / "state.pt"
    if runtime.resume and state.exists():
        _check_state(state, trainer.metadata)
    if group.is_main and paths.log is not None:
        _begin_log(paths.log, state, runtime.resume)
        _add_hooks(trainer, paths.log, metadata, seed, runtime)
    metric = training.metric_for_best or data.schema.metric
    write = partial(_write_outputs, trainer, paths, log_model_info(model), group)
    _fit(trainer, loaders, training, metric, state if runtime.resume else None, write)
    if trainer.best_epoch == 0:
        raise MspeError(
            f"val {metric} was undefined in every epoch, so no checkpoint is the best: a split of one class alone has "
            "no ranking; set training.metric_for_best=loss, or give more data (dataset.limit)"
        )
    write()  # also where a resumed run had no epoch left
    yield trainer
    group.gather(None)  # no process is in the block any more
    if group.is_main:
        discard(state.parent)


def _check_state(state: Path, metadata: Mapping[str, Any]) -> None:
    """See that a state is of this run, as its folder's name says."""
    if read_tensors(state).get("metadata") != metadata:
        raise MspeError(f"{state}: of a run with another seed or other parameters; remove {state.parent} to begin anew")


def _begin_log(log: Path, state: Path, resume: bool) -> None:
    """Empty TensorBoard's folder, unless what it shows is the run that is resumed: two runs are no curve."""
    owner = log / "run.txt"
    with suppress(OSError, MspeError):  # a log that cannot be written ends no run
        if not (resume and state.exists() and owner.is_file() and owner.read_text() == state.parent.name):
            shutil.rmtree(log, ignore_errors=True)
            write_text(owner, state.parent.name)


def _add_hooks(trainer: Trainer, log: Path, metadata: Mapping[str, Any], seed: int, runtime: RuntimeParams) -> None:
    """Have TensorBoard and, if asked for, DVCLive and W&B follow the run."""
    trainer.add_log_hook(TensorBoardHook(log))
    if runtime.dvclive:
        trainer.add_log_hook(DvcliveHook(log / "dvclive"))
    if runtime.wandb_project is not None:
        config = {name: metadata[name] for name in ("model", "training")}
        trainer.add_log_hook(WandbHook(runtime.wandb_project, name=f"seed {seed}", config=config))


def _write_outputs(trainer: Trainer, paths: RunPaths, num_parameters: int, group: ProcessGroup) -> None:
    """Write history, curve and cost as they are now."""
    if not group.is_main:
        return
    write_history(paths.history, trainer.history, trainer.best_epoch, num_parameters)
    write_curve(paths.curve, trainer.history)
    write_json(paths.cost, trainer.cost.report())


def _describe_run(
    seed: int, metadata: Mapping[str, Any], batches: int, group: ProcessGroup, device: torch.device
) -> dict[str, Any]:
    """What decides a run beside its inputs: the state of another one is not resumed."""
    return {
        "seed": seed,
        "model": metadata,
        "batches": batches,
        "processes": group.size,
        "device": str(device),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }


def _fit(
    trainer: Trainer,
    loaders: tuple[GraphLoader, GraphLoader],
    training: TrainingParams,
    metric: str,
    resume_path: Path | None,
    after_epoch: Callable[[], None],
) -> None:
    train_loader, val_loader = loaders
    trainer.fit(
        train_loader=train_loader,
        val_loader=val_loader,
        epochs=training.epochs,
        metric_for_best=metric,
        early_stopping=training.early_stopping,
        resume_path=resume_path,
        after_epoch=after_epoch,
    )


def _build_loaders(
    model: nn.Module, data: TrainingData, batch_size: int, seed: int, device: torch.device, group: ProcessGroup
) -> tuple[GraphLoader, GraphLoader]:
    limits = [limit for limit in group.gather(find_max_pairs(model, device)) if limit is not None]
    loader = partial(
        GraphLoader,
        batch_size=batch_size,
        max_pairs=min(limits, default=None),
        pin_memory=device.type == "cuda",
        prefetch=2 if device.type == "cuda" else 0,
        shard=(group.rank, group.size),
    )
    return loader(data.train, shuffle=True, seed=seed), loader(data.val)


def _build_trainer(
    training: TrainingParams,
    runtime: RuntimeParams,
    model: nn.Module,
    schema: GraphSchema,
    batches: int,
    checkpoints: Path,
    metadata: dict[str, Any],
) -> Trainer:
    task = task_of(schema)
    metric = training.metric_for_best or schema.metric
    per_step = training.scheduler.interval == "step"
    optimizer = get_optimizer(
        model,
        optimizer_type=training.optimizer.type,
        **training.optimizer.model_dump(exclude={"type"}),
    )
    scheduler = get_scheduler(
        optimizer,
        scheduler_type=training.scheduler.type,
        total_epochs=training.epochs,
        mode="min" if is_minimized(metric, None) else "max",
        steps_per_epoch=math.ceil(batches / training.accumulation_steps) if per_step else 1,
        **training.scheduler.model_dump(exclude={"type", "interval"}),
    )
    return Trainer(
        model=model,
        optimizer=optimizer,
        scheduler=scheduler,
        loss_fn=get_loss_fn(schema.task_type, loss_type=training.loss or schema.loss),
        metrics=task.scorer(),
        device=next(model.parameters()).device,
        task_type=schema.task_type,
        grad_clip=training.grad_clip,
        mixed_precision=training.mixed_precision,
        log_every=runtime.log_every,
        checkpoint_dir=checkpoints,
        accumulation_steps=training.accumulation_steps,
        scheduler_interval=training.scheduler.interval,
        skip_nonfinite=training.skip_nonfinite,
        metadata=metadata,
        ema=training.ema,
    )
