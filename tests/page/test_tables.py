"""Tables for LaTeX and Markdown."""

from mspe.page.tables import format_latex, format_markdown

ROWS = [["name", "value"], [r"only\_heat", "$-$5"]]


def test_latex_has_booktabs_rules_and_aligns_numbers_to_the_right() -> None:
    lines = [line.strip() for line in format_latex(ROWS, [False, True], "5 % less_", "one").splitlines()]
    assert r"\begin{tabular}{lr}" in lines and r"\label{tab:one}" in lines and r"\caption{5 \% less\_}" in lines
    top, middle, bottom = (lines.index(rf"\{rule}rule") for rule in ("top", "mid", "bottom"))
    assert lines[top + 1 : middle] == [r"name & value \\"]
    assert lines[middle + 1 : bottom] == [r"only\_heat & $-$5 \\"]


def test_markdown_has_a_rule_and_its_caption_below() -> None:
    table, _, caption = format_markdown(ROWS, [False, True], "5 % less_").partition("\n\n")
    assert table.splitlines() == ["| name | value |", "| :-- | --: |", r"| only\_heat | $-$5 |"]
    assert caption == "5 % less\\_\n"
