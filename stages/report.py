"""The scores and curves of all seeds → one summary and one learning curve."""

from mspe.common.command import begin, command

if __name__ == "__main__":
    begin(__doc__)

from mspe.common.csv_files import read_csv, write_csv
from mspe.common.json_files import write_json
from mspe.config import load_params
from mspe.pipeline.summary import CURVE_COLUMNS, mean_curve, read_scores, summarise


def main() -> None:
    params = load_params()
    results = read_scores({seed: f"metrics/test/{seed}.json" for seed in params.seeds})
    write_json("metrics/summary.json", summarise(params.evaluation.split, results))
    curves = [read_csv(f"metrics/curves/{seed}.csv", CURVE_COLUMNS) for seed in params.seeds]
    write_csv("metrics/learning_curve.csv", mean_curve(curves))


if __name__ == "__main__":
    with command():
        main()
