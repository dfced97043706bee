"""The scores of all seeds → one summary."""

from mspe.common.command import command
from mspe.common.files import read_json, write_json
from mspe.config import load_params
from mspe.report import summarise


def main() -> None:
    params = load_params()
    results = {seed: read_json(f"metrics/test/{seed}.json") for seed in params.seeds}
    write_json("metrics/summary.json", summarise(params.evaluation.split, results))


if __name__ == "__main__":
    with command():
        main()
