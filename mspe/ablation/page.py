"""The ablation's page: one HTML file with its numbers, figures, parameters and origin, which asks for no other file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mspe.ablation import figures, table
from mspe.ablation.drawing import Picture
from mspe.ablation.pipeline_picture import pipeline_picture
from mspe.ablation.records import Tables
from mspe.common.files import write_text


@dataclass(frozen=True)
class Section:
    """A heading with figures, or with a sentence where there is nothing to draw."""

    title: str
    pictures: Sequence[Picture]
    missing: str


def write_page(
    path: str | Path,
    report: Mapping[str, Any],
    curves: Tables,
    predictions: Tables,
    pipelines: Sequence[Path],
    params_text: str,
    commit: str,
) -> None:
    """Write the page, atomically; equal input gives equal bytes.

    Parameters
    ----------
    path
        The HTML file.
    report
        What `metrics/ablation.json` holds.
    curves, predictions
        By variant and seed, the columns of `curve.csv` and `predictions.csv`; what a run has not left is left out.
    pipelines
        The `dvc.yaml` files to draw, the main one first.
    params_text
        The parameter files, as text.
    commit
        What made the numbers.

    Raises
    ------
    MspeError
        If the file cannot be written.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    gates = _gates(report)
    columns = table.columns(report)
    page = environment.get_template("page.html.jinja").render(
        report=report,
        answer=answer(report),
        caution=caution(report),
        columns=columns,
        rows=[(variant, list(zip(columns, cells, strict=True))) for variant, cells in table.rows(report)],
        sections=_sections(report, curves, predictions),
        gate_pictures=[figures.scale_gates(weights, place) for place, weights in gates.items()],
        gates=gates,
        channels=list(dict.fromkeys(channel for weights in gates.values() for channel in weights)),
        pipeline=pipeline_picture(pipelines),
        params_text=params_text,
        commit=commit,
    )
    write_text(path, page)


def answer(report: Mapping[str, Any]) -> str:
    """One sentence: the best variant by mean, and how many differences to the baseline are more than noise."""
    finished = table.complete(report)
    if not finished:
        return "No variant has finished all its seeds, so there is no answer yet."
    best, digits = finished[0], table.decimals(report)
    score = f"{report['split']} {report['metric']} {table.mean_and_spread(best, digits)}"
    baseline = next(variant for variant in report["variants"] if variant["name"] == report["baseline"])
    if best is baseline:
        beginning = f"Best by mean is the baseline itself, {best['name']} ({score})"
    else:
        other = table.mean_and_spread(baseline, digits) if baseline["mean"] is not None else "no score"
        beginning = f"Best by mean is {best['name']} ({score}; the baseline {baseline['name']}: {other})"
    return f"{beginning}, and {_distinguishable(report)}."


def _distinguishable(report: Mapping[str, Any]) -> str:
    if len(report["seeds"]) == 1:
        return "with one seed no difference can be told from noise"
    tested = _tested(report)
    if not tested:
        return "no difference to the baseline could be tested"
    found = [variant for variant in tested if variant["difference"]["distinguishable"]]
    better = sum((variant["difference"]["mean"] < 0) == report["minimized"] for variant in found)
    count = f"{len(found)} of {len(tested)} differences to {report['baseline']} are distinguishable from noise"
    return count + (f" ({better} better, {len(found) - better} worse)" if found else "")


def _tested(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    compared = [variant for variant in report["variants"] if variant["difference"] is not None]
    return [variant for variant in compared if variant["difference"]["distinguishable"] is not None]


def caution(report: Mapping[str, Any]) -> str:
    """What the answer does not say: whether the best one is more than luck, and what was left out."""
    sentences = []
    best = next(iter(table.complete(report)), None)
    if best in _tested(report):
        told = "is" if best["difference"]["distinguishable"] else "is not"
        sentences.append(
            f"The difference of {best['name']} to the baseline {told} distinguishable from noise "
            f"(p\u00a0{_comparison(best['difference']['p_holm'])} after Holm's correction). "
            "Whether it is better than the next best was not tested."
        )
    for status, words in {"failed": "failed", "missing": "not run on every seed yet"}.items():
        names = [variant["name"] for variant in report["variants"] if variant["status"] == status]
        if names:
            sentences.append(f"{words[0].upper()}{words[1:]}: {', '.join(names)}.")
    return " ".join(sentences)


def _comparison(p: float) -> str:
    text = table.probability(p)
    return text if text.startswith("<") else f"= {text}"


def _sections(report: Mapping[str, Any], curves: Tables, predictions: Tables) -> list[Section]:
    def known(*pictures: Picture | None) -> list[Picture]:
        return [picture for picture in pictures if picture is not None]

    return [
        Section("Means and intervals", known(figures.means_with_intervals(report)), "No variant has a score yet."),
        Section("Learning curves", known(figures.learning_curves(report, curves)), "No run has left a curve yet."),
        Section(
            "Predictions and targets",
            figures.predictions_against_targets(report, predictions),
            "No run has left predictions yet.",
        ),
        Section(
            "Error by diameter and size",
            known(figures.error_by_size(report, "diameter"), figures.error_by_size(report, "nodes")),
            "There are no errors by size: they are known of finished variants whose samples are whole graphs.",
        ),
    ]


def _gates(report: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Of the whole bank, the learned weights by place, where there are any."""
    whole = next((variant for variant in report["variants"] if variant["name"] == "all"), None)
    return {place: weights for place, weights in (whole["gates"] if whole else {}).items() if weights}
