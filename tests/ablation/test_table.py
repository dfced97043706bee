"""The rows of the page's table: their order, their cells, and what is said of a variant that is not complete."""

from dataclasses import replace

import pytest

from mspe.ablation.report import Report, VariantReport
from mspe.ablation.table import Cell, columns, complete, decimals, ranked, rows
from tests.ablation import fake_report


def titles(report: Report) -> list[str]:
    return [column.title for column in columns(report)]


def cells_of(report: Report, variant: str) -> dict[str, Cell]:
    """A row's cells by their headings."""
    cells = next(cells for found, cells in rows(report) if found.name == variant)
    return dict(zip(titles(report), cells, strict=True))


def of_means(*means: float | None, minimized: bool = True) -> Report:
    variants = [VariantReport(f"v{place}", "finished", mean=mean) for place, mean in enumerate(means)]
    return replace(fake_report.report(), variants=variants, minimized=minimized, baseline="v0")


@pytest.mark.parametrize(("minimized", "order"), [(True, ["v3", "v2", "v0"]), (False, ["v0", "v2", "v3"])])
def test_the_best_comes_first_and_what_has_no_mean_last(minimized: bool, order: list[str]) -> None:
    report = of_means(0.5, None, 0.25, 0.125, None, minimized=minimized)
    assert [variant.name for variant in ranked(report)] == order
    assert [variant.name for variant, _ in rows(report)] == [*order, "v1", "v4"]


def test_only_a_variant_with_every_seed_is_complete() -> None:
    report = fake_report.report(failed="only_heat", missing="without_walk")
    ranks = [variant.name for variant in ranked(report)]
    assert "only_heat" in ranks and "without_walk" not in ranks
    assert [variant.name for variant in complete(report)] == [name for name in ranks if name != "only_heat"]


@pytest.mark.parametrize("baseline", ["none", "all"])
def test_every_row_has_a_cell_under_every_heading_with_the_number_that_sorts_it(baseline: str) -> None:
    report = replace(fake_report.report(failed="only_heat", missing="without_walk"), baseline=baseline)
    assert titles(report)[2] == "mean ± std" and titles(report).count("difference to all") == 1
    for variant, cells in rows(report):
        for column, cell in zip(columns(report), cells, strict=True):
            assert (cell.number is not None) == (column.numeric and cell.text != "–"), (variant.name, column.title)
        assert cells[2].number == variant.mean


def test_what_is_not_complete_says_why_and_for_which_seeds() -> None:
    report = fake_report.report(["none", "all", "rwse", "rrwp"], failed="rwse", missing="rrwp")
    variants = [replace(one, verdict=one.status) if one.name == "rrwp" else one for one in report.variants]
    report = replace(report, variants=variants)
    assert cells_of(report, "rrwp")["verdict"].text == "missing: seeds 0, 1, 2"
    assert cells_of(report, "rwse")["verdict"].text.startswith("one seed: no test possible; failed: seed 1: out of")
    assert {cells_of(report, "rrwp")[title].text for title in titles(report)[2:6]} == {"–"}


@pytest.mark.parametrize(
    ("means", "digits"),
    [((0.4321,), 4), ((0.04321, 0.05, 0.06), 5), ((12.3, 45.6), 2), ((98765.0,), 0), ((0.0,), 4), ((None,), 4)],
)
def test_the_median_score_has_four_significant_digits(means: tuple[float | None, ...], digits: int) -> None:
    assert decimals(of_means(*means)) == digits


def test_a_negative_number_has_a_minus_and_a_positive_difference_a_plus() -> None:
    report = fake_report.report(["none", "all"])
    difference = report.variants[1].difference
    for mean, sign in ((-0.25, "−"), (0.25, "+")):
        changed = replace(report.variants[1], difference=replace(difference, mean=mean, interval=[-1.0, 2.0]))
        cell = cells_of(replace(report, variants=[report.variants[0], changed]), "all")["difference to none"]
        assert cell == Cell(f"{sign}0.2500 [−1.0000, +2.0000]", mean)
