"""A checkpoint → how far its model looks on the evaluated split: a page, and its main numbers."""

from argparse import ArgumentParser

from mspe.common.command import begin, command

if __name__ == "__main__":

    def declare(parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, required=True, help="measure models/<seed>/best.pt")

    arguments = begin(__doc__, declare)

from mspe.common.json_files import write_json
from mspe.config import load_params
from mspe.pipeline.scored_data import read_for
from mspe.pipeline.trained_model import TrainedModel


def main(seed: int) -> None:
    params = load_params()
    trained = TrainedModel.load(f"models/{seed}/best.pt", params.runtime.device)
    graphs = read_for(trained, params.evaluation.split)
    report = trained.range(graphs, params.range.graphs, params.range.nodes)
    report.save(f"metrics/range/{seed}.html")
    write_json(f"metrics/range/{seed}.json", report.summary())


if __name__ == "__main__":
    with command():
        main(arguments.seed)
