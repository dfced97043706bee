"""Graphs, spectrum and encodings → the best checkpoint of one seed, its metrics and its learning curve.

On several GPUs, also of machines that share this folder: `torchrun --nproc-per-node=2 -m stages.train --seed 0`;
`training.batch_size` is then a process's.
"""

import argparse
import math
from collections.abc import Mapping
from functools import partial
from typing import Any

import torch
from torch import nn

from mspe.common.command import command
from mspe.common.errors import MspeError
from mspe.common.files import read_json, write_json
from mspe.common.resume import discard, resume_folder
from mspe.config import Params, load_params
from mspe.graphs import GraphLoader, GraphSchema, read_split
from mspe.models import compile_layers, get_model, model_arguments, pairs_that_fit
from mspe.training import (
    TensorBoardHook,
    Trainer,
    WandbHook,
    get_loss_fn,
    get_metrics,
    get_optimizer,
    get_scheduler,
    log_model_info,
    set_seed,
)
from mspe.training.cost import CostMeter
from mspe.training.distributed import Workers, process_group
from mspe.training.history import write_history
from mspe.training.metrics import is_minimized

DATA = ("data/graphs", "data/spectrum", "data/encodings")
CODE = ("stages/train.py", "mspe/common", "mspe/models", "mspe/training", "mspe/encodings", "mspe/graphs")


def build_model(params: Params, schema: GraphSchema, device: torch.device) -> tuple[nn.Module, dict[str, Any]]:
    arguments = model_arguments(params.model, schema, read_json("data/encodings/bank.json"), params.training.loss)
    model = get_model(**arguments).to(device)
    if params.runtime.compile:
        compile_layers(model)
    return model, arguments


def build_loaders(
    model: nn.Module, batch_size: int, seed: int, device: torch.device, workers: Workers
) -> tuple[GraphLoader, GraphLoader]:
    limits = [limit for limit in workers.gather(pairs_that_fit(model, device)) if limit is not None]
    train, val = (read_split(DATA[0], split, *DATA[1:]) for split in ("train", "val"))
    loader = partial(
        GraphLoader,
        batch_size=batch_size,
        max_pairs=min(limits, default=None),
        pin_memory=device.type == "cuda",
        prefetch=2 if device.type == "cuda" else 0,
        shard=(workers.rank, workers.size),
    )
    return loader(train, shuffle=True, seed=seed), loader(val)


def build_trainer(
    params: Params, model: nn.Module, schema: GraphSchema, batches: int, seed: int, metadata: dict[str, Any]
) -> Trainer:
    training = params.training
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
        metrics=get_metrics(schema.task_type, num_classes=schema.num_classes),
        device=next(model.parameters()).device,
        task_type=schema.task_type,
        grad_clip=training.grad_clip,
        mixed_precision=training.mixed_precision,
        log_every=params.runtime.log_every,
        checkpoint_dir=f"models/{seed}",
        accumulation_steps=training.accumulation_steps,
        scheduler_interval=training.scheduler.interval,
        skip_nonfinite=training.skip_nonfinite,
        metadata=metadata,
    )


def main(seed: int) -> None:
    params = load_params()
    with process_group(params.runtime.device) as device:
        train(params, seed, device)


def train(params: Params, seed: int, device: torch.device) -> None:
    training, runtime = params.training, params.runtime
    if runtime.threads is not None:
        torch.set_num_threads(runtime.threads)
    workers = Workers()
    set_seed(seed + workers.rank, deterministic=True)
    schema = GraphSchema.load("data/graphs/schema.json")
    model, arguments = build_model(params, schema, device)
    train_loader, val_loader = build_loaders(model, training.batch_size, seed, device, workers)
    metadata = {"model": arguments, "schema": schema.model_dump()}
    trainer = build_trainer(params, model, schema, len(train_loader), seed, metadata)
    num_parameters = log_model_info(trainer.model)
    cost = CostMeter(trainer.device)

    def write_progress(metrics: Mapping[str, float], step: int, prefix: str) -> None:
        """Rewrite the metrics every epoch, so that `dvc metrics show` follows a live run."""
        if prefix == "val":
            write_history(seed, trainer.history, trainer.best_epoch, num_parameters)
            write_json(f"metrics/cost/{seed}.json", cost.report())

    if workers.is_main:
        trainer.add_log_hook(TensorBoardHook(f"runs/{seed}"))
    if workers.is_main and runtime.wandb_project is not None:
        config = {"model": arguments, "training": training.model_dump()}
        trainer.add_log_hook(WandbHook(runtime.wandb_project, name=f"seed {seed}", config=config))
    trainer.add_log_hook(write_progress)
    run = {
        "seed": seed,
        "model": metadata,
        "training": training.model_dump(),
        "batches": len(train_loader),
        "processes": workers.size,
        "device": str(device),
        "threads": torch.get_num_threads(),
        "compile": runtime.compile,
        "torch": torch.__version__,
    }
    metric = training.metric_for_best or schema.metric
    state = resume_folder(run, [*DATA, *CODE])
    trainer.fit(
        train_loader=train_loader,
        val_loader=val_loader,
        epochs=training.epochs,
        metric_for_best=metric,
        early_stopping=training.early_stopping,
        resume_path=state / "state.pt" if runtime.resume else None,
    )
    if workers.is_main:
        discard(state)
    if trainer.best_epoch == 0:
        raise MspeError(
            f"val {metric} was undefined in every epoch, so no checkpoint is the best: a split of one class alone has "
            "no ranking; set training.metric_for_best=loss, or give more data (dataset.limit)"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    with command():
        main(parser.parse_args().seed)
