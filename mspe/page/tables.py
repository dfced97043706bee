"""Tables for a paper or a text: LaTeX with booktabs' rules, and Markdown."""

import re
from collections.abc import Sequence

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


def format_latex(rows: Sequence[Sequence[str]], is_number: Sequence[bool], caption: str, label: str) -> str:
    """Return a `table` of LaTeX, which needs the package booktabs.

    Parameters
    ----------
    rows
        The headings, and the others; cells are LaTeX already.
    is_number
        Of each column: whether it is aligned to the right.
    caption
        As text.
    label
        After `tab:`.
    """
    headings, *others = rows
    lines = [
        r"% needs \usepackage{booktabs}",
        r"\begin{table}",
        r"  \centering",
        rf"  \caption{{{escape_latex(caption)}}}",
        rf"  \label{{tab:{label}}}",
        rf"  \begin{{tabular}}{{{''.join('r' if right else 'l' for right in is_number)}}}",
        r"    \toprule",
        _latex_row(headings),
        r"    \midrule",
        *map(_latex_row, others),
        r"    \bottomrule",
        r"  \end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def format_markdown(rows: Sequence[Sequence[str]], is_number: Sequence[bool], caption: str) -> str:
    """Return a table of Markdown over its caption, from what `format_latex` takes; cells are Markdown already."""
    headings, *others = rows
    rule = ["--:" if right else ":--" for right in is_number]
    lines = [f"| {' | '.join(row)} |" for row in (headings, rule, *others)]
    return "\n".join([*lines, "", escape_markdown(caption)]) + "\n"


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


def _latex_row(cells: Sequence[str]) -> str:
    return rf"    {' & '.join(cells)} \\"
