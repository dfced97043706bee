"""Graphs and spectrum → one variant, one seed: encoded, trained and scored."""

from argparse import ArgumentParser

from mspe.common.command import begin, command

if __name__ == "__main__":

    def declare(parser: ArgumentParser) -> None:
        parser.add_argument("--variant", required=True)
        parser.add_argument("--seed", type=int, required=True)

    arguments = begin(__doc__, declare)

from pathlib import Path

from mspe.ablation.run import run_variant
from mspe.ablation.variant import Variant
from mspe.common.pipeline_files import stage_dependencies
from mspe.config import load_params
from mspe.graphs import SPLITS, GraphSchema
from mspe.pipeline.stored_data import SPECTRUM, read_derived
from mspe.training.distributed import process_group


def main(variant: str, seed: int) -> None:
    params = load_params()
    file = f"data/ablation/variants/{variant}.json"
    with process_group(params.runtime.device) as device:
        run_variant(
            Variant.load(file),
            seed,
            graphs={split: read_derived(split, [SPECTRUM]) for split in SPLITS},
            schema=GraphSchema.load("data/graphs/schema.json"),
            split=params.evaluation.split,
            runtime=params.runtime,
            folder=Path(f"data/ablation/runs/{variant}/{seed}"),
            log=Path(f"runs/ablation/{variant}/{seed}"),
            inputs=stage_dependencies("run", "ablation/dvc.yaml", variant=variant, seed=seed),
            device=device,
        )


if __name__ == "__main__":
    with command():
        main(arguments.variant, arguments.seed)
