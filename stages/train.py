"""Graphs, spectrum and encodings → the best checkpoint of one seed, its metrics and its learning curve.

On several GPUs, also of machines that share this folder: `torchrun --nproc-per-node=2 -m stages.train --seed 0`;
`training.batch_size` is then a process's.
"""

from mspe.common.command import begin, command

if __name__ == "__main__":
    arguments = begin(__doc__, lambda parser: parser.add_argument("--seed", type=int, required=True))

from pathlib import Path

from mspe.common.pipeline_files import stage_dependencies
from mspe.config import load_params
from mspe.encodings import EncodingSet
from mspe.encodings.config import read_bank
from mspe.graphs import GraphSchema
from mspe.pipeline.stored_data import read_encoded
from mspe.pipeline.training import RunPaths, TrainingData, train_seed
from mspe.training.distributed import process_group


def main(seed: int) -> None:
    schema = GraphSchema.load("data/graphs/schema.json")
    params = load_params(settings=schema.settings)
    bank = read_bank("data/encodings/bank.json")
    encodings = EncodingSet.from_config(bank)
    data = TrainingData(
        schema=schema,
        bank=bank,
        train=read_encoded("train", encodings),
        val=read_encoded("val", encodings),
    )
    paths = RunPaths(
        checkpoints=Path(f"models/{seed}"),
        history=Path(f"metrics/train/{seed}.json"),
        curve=Path(f"metrics/curves/{seed}.csv"),
        cost=Path(f"metrics/cost/{seed}.json"),
        log=Path(f"runs/{seed}"),
    )
    inputs = stage_dependencies("train", seed=seed)
    with (
        process_group(params.runtime.device) as device,
        train_seed(seed, data, params.model, params.training, params.runtime, paths, inputs, device),
    ):
        pass  # its outputs are all that there is to write


if __name__ == "__main__":
    with command():
        main(arguments.seed)
