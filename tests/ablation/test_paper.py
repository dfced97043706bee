"""The comparison as a table of LaTeX and of Markdown: every number, each variant once, and bold by verdict."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from mspe.ablation.paper import caption, latex_table, markdown_table
from mspe.ablation.report import Report
from mspe.ablation.table import ranked
from mspe.ablation.verdicts import Verdict
from mspe.page.tables import escape_latex, escape_markdown
from tests.ablation.fake_report import SMALL, fake_report

TEX_PRINTS = {r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^", "$-$": "−"}
TEX_PRINTS |= {r"$\pm$": "±", "$<$": "<", "$>$": ">", "$|$": "|", "--": "–"}


def printed(text: str) -> str:
    """What LaTeX prints of a cell, bold or not."""
    text = re.sub(r"\\textbf\{(.*)\}", r"\1", text)
    known = "|".join(map(re.escape, TEX_PRINTS))
    return re.sub(rf"({known})|\\([&%$#_{{}}])", lambda found: TEX_PRINTS.get(found[1]) or found[2], text)


def latex_rows(report: Report) -> list[list[str]]:
    """The cells of every row, as they are written; a line of LaTeX is a row where it ends in two backslashes."""
    lines = [line.strip() for line in latex_table(report).splitlines()]
    return [re.split(r"(?<!\\) & ", line.removesuffix(r" \\")) for line in lines if line.endswith(r" \\")]


def markdown_rows(report: Report) -> list[list[str]]:
    table, _, _ = markdown_table(report).partition("\n\n")
    rows = [re.split(r"(?<!\\) \| ", line.removeprefix("| ").removesuffix(" |")) for line in table.splitlines()]
    return [rows[0], *rows[2:]]


def shown(text: str) -> str:
    """What Markdown shows of a cell, bold or not."""
    return re.sub(r"\\(.)", r"\1", text.strip("*"))


both = pytest.mark.parametrize(
    ("rows", "read"), [(latex_rows, printed), (markdown_rows, shown)], ids=["latex", "markdown"]
)
Rows = Callable[[Report], list[list[str]]]
Read = Callable[[str], str]


@both
def test_each_variant_has_a_row_with_the_reports_numbers(rows: Rows, read: Read) -> None:
    report = fake_report(failed=["rrwp"])
    headings, *body = rows(report)
    assert [read(cell) for cell in headings][1:3] == ["change of MAE, %", "MAE ± std"]
    assert [read(row[0]) for row in body] == [variant.name for variant in ranked(report)]
    assert len({len(row) for row in (headings, *body)}) == 1
    for variant, row in zip(ranked(report), body, strict=True):
        if variant.last is None or variant.last.difference is None:
            assert read(row[1]) == "–"
            continue
        mean, half = (float(part.replace("−", "-")) for part in read(row[1]).split(" ± "))
        found, name = variant.last.difference, "confirm" if variant.confirm else "screen"
        assert mean == pytest.approx(100 * report.share(found.mean, name), abs=0.051)
        assert half == pytest.approx(100 * report.share((found.high - found.low) / 2, name), abs=0.051)


@both
def test_what_has_the_verdict_better_is_bold_and_nothing_else(rows: Rows, read: Read) -> None:
    report = fake_report()
    verdicts = {"hkse": "better", "all": "same", "only_heat_4": "undecided", "rwse": "worse", "lappe": "better"}
    changed = [
        replace(v, verdict=Verdict(verdicts[v.name], within_margin=False)) if v.name in verdicts else v
        for v in report.variants
    ]
    for row in rows(replace(report, variants=changed))[1:]:
        bold = [cell.startswith(("**", r"\textbf{")) for cell in row]
        better = verdicts.get(read(row[0])) == "better"
        assert bold == [better, better, False, False, False, False]


@both
def test_names_of_any_letters_are_shown_as_they_are(rows: Rows, read: Read) -> None:
    report = fake_report(SMALL, ["all"])
    name = r"a_b%c&d#e{f}g|h*i~j^k<l\m$n"
    variants = [replace(v, name=name) if v.name == "all" else v for v in report.variants]
    assert name in [read(row[0]) for row in rows(replace(report, variants=variants))]


def test_the_document_is_whole() -> None:
    text = latex_table(fake_report(SMALL, ["all"]))
    assert [text.count(rf"\{part}rule") for part in ("top", "mid", "bottom")] == [1, 1, 1]
    assert re.findall(r"\\begin\{(\w+)\}", text) == re.findall(r"\\end\{(\w+)\}", text)[::-1]
    assert text.count("{") == text.count("}") and not re.search(r"(?<!\\)[%_#]", text.replace("% needs", "", 1))
    assert all(ord(letter) < 128 for letter in text.replace("–", ""))


def test_the_caption_says_what_is_compared() -> None:
    report = fake_report(SMALL, ["all"])
    assert caption(report).startswith("Change of the test MAE from the baseline none on nci, in % of the baseline's: ")
    assert "less is better" in caption(report) and report.level_name in caption(report)
    maximised = caption(fake_report(SMALL, ["all"], metric="roc_auc"))
    assert "more is better" in maximised and "in %" not in maximised
    assert ("Screened" in caption(report)) != ("Screened" in caption(fake_report(SMALL, list(SMALL), screened=False)))
    assert escape_latex(caption(report)) in latex_table(report)
    assert markdown_table(report).endswith(f"\n\n{escape_markdown(caption(report))}\n")
