"""The parts of the page, put together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mspe.ablation.answer import answer
from mspe.ablation.bucket_table import bucket_columns
from mspe.ablation.page import costs, curves, differences, scales, where
from mspe.ablation.page.method import method
from mspe.ablation.report import Report
from mspe.ablation.table import cells, columns, columns_of, report_rows
from mspe.common.csv_files import format_csv
from mspe.common.files import write_text
from mspe.common.json_files import format_json
from mspe.page.drawing import Picture
from mspe.page.template import Download, data_uri, render
from mspe.pipeline.buckets import AXES


@dataclass(frozen=True)
class PageSection:
    """A heading with figures, or with a sentence where there is nothing to draw."""

    title: str
    pictures: Sequence[Picture]
    missing: str


def write_page(path: str | Path, report: Report, params_text: str = "") -> None:
    """Write the page, atomically; equal input gives equal bytes.

    Parameters
    ----------
    path
        The HTML file.
    report
        The comparison.
    params_text
        The parameters of the runs, as text.

    Raises
    ------
    MspeError
        If the file cannot be written.
    """
    write_text(path, render_page(report, params_text))


def render_page(report: Report, params_text: str = "") -> str:
    """Return the page that `write_page` writes."""
    headings = columns(report)
    return render(
        Path(__file__).with_name("page.html.jinja"),
        report=report,
        answer=answer(report),
        columns=headings,
        rows=[(variant, list(zip(headings, row, strict=True))) for variant, row in cells(report)],
        sections=_sections(report),
        failed=[variant for variant in report.variants if variant.failures],
        method=method(report),
        downloads=_downloads(report),
        params_text=params_text,
    )


def pictures(report: Report) -> list[Picture]:
    """Return all figures of the page, in its order."""
    return [picture for section in _sections(report) for picture in section.pictures]


def _downloads(report: Report) -> list[Download]:
    table, buckets = format_csv(columns_of(report_rows(report))), bucket_columns(report)
    return [
        Download("comparison.csv", data_uri("text/csv", table)),
        *([Download("comparison.buckets.csv", data_uri("text/csv", format_csv(buckets)))] if buckets else []),
        Download("comparison.json", data_uri("application/json", format_json(report.to_json()))),
    ]


def _sections(report: Report) -> list[PageSection]:
    def known(*pictures: Picture | None) -> list[Picture]:
        return [picture for picture in pictures if picture is not None]

    return [
        PageSection(
            "Which scales help?",
            scales.by_scale(report),
            "No variant of a single scale has been compared with the baseline.",
        ),
        PageSection(
            "Which encodings help?",
            known(differences.all_differences(report)),
            "No variant has been compared with the baseline yet.",
        ),
        PageSection(
            "Where do they help?",
            known(*(where.by_bucket(report, axis) for axis in AXES)),
            "Nothing is known by distance or size: that takes confirmed variants.",
        ),
        PageSection(
            "What do they cost?",
            known(costs.cost_against_error(report)),
            "Costs and differences are not known of any variant yet.",
        ),
        PageSection(
            "How did training go?", known(curves.learning_curves(report)), "No run has left a learning curve yet."
        ),
    ]
