"""The ablation that stands in the repository: whole, and what the README says of it."""

import json
import re

import pytest

from mspe.ablation.config import load_ablation
from mspe.ablation.text import report_table
from tests.ablation.fake_report import read_report
from tests.conftest import ROOT

REPORT = json.loads((ROOT / "metrics/ablation.json").read_text())
VARIANTS = {variant["name"]: variant for variant in REPORT["variants"]}
SECTION = (ROOT / "README.md").read_text().split("## Which scales help?")[1].split("\n## ")[0]
ROWS = re.findall(r"^\| `(\w[\w.]*)` \| ([\d.]+) ± ([\d.]+) \| (.*?) \| (.*?) \|", SECTION, flags=re.MULTILINE)


def test_every_declared_variant_has_run_with_every_seed() -> None:
    ablation = load_ablation(ROOT / "ablation/params.yaml")
    assert list(VARIANTS) == list(ablation.variants) and REPORT["seeds"] == list(ablation.seeds)
    assert {variant["status"] for variant in VARIANTS.values()} == {"finished"}
    sizes = [variant["parameters"] for variant in VARIANTS.values()]
    assert max(sizes) <= 1.01 * VARIANTS[REPORT["baseline"]]["parameters"]
    assert min(sizes) >= 0.99 * VARIANTS[REPORT["baseline"]]["parameters"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_readme_shows_the_reports_numbers(row: tuple[str, ...]) -> None:
    name, mean, std, difference, p = row
    variant = VARIANTS[name]
    assert (mean, std) == (f"{variant['mean']:.4f}", f"{variant['std']:.4f}")
    if name == REPORT["baseline"]:
        assert difference == p == "–"
        return
    low, high = variant["difference"]["interval"]
    shown = f"{variant['difference']['mean']:+.4f} [{low:+.4f}, {high:+.4f}]"
    assert (difference, p) == (shown.replace("-", "−"), f"{variant['difference']['p_holm']:.2f}")


def test_the_readme_has_a_row_of_each_kind() -> None:
    names = {row[0] for row in ROWS}
    assert {"none", "bonds", "all", "rwse", "rrwp", "lappe", "only_walk", "only_heat"} <= names


def test_the_csv_file_has_its_columns() -> None:
    header = (ROOT / "metrics/ablation.csv").read_text().splitlines()[0].split(",")
    assert header == list(report_table(read_report(REPORT)))


def test_the_numbers_are_written_as_the_report_writes_them() -> None:
    assert read_report(REPORT).to_json() == REPORT
