"""The page of several comparisons: encodings down, datasets across."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mspe.ablation.answer import answer
from mspe.ablation.report import Report
from mspe.ablation.side_by_side import cell, finding, variant_names
from mspe.ablation.wording import metric_name, score
from mspe.common.files import write_text
from mspe.common.json_files import format_json
from mspe.page.template import Download, data_uri, render


def write_matrix_page(path: str | Path, reports: Sequence[Report], content: Mapping[str, Any]) -> None:
    """Write the page, atomically; equal input gives equal bytes.

    Parameters
    ----------
    path
        The HTML file.
    reports
        One a dataset.
    content
        Everything as plain values, which the page offers as a file.

    Raises
    ------
    MspeError
        If the file cannot be written.
    """
    names = variant_names(reports)
    described = {v.name: v.encodings for report in reports for v in report.variants}
    page = render(
        Path(__file__).with_name("matrix.html.jinja"),
        answer=finding(reports),
        baseline=reports[0].baseline,
        margin=f"{100 * reports[0].margin:g} %",
        level=reports[0].level_name,
        columns=[(report, _baseline_score(report)) for report in reports],
        rows=[(name, described[name], [cell(report, name) for report in reports]) for name in names],
        answers=[(report, answer(report)) for report in reports],
        download=Download("matrix.json", data_uri("application/json", format_json(content))),
    )
    write_text(path, page)


def _baseline_score(report: Report) -> str:
    last, metric = report.variant(report.baseline).last, metric_name(report.about.metric)
    return f"{metric} –" if last is None else f"{metric} {score(last.mean)}"
