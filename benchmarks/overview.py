"""docs/benchmarks.md, from the measured results: what was measured, on which machine, by which command.

python -m benchmarks.overview
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.tables import RESULTS, table
from mspe.ablation.comparison import Comparison
from mspe.common.files import write_text

TARGET = Path("docs/benchmarks.md")
PIPELINE = Path("metrics/ablation.json")

MEASURED = (
    ("encodings: time, and difference to peers", "catalogue", "catalogue.json", "encodings.md"),
    ("encodings beside PyG's on ZINC-12k", "encodings", "", "filters.md#speed"),
    ("one graph of up to 1,000,000 nodes", "large_graph", "large_graph.json", "encodings.md#one-large-graph"),
    ("graphs told apart before training", "expressivity", "expressivity.json", "encodings.md"),
    ("a training step and epoch beside PyG's", "training", "", "models.md#speed-of-training"),
    ("reading and encoding 10,000 to 250,000 molecules", "datasets", "datasets.json", "data.md#figures"),
    ("training from mapped files", "streaming", "streaming.json", "data.md#figures"),
    ("accuracy on ZINC-12k after 40 epochs", "accuracy", "zinc.json", "models.md#accuracy-on-zinc-12k"),
    ("accuracy on ten data sets", "tasks", "tasks.json", "#accuracy-by-data-set"),
    ("encodings on the nodes of one graph", "node_tasks", "node_tasks.json", "data.md#figures"),
    ("encodings compared, data set by data set", "matrix", "matrix.json", "../benchmarks/results/matrix.html"),
    ("encodings compared on ZINC-12k", "zinc", "zinc_encodings.json", "../benchmarks/results/zinc_encodings.html"),
    ("every encoding alone on ZINC-12k", "zinc", "zinc_catalogue.json", "../benchmarks/results/zinc_catalogue.html"),
    ("encodings where the answer lies far", "long_range", "long_range.json", "../benchmarks/results/long_range.html"),
    ("how often a verdict is wrong", "calibration", "calibration.json", "#how-often-a-verdict-is-wrong"),
)  # fmt: skip
"""What, the module of `benchmarks` that measures it, its file of results, and where they are shown."""

HEAD = """# Benchmarks

Made by `python -m benchmarks.overview` from the files in [benchmarks/results](../benchmarks/results), each written by
the command beside it. All figures are of CPUs; ratios to peers were measured with both sides in one process, in turn.
A commit with `+` had changes that were not committed.
"""
COMPARED = """## Comparisons

What each comparison found, in its own words ([verdicts](concepts/verdicts.md)):
"""
TRAINED = """## Accuracy by data set

Test metric of the epoch that is best on validation, mean ± standard deviation (ddof 1). The parameters of each row,
trivial predictors and published figures are in [data](data.md#figures).
"""
CALIBRATED = """## How often a verdict is wrong

{studies} comparisons of `{variant}` with itself under another name, so that nothing differs: {seeds} seeds each, every
seed with its own split of `{dataset}`, at most {limit} molecules a part. A difference was claimed in {claimed} of
{studies}; without the correction for splits that overlap, in {uncorrected} of {studies}. At a level of 5 % about
{expected} would be expected.
"""


def measured() -> Iterator[list[str]]:
    """A row per benchmark."""
    for what, module, file, shown in MEASURED:
        result = f"[{file}](../{RESULTS}/{file})" if file else "–"
        yield [what, f"`python -m benchmarks.{module}`", result, f"[here]({shown})"]


def machine(environment: list[str]) -> str:
    """Processor, commit (`+`: with changes) and torch's version, of what a result says of its environment."""
    kept = [line for line in environment if line.startswith(("commit", "torch ")) or " x " in line]
    return ", ".join(kept)


def comparisons() -> Iterator[list[str]]:
    """A row per comparison."""
    zinc = {"zinc": RESULTS / "zinc_encodings.json", "zinc, the catalogue": RESULTS / "zinc_catalogue.json"}
    for name, path in {**zinc, "nci": PIPELINE}.items():
        report = Comparison.load(path).report
        yield _compared(name, Comparison(report).answer, report.about.seconds, report.about.environment)
    for name, found in (_read("matrix")["datasets"] | _read("long_range")["datasets"]).items():
        yield _compared(name, found["answer"], found["about"]["seconds"], found["about"]["environment"])
    for name, found in _read("node_tasks").items():
        if name != "declared":
            yield _compared(name, found["answer"], None, found.get("environment", []))


def _compared(name: str, answer: str, seconds: float | None, environment: Any) -> list[str]:
    took = f"{seconds / 60:.0f} min" if seconds else "–"
    return [f"`{name}`", " ".join(answer.split()), took, machine(list(environment)) or "–"]


def accuracies() -> Iterator[list[str]]:
    """A row per data set that was trained on."""
    for name, found in _read("tasks").items():
        score = f"{found['mean']:.3f} ± {found['std']:.3f}"
        yield [name, found["metric"].replace("_", " "), score, found["repeated"], machine(found["environment"])]


def calibration(found: Mapping[str, Any]) -> str:
    """How many studies of nothing claimed a difference."""
    dataset, studies = found["parameters"]["dataset"], len(found["studies"])
    return CALIBRATED.format(
        studies=studies,
        variant=found["variant"],
        seeds=found["seeds"],
        limit=dataset["limit"],
        dataset=dataset["name"],
        claimed=found["told_apart"],
        uncorrected=found["without_correction"],
        expected=f"{0.05 * studies:g}",
    )


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return content


def page() -> str:
    """The whole page."""
    parts = [HEAD, table(["what", "command", "file", "shown"], list(measured()))]
    parts += [COMPARED, table(["data", "answer", "time", "machine"], list(comparisons()))]
    parts += [TRAINED, table(["data", "metric", "test", "over", "machine"], list(accuracies()))]
    return "\n".join([*parts, calibration(_read("calibration"))])


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    write_text(TARGET, page())


if __name__ == "__main__":
    main()
