"""The comparison that stands in the repository: whole, and what the README says of it."""

import json

from mspe.ablation.answer import answer
from mspe.ablation.config import load_ablation
from mspe.ablation.table import columns_of, report_rows
from mspe.ablation.text import format_report
from tests.ablation.fake_report import read_report
from tests.conftest import ROOT

CONTENT = json.loads((ROOT / "metrics/ablation.json").read_text())
REPORT = read_report(CONTENT)
README = (ROOT / "README.md").read_text()


def flat(text: str) -> str:
    """On one line, wherever it is broken."""
    return " ".join(text.split())


def test_every_declared_variant_has_run_with_every_seed() -> None:
    ablation = load_ablation(ROOT / "ablation/params.yaml")
    assert [variant.name for variant in REPORT.variants] == list(ablation.variants)
    assert REPORT.baseline == ablation.baseline and REPORT.margin == ablation.margin
    assert all(variant.missing == 0 and not variant.failures for variant in REPORT.variants)
    assert all(len(v.confirm.seeds) == ablation.confirming.seeds for v in REPORT.confirmed if v.confirm)
    assert set(ablation.named) <= {variant.name for variant in REPORT.confirmed}


def test_models_are_of_one_size() -> None:
    sizes = [variant.costs.parameters for variant in REPORT.variants if variant.costs]
    assert len(sizes) == len(REPORT.variants) and max(sizes) <= 1.02 * min(sizes)


def test_a_verdict_is_given_or_the_seeds_that_it_needs() -> None:
    for variant in REPORT.confirmed:
        assert variant.verdict is not None
        assert variant.verdict.word != "undecided" or f"{variant.name}" in answer(REPORT)


def test_the_readme_says_what_the_report_says() -> None:
    assert flat(answer(REPORT)) in flat(README)


def test_the_page_on_comparing_has_the_whole_report() -> None:
    page = flat((ROOT / "docs/comparing.md").read_text())
    assert all(flat(line) in page for line in format_report(REPORT).splitlines())


def test_the_readme_says_what_the_report_on_zinc_says() -> None:
    report = read_report(json.loads((ROOT / "benchmarks/results/zinc_encodings.json").read_text()))
    assert flat(answer(report)) in flat(README)
    rows = format_report(report).split("\n\n")[1].splitlines()
    assert all(flat(row) in flat(README) for row in rows if not row.endswith("screened"))
    assert all(len(variant.confirm.seeds) >= 5 for variant in report.confirmed if variant.confirm)


def test_the_csv_file_has_its_columns() -> None:
    header = (ROOT / "metrics/ablation.csv").read_text().splitlines()[0].split(",")
    assert header == list(columns_of(report_rows(REPORT)))


def test_the_numbers_are_written_as_the_report_writes_them() -> None:
    assert json.loads(json.dumps(REPORT.to_json())) == CONTENT
