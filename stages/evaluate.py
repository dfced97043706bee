"""A checkpoint → its scores and predictions on a split.

As a stage it scores one seed's best checkpoint. By hand it scores any checkpoint on any split and prints the metrics:
`python -m stages.evaluate --checkpoint models/0/best.pt --split val`.
"""

from argparse import ArgumentParser

from mspe.common.command import begin, command

if __name__ == "__main__":

    def declare(parser: ArgumentParser) -> None:
        group = parser.add_mutually_exclusive_group(required=True)
        group.add_argument("--seed", type=int, help="score models/<seed>/best.pt and write its metrics")
        group.add_argument("--checkpoint", help="score this file and print its metrics")
        parser.add_argument(
            "--split", choices=("train", "val", "test"), default="test", help="with --checkpoint (default: test)"
        )

    arguments = begin(__doc__, declare)

import json

from mspe.common.csv_files import write_csv
from mspe.common.errors import MspeError
from mspe.common.json_files import write_json
from mspe.common.shown import shown
from mspe.config import load_params
from mspe.graphs import GraphSchema, read_split
from mspe.pipeline.error_by_distance import errors_by_distance
from mspe.pipeline.evaluation import Evaluation
from mspe.pipeline.scored_data import read_for
from mspe.pipeline.trained_model import TrainedModel
from mspe.tasks import task_of


def load(checkpoint: str, seed: int | None = None) -> TrainedModel:
    trained = TrainedModel.load(checkpoint, load_params().runtime.device)
    if seed is not None and trained.seed not in (None, seed):
        raise MspeError(f"{checkpoint}: of seed {shown(trained.seed)}, expected seed {seed}; run `dvc repro`")
    return trained


def evaluate(checkpoint: str, split: str) -> Evaluation:
    trained = load(checkpoint)
    return trained.evaluate(read_for(trained, split))


def main(seed: int) -> None:
    split = load_params().evaluation.split
    trained = load(f"models/{seed}/best.pt", seed)
    result = trained.evaluate(read_for(trained, split))
    schema = GraphSchema.load("data/graphs/schema.json")
    train, scored = read_split("data/graphs", "train"), read_split("data/graphs", split)
    baseline = task_of(schema).baselines(train, scored, schema.num_classes)
    channels = {
        f"{place} {name}": weight
        for place, weights in trained.scale_weights().items()
        for name, weight in weights.items()
    }
    classes = {"classes": schema.class_shares()} if schema.class_counts else {}
    about = {
        "metric": schema.metric,
        "baseline": baseline,
        **classes,
        "channels": channels,
        "by_size": [
            {"nodes": str(bucket), "samples": bucket.samples, "error": bucket.error}
            for curve in errors_by_distance(result, scored, schema.target_level, axes=["size"])
            for bucket in curve.buckets
        ],
    }
    write_json(f"metrics/test/{seed}.json", {**result.metrics, **about})
    write_csv(f"metrics/predictions/{seed}.csv", result.table())


if __name__ == "__main__":
    with command(log_apart=arguments.checkpoint is not None):
        if arguments.checkpoint is None:
            main(arguments.seed)
        else:
            print(json.dumps(evaluate(arguments.checkpoint, arguments.split).metrics, indent=2))
