"""The parts of the page, put together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mspe.ablation import table
from mspe.ablation.page import figures
from mspe.ablation.page.drawing import Picture
from mspe.ablation.records import Tables
from mspe.ablation.report import Report
from mspe.common.files import write_text


@dataclass(frozen=True)
class PageSection:
    """A heading with figures, or with a sentence where there is nothing to draw."""

    title: str
    pictures: Sequence[Picture]
    missing: str


def write_page(
    path: str | Path,
    report: Report,
    curves: Tables,
    predictions: Tables,
    params_text: str,
    commit: str,
) -> None:
    """Write the page, atomically; equal input gives equal bytes.

    Parameters
    ----------
    path
        The HTML file.
    report
        The comparison.
    curves, predictions
        By variant and seed, the columns of `curve.csv` and `predictions.csv`; what a run has not left is left out.
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
        params_text=params_text,
        commit=commit,
    )
    write_text(path, page)


def answer(report: Report) -> str:
    """One sentence: the best variant by mean, and how many differences to the baseline are more than noise."""
    finished = table.complete(report)
    if not finished:
        return "No variant has finished all its seeds, so there is no answer yet."
    best, digits = finished[0], table.decimals(report)
    score = f"{report.split} {report.metric} {table.mean_and_spread(best, digits)}"
    baseline = next(variant for variant in report.variants if variant.name == report.baseline)
    if best is baseline:
        beginning = f"Best by mean is the baseline itself, {best.name} ({score})"
    else:
        other = table.mean_and_spread(baseline, digits) if baseline.mean is not None else "no score"
        beginning = f"Best by mean is {best.name} ({score}; the baseline {baseline.name}: {other})"
    return f"{beginning}, and {_distinguishable(report)}."


def _distinguishable(report: Report) -> str:
    if len(report.seeds) == 1:
        return "with one seed no difference can be told from noise"
    if not report.tested:
        return "no difference to the baseline could be tested"
    found = [difference for _, difference in report.tested if difference.distinguishable]
    better = sum((difference.mean < 0) == report.minimized for difference in found)
    count = f"{len(found)} of {len(report.tested)} differences to {report.baseline} are distinguishable from noise"
    return count + (f" ({better} better, {len(found) - better} worse)" if found else "")


def caution(report: Report) -> str:
    """Add what the answer does not say: whether the best one is more than luck, and what was left out."""
    sentences = []
    best = next(iter(table.complete(report)), None)
    difference = next((difference for variant, difference in report.tested if variant is best), None)
    if best is not None and difference is not None and difference.p_holm is not None:
        told = "is" if difference.distinguishable else "is not"
        sentences.append(
            f"The difference of {best.name} to the baseline {told} distinguishable from noise "
            f"(p\u00a0{_comparison(difference.p_holm)} after Holm's correction). "
            "Whether it is better than the next best was not tested."
        )
    for status, words in {"failed": "failed", "missing": "not run on every seed yet"}.items():
        names = [variant.name for variant in report.variants if variant.status == status]
        if names:
            sentences.append(f"{words[0].upper()}{words[1:]}: {', '.join(names)}.")
    return " ".join(sentences)


def _comparison(p: float) -> str:
    text = table.probability(p)
    return text if text.startswith("<") else f"= {text}"


def _sections(report: Report, curves: Tables, predictions: Tables) -> list[PageSection]:
    def known(*pictures: Picture | None) -> list[Picture]:
        return [picture for picture in pictures if picture is not None]

    return [
        PageSection("Means and intervals", known(figures.means_with_intervals(report)), "No variant has a score yet."),
        PageSection("Learning curves", known(figures.learning_curves(report, curves)), "No run has left a curve yet."),
        PageSection(
            "Predictions and targets",
            figures.predictions_against_targets(report, predictions),
            "No run has left predictions yet.",
        ),
        PageSection(
            "Error by diameter and size",
            known(figures.error_by_size(report, "diameter"), figures.error_by_size(report, "nodes")),
            "There are no errors by size: they are known of finished variants whose samples are whole graphs.",
        ),
    ]


def _gates(report: Report) -> dict[str, dict[str, float]]:
    """Of the whole bank, the learned weights by place, where there are any."""
    whole = report.variant("all")
    return {place: weights for place, weights in (whole.gates if whole else {}).items() if weights}
