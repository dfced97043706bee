"""The comparison as a table for a paper or a text: LaTeX with booktabs' rules, and Markdown."""

from collections.abc import Callable, Iterator

from mspe.ablation.report import Report, VariantReport
from mspe.ablation.table import NOTHING, cells, change_decimals, columns
from mspe.ablation.wording import Change, change, in_percent, metric_name, number
from mspe.page.tables import escape_latex, escape_markdown, format_latex, format_markdown

_IS_NUMBER = (False, True, True, True, False, False)
"""Of the columns: they are aligned to the right."""


def latex_table(report: Report) -> str:
    """Return the comparison as a `table` of LaTeX, which needs the package booktabs: a row per variant.

    A row has the variant, its change to the baseline ± half the interval, its score ± standard deviation, seeds, round
    and verdict, in the order of the page's table; variants with the verdict *better* are bold.
    """
    rows = list(_rows(report, escape_latex, r"\textbf{%s}"))
    return format_latex(rows, _IS_NUMBER, caption(report), "comparison")


def markdown_table(report: Report) -> str:
    """Return the comparison as a table of Markdown over its caption, with the rows of `latex_table`."""
    return format_markdown(list(_rows(report, escape_markdown, "**%s**")), _IS_NUMBER, caption(report))


def caption(report: Report) -> str:
    """Return what the numbers are of, and what the intervals and the bold names say."""
    about = report.about
    unit = ", in % of the baseline's" if in_percent(report) else ""
    sentences = [
        f"Change of the {about.split} {metric_name(about.metric)} from the baseline {report.baseline} on "
        f"{about.dataset}{unit}: mean over paired seeds ± half its interval; "
        f"{'less' if about.minimized else 'more'} is better.",
        f"The intervals of confirmed variants hold together with a chance of {report.level_name}.",
        "Bold: the verdict is better.",
    ]
    if any(variant.screen is not None and variant.confirm is None for variant in report.variants):
        sentences.append("Screened variants are scored on val, for fewer epochs, and have no verdict.")
    return " ".join(sentences)


def _rows(report: Report, escape: Callable[[str], str], bold: str) -> Iterator[list[str]]:
    """The headings, and a row per variant, escaped."""
    variant, verdict, changed, _, score, seeds, which = (column.title for column in columns(report)[:7])
    yield [escape(title) for title in (variant, changed, score, seeds, which, verdict)]
    digits = change_decimals(report)
    for one, row in cells(report):
        name, mark, _, _, mean, count, last = (escape(cell.text) for cell in row[:7])
        difference = escape(_with_half_interval(change(report, one), digits))
        if _is_better(one):
            name, difference = bold % name, bold % difference
        yield [name, difference, mean, count, last, mark]


def _is_better(variant: VariantReport) -> bool:
    return variant.verdict is not None and variant.verdict.word == "better"


def _with_half_interval(found: Change | None, digits: int) -> str:
    if found is None:
        return NOTHING
    mean = number(found.mean, digits, "+")
    if found.low is None or found.high is None:
        return mean
    return f"{mean} ± {number((found.high - found.low) / 2, digits)}"
