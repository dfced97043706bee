"""The scores and curves of all seeds → one summary, the few numbers of DVC's tables, and what DVC draws."""

from mspe.common.command import begin, command

if __name__ == "__main__":
    begin(__doc__)

from mspe.common.csv_files import read_csv, write_csv
from mspe.common.json_files import write_json
from mspe.config import load_params
from mspe.pipeline.plotted import mean_channel_weights, mean_errors_by_size
from mspe.pipeline.summary import CURVE_COLUMNS, choose_scores, mean_curve, read_scores, summarise


def main() -> None:
    params = load_params()
    results = read_scores({seed: f"metrics/test/{seed}.json" for seed in params.seeds})
    scored = list(results.values())
    summary = summarise(params.evaluation.split, results)
    write_json("metrics/summary.json", summary)
    write_json("metrics/scores.json", choose_scores(params.evaluation.split, summary, scored[0].get("metric")))
    write_csv("metrics/error_by_size.csv", mean_errors_by_size(scored))
    write_csv("metrics/channel_weights.csv", mean_channel_weights(scored))
    curves = [read_csv(f"metrics/curves/{seed}.csv", CURVE_COLUMNS) for seed in params.seeds]
    write_csv("metrics/learning_curve.csv", mean_curve(curves))


if __name__ == "__main__":
    with command():
        main()
