"""The comparison as a table for a paper or a text: LaTeX with booktabs' rules, and Markdown."""

import re
from collections.abc import Callable, Iterator

from mspe.ablation.report import Report, VariantReport
from mspe.ablation.table import NOTHING, cells, change_decimals, columns
from mspe.ablation.wording import Change, change, in_percent, metric_name, number

_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "{": r"\{",
        "}": r"\}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": "$<$",
        ">": "$>$",
        "|": "$|$",
        "−": "$-$",
        "±": r"$\pm$",
        "–": "--",
        "\u00a0": "~",
    }
)
_MARKUP = re.compile(r"([\\`*_\[\]<>|~#])")
_IS_NUMBER = (False, True, True, True, False, False)
"""Of the columns: they are aligned to the right."""


def latex_table(report: Report) -> str:
    """Return the comparison as a `table` of LaTeX, which needs the package booktabs: a row per variant.

    A row has the variant, its change to the baseline ± half the interval, its score ± standard deviation, seeds, round
    and verdict, in the order of the page's table; variants with the verdict *better* are bold.
    """
    headings, *rows = _rows(report, escape_latex, r"\textbf{%s}")
    kinds = "".join("r" if is_number else "l" for is_number in _IS_NUMBER)
    lines = [
        r"% needs \usepackage{booktabs}",
        r"\begin{table}",
        r"  \centering",
        rf"  \caption{{{escape_latex(caption(report))}}}",
        r"  \label{tab:comparison}",
        rf"  \begin{{tabular}}{{{kinds}}}",
        r"    \toprule",
        _latex_row(headings),
        r"    \midrule",
        *map(_latex_row, rows),
        r"    \bottomrule",
        r"  \end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def markdown_table(report: Report) -> str:
    """Return the comparison as a table of Markdown over its caption, with the rows of `latex_table`."""
    headings, *rows = _rows(report, escape_markdown, "**%s**")
    rule = ["--:" if is_number else ":--" for is_number in _IS_NUMBER]
    lines = [f"| {' | '.join(row)} |" for row in (headings, rule, *rows)]
    return "\n".join([*lines, "", escape_markdown(caption(report))]) + "\n"


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


def escape_latex(text: str) -> str:
    r"""Return text that LaTeX prints as it is.

    Examples
    --------
    >>> print(escape_latex("only_heat_4: −5 % ± 2"))
    only\_heat\_4: $-$5 \% $\pm$ 2
    """
    return text.translate(_TEX)


def escape_markdown(text: str) -> str:
    r"""Return text that Markdown shows as it is, in a table, too.

    Examples
    --------
    >>> print(escape_markdown("only_heat_4 | better (< 5 %)"))
    only\_heat\_4 \| better (\< 5 %)
    """
    return _MARKUP.sub(r"\\\1", text)


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


def _latex_row(cells: list[str]) -> str:
    return rf"    {' & '.join(cells)} \\"
