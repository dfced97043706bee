"""One variant, one seed: encoded, trained and scored."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from mspe.ablation.variant import Variant
from mspe.common.checksums import file_checksum
from mspe.common.csv_files import write_csv
from mspe.common.json_files import read_json, write_sealed_json
from mspe.config import RuntimeParams
from mspe.encodings import EncodingSet
from mspe.graphs import GraphSchema, PackedGraphs
from mspe.pipeline.trained_model import TrainedModel
from mspe.pipeline.training import RunPaths, TrainingData, train_seed
from mspe.tasks import is_minimized


def run_variant(
    variant: Variant,
    seed: int,
    graphs: Mapping[str, PackedGraphs],
    schema: GraphSchema,
    split: str,
    runtime: RuntimeParams,
    folder: Path,
    log: Path,
    inputs: Sequence[str | Path],
    device: torch.device,
) -> None:
    """Train a variant with a seed and score its best checkpoint.

    Parameters
    ----------
    variant, seed
        What is run.
    graphs, schema
        By split, graphs with their spectrum; and what describes them.
    split
        Which of them is scored.
    runtime, inputs, device
        As `train_seed` takes them.
    folder
        Where `best.pt`, `train.json`, `curve.csv`, `predictions.csv`, `cost.json` and, last, `result.json` are written:
        a folder with the last of them is a finished run.
    log
        TensorBoard's folder.
    """
    bank = EncodingSet.from_config(variant.bank)
    start = time.perf_counter()
    encoded = {name: _encoded(part, bank) for name, part in graphs.items()}
    encode_seconds = time.perf_counter() - start
    data = TrainingData(schema, variant.bank, encoded["train"], encoded["val"])
    paths = RunPaths(folder, folder / "train.json", folder / "curve.csv", folder / "cost.json", log)
    with train_seed(seed, data, variant.model, variant.training, runtime, paths, inputs, device) as trainer:
        trained = TrainedModel.load(folder / "best.pt", device)
        evaluation = trained.evaluate(encoded[split])
        write_csv(folder / "predictions.csv", evaluation.table())
        identity = {"variant": variant.name, "seed": seed, "encode_seconds": round(encode_seconds, 3)}
        write_sealed_json(paths.cost, {**identity, **read_json(paths.cost)})
        scored = {"scores": evaluation.metrics, "parameters": trained.num_parameters, "gates": trained.scale_weights()}
        record = _describe(variant, seed, split, schema, evaluation.metrics.get(schema.metric))
        files = {name: file_checksum(folder / name) for name in ("curve.csv", "predictions.csv")}
        content = {**record, "best_epoch": trainer.best_epoch, **scored, "files": files}
        write_sealed_json(folder / "result.json", content)


def _describe(variant: Variant, seed: int, split: str, schema: GraphSchema, score: float | None) -> dict[str, Any]:
    return {
        "variant": variant.name,
        "seed": seed,
        "split": split,
        "metric": schema.metric,
        "minimized": is_minimized(schema.metric, None),
        "task_type": schema.task_type,
        "target_level": schema.target_level,
        "loss": schema.loss,
        "score": score,
    }


def _encoded(graphs: PackedGraphs, bank: EncodingSet) -> PackedGraphs:
    return graphs.with_fields_of(bank.encode_nodes(graphs, lambda: graphs))
