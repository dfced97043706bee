"""The runs of all variants and seeds → which of them are better than the baseline: numbers, a table and a page."""

from mspe.common.command import begin, command

if __name__ == "__main__":
    begin(__doc__)

from pathlib import Path

from mspe.ablation.comparison import build_report, shared_task
from mspe.ablation.config import load_ablation
from mspe.ablation.page import write_page
from mspe.ablation.records import RUNS, read_runs, read_tables
from mspe.ablation.sizes import graph_sizes
from mspe.ablation.text import format_report, report_table
from mspe.common.csv_files import write_csv
from mspe.common.json_files import write_json
from mspe.common.text_files import read_text
from mspe.graphs import read_split

PARAMETERS = [Path("params.yaml"), Path("ablation/params.yaml")]


def main() -> None:
    ablation = load_ablation()
    runs = read_runs(RUNS, ablation.variants, ablation.seeds)
    task = shared_task(runs)
    sizes = graph_sizes(read_split("data/graphs", task.split)) if task.target_level == "graph" else None
    predictions = read_tables(RUNS, runs, "predictions.csv")
    report = build_report(runs, ablation.baseline, predictions, sizes)
    write_json("metrics/ablation.json", report.to_json())
    write_csv("metrics/ablation.csv", report_table(report))
    write_page(
        path="metrics/ablation.html",
        report=report,
        curves=read_tables(RUNS, runs, "curve.csv"),
        predictions=predictions,
        params_text="\n".join(f"# {path}\n{read_text(path, 'run from the top folder')}" for path in PARAMETERS),
        commit=", ".join(line.removeprefix("commit ") for line in report.environment if line.startswith("commit ")),
    )
    print(format_report(report))


if __name__ == "__main__":
    with command():
        main()
