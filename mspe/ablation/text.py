"""The report as lines for a terminal."""

from collections.abc import Sequence
from textwrap import wrap

from mspe.ablation.answer import answer
from mspe.ablation.bucket_table import bucket_cells
from mspe.ablation.report import Report
from mspe.ablation.rounds import percent
from mspe.ablation.table import cells, columns
from mspe.common.shown import shortened

_LINE = 120
_SHOWN = 7
"""Columns of the page's table that fit into a line: all but the costs."""


def format_report(report: Report) -> str:
    """Return the answer, the table, the plan with what became of it, and what failed, in lines of 120 columns."""
    table = [[column.title for column in columns(report)[:_SHOWN]]]
    table += [[cell.text for cell in row[:_SHOWN]] for _, row in cells(report)]
    paragraphs = [
        _wrapped(answer(report)),
        _aligned(table),
        _aligned(_buckets(report)),
        [part for line in plan_lines(report) for part in _wrapped(line)],
        [shortened(f"{v.name}: {failure}", _LINE) for v in report.variants for failure in v.failures],
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)


def _wrapped(text: str) -> list[str]:
    """Lines that end in no number whose unit stands in the next one."""
    return [line.replace("\u00a0", " ") for line in wrap(text.replace(" %", "\u00a0%"), _LINE)]


def _buckets(report: Report) -> list[list[str]]:
    """Differences by distance, diameter or size where one of them was asked for; the page has several."""
    axes = {axis for variant in report.confirmed for axis in variant.buckets}
    return bucket_cells(report, axes.pop()) if len(axes) == 1 else []


def plan_lines(report: Report) -> list[str]:
    """Return what was planned, how wide intervals were expected to be and are, and what would see more."""
    lines = [f"Plan: {report.plan.describe()}."]
    expected, realised = report.plan.half_width, report.realised_half_width
    widths = [f"± {percent(expected)} expected"] if expected is not None else []
    widths += [f"± {percent(realised)} found"] if realised is not None else []
    if widths:
        lines.append(f"Intervals of the confirmed differences, of the baseline's error: {', '.join(widths)}.")
    warning, advice = report.warning, report.plan.advice()
    lines += [f"Warning: {warning}."] if warning else []
    return [*lines, f"{advice[0].upper()}{advice[1:]}."] if advice else lines


def _aligned(table: Sequence[Sequence[str]]) -> list[str]:
    """Cells in columns; a line that is too long goes on in the next one, indented."""
    if not table:
        return []
    widths = [max(map(len, column)) for column in zip(*(row[:-1] for row in table), strict=True)]
    lines = ["  ".join([*map(str.ljust, row, widths), row[-1]]) for row in table]
    return [part for line in lines for part in wrap(line, _LINE, subsequent_indent="    ")]
