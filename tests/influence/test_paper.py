"""The range as a table: a row per part, escaped."""

import pytest

from mspe.influence import RangeReport
from mspe.influence.paper import caption, latex_table, markdown_table
from tests.conftest import cycle
from tests.influence.fixtures import LinearModel, all_pairs, hops, measured, packed


@pytest.fixture(scope="module")
def report() -> RangeReport:
    return measured(LinearModel(hops(1), all_pairs), packed(cycle(12)))


def test_tables_have_a_row_for_each_part(report: RangeReport) -> None:
    parts = list(report.spreads())
    lines = latex_table(parts, report.alike, "made up_").splitlines()
    rows = lines[lines.index(r"    \midrule") + 1 : lines.index(r"    \bottomrule")]
    assert [row.split(" & ")[0].strip() for row in rows] == [*(name for _, name, _ in parts), "all nodes alike"]
    assert rows[0].split(" & ")[1:3] == ["output", str(report.influence.output.range).replace("±", r"$\pm$")]
    assert r"made up\_." in "".join(lines)
    table = markdown_table(parts, report.alike, "made up_").partition("\n\n")[0].splitlines()
    assert len(table) == 2 + len(rows) and table[1] == "| :-- | :-- | --: | --: | --: | --: | --: |"
    assert table[2].startswith("| output | output | ")


def test_the_caption_says_what_is_averaged() -> None:
    assert caption("models/0/best.pt").endswith("beyond some hops. models/0/best.pt.")
