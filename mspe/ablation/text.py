"""The report as text: lines for a terminal, and the columns of `metrics/ablation.csv`."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from mspe.ablation.report import Report, VariantReport
from mspe.ablation.table import NOTHING, columns, probability, rows

_WHOLE = "all"
_LINE = 120


def report_table(report: Report) -> dict[str, list[Any]]:
    """The columns of `metrics/ablation.csv`, a row a variant; None where there is no number."""
    table = [_table_row(variant) for variant in report.variants]
    return {name: [row[name] for row in table] for name in table[0]}


def _table_row(variant: VariantReport) -> dict[str, Any]:
    difference, to_all = variant.difference, variant.difference_to_all
    low, high = variant.interval or (None, None)
    difference_low, difference_high = (difference and difference.interval) or (None, None)
    return {
        "name": variant.name,
        "status": variant.status,
        "seeds": len(variant.seeds),
        "mean": variant.mean,
        "std": variant.std,
        "low": low,
        "high": high,
        "difference": difference and difference.mean,
        "difference_low": difference_low,
        "difference_high": difference_high,
        "p": difference and difference.p,
        "p_holm": difference and difference.p_holm,
        "difference_to_all": to_all and to_all.mean,
        "verdict": variant.verdict,
        "parameters": variant.parameters,
        "encode_seconds": variant.encode_seconds,
        "epoch_seconds": variant.epoch_seconds,
        "peak_memory_mb": variant.peak_memory_mb,
    }


def format_report(report: Report) -> str:
    """The report as lines for a terminal of 120 columns: the best mean first, what is not complete last, with why."""
    direction = "lower" if report.minimized else "higher"
    seeds = ", ".join(map(str, report.seeds))
    heading = (
        f"{report.split} {report.metric}, {direction} is better: mean over seeds {seeds}; differences are paired "
        f"by seed, with {100 * report.confidence:g} % t intervals and p values after Holm's correction"
    )
    return "\n".join([*wrap(heading, _LINE), "", *_aligned(_comparison(report)), *_left_out(report)])


def _comparison(report: Report) -> list[list[str]]:
    """Of the page's table, what fits into a line."""
    titles = [column.title for column in columns(report)]
    shown = ["variant", "mean ± std", f"difference to {report.baseline}", "p (Holm)", "verdict"]
    places = [titles.index(title) for title in shown]
    ordered = sorted(rows(report), key=lambda row: row[0].status != "finished")
    return [shown, *([cells[place].text for place in places] for _, cells in ordered)]


def _left_out(report: Report) -> list[str]:
    """What leaving a part of the whole bank out changes; nothing where no such variant can be compared."""
    compared = [
        (variant.name, variant.difference_to_all, cells)
        for variant, cells in rows(report)
        if variant.difference_to_all is not None
    ]
    if not compared:
        return []
    title = f"difference to {_WHOLE}"
    place = [column.title for column in columns(report)].index(title)
    lines = [[name, cells[place].text, _p_holm(difference.p_holm)] for name, difference, cells in compared]
    return ["", *_aligned([["variant", title, "p (Holm)"], *lines])]


def _p_holm(p: float | None) -> str:
    return NOTHING if p is None else probability(p)


def _aligned(table: Sequence[Sequence[str]]) -> list[str]:
    """Cells in columns; a line that is too long goes on in the next one, indented."""
    widths = [max(map(len, column)) for column in zip(*(row[:-1] for row in table), strict=True)]
    lines = ["  ".join([*map(str.ljust, row, widths), row[-1]]) for row in table]
    return [part for line in lines for part in wrap(line, _LINE, subsequent_indent="    ")]
