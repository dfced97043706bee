"""The page says what the report says, in one file that asks for no other."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from mspe.ablation.page.assembly import answer, caution
from mspe.ablation.report import Report, VariantReport
from tests.ablation import fake_report
from tests.ablation.page.html_page import Page, render, with_variant


def test_a_row_has_its_variants_numbers(page: Page, report: Report) -> None:
    variant = next(variant for variant in report.variants if variant.name == "without_heat")
    low, high = variant.interval
    difference, to_all = variant.difference, variant.difference_to_all
    assert page.row("without_heat") == [
        "without_heat",
        "3",
        f"{variant.mean:.4f} ± {variant.std:.4f}",
        f"[{low:.4f}, {high:.4f}]",
        f"−{-difference.mean:.4f} [−{-difference.interval[0]:.4f}, −{-difference.interval[1]:.4f}]",
        "< 0.001" if difference.p_holm < 0.001 else f"{difference.p_holm:.3f}",
        "better than none",
        f"+{to_all.mean:.4f} [+{to_all.interval[0]:.4f}, +{to_all.interval[1]:.4f}]",
        "253,973",
        "0.5",
        "3.5",
        "505",
    ]


def test_rows_stand_in_the_order_of_their_means(page: Page, report: Report) -> None:
    means = {variant.name: variant.mean for variant in report.variants if variant.mean is not None}
    assert [row[0] for row in page.rows[1:7]] == [*sorted(means, key=means.__getitem__), "without_walk"]


def test_what_failed_and_what_is_missing_say_why(page: Page) -> None:
    failed, missing = page.row("only_heat"), page.row("without_walk")
    reasons = "; ".join(f"seed {seed}: out of memory, loss <nan> & 'quoted'" for seed in (1, 2))
    assert failed[6] == f"one seed: no test possible; failed: {reasons}"
    assert missing[2:5] == ["–", "–", "–"] and missing[6] == "missing: seeds 0, 1, 2"


def test_the_answer_counts_what_is_more_than_noise() -> None:
    report = fake_report.report()
    report = with_variant(report, 2, difference=replace(report.variants[2].difference, distinguishable=False))
    report = with_variant(report, 3, difference=replace(report.variants[3].difference, mean=0.1))
    best = min(report.variants, key=lambda variant: variant.mean)
    baseline = report.variants[0]
    assert answer(report) == (
        f"Best by mean is {best.name} (test mae {best.mean:.4f} ± {best.std:.4f}; the baseline none: "
        f"{baseline.mean:.4f} ± {baseline.std:.4f}), and 4 of 5 differences to none are distinguishable from "
        "noise (3 better, 1 worse)."
    )


def test_the_caution_says_whether_the_best_one_is_more_than_luck(report: Report) -> None:
    report = fake_report.report(["none", "all", "rwse"], missing="rwse")
    assert re.fullmatch(
        r"The difference of all to the baseline is distinguishable from noise \(p\s(< 0\.001|= 0\.\d{3}) after Holm's "
        r"correction\)\. Whether it is better than the next best was not tested\. Not run on every seed yet: rwse\.",
        caution(report),
    )
    difference = replace(report.variants[1].difference, distinguishable=False, p_holm=0.2)
    report = with_variant(report, 1, difference=difference)
    assert "is not distinguishable from noise (p\u00a0= 0.200" in caution(report)


def test_a_baseline_that_nothing_beats_is_the_answer() -> None:
    report = fake_report.report(["none", "all"])
    report = with_variant(report, 0, mean=0.1)
    assert answer(report).startswith("Best by mean is the baseline itself, none (test mae 0.1")


def test_the_page_asks_for_no_other_file(page: Page) -> None:
    references = [*page.values("src"), *page.values("href"), *page.values("xlink:href")]
    assert references and all(reference.startswith(("#", "data:")) for reference in references)
    assert not re.search(r"@import|url\((?!#)|fetch\(|XMLHttp|<script[^>]+src", page.text)


def test_every_id_stands_once_and_every_reference_finds_its_own(page: Page) -> None:
    counts = Counter(page.values("id"))
    assert [name for name, count in counts.items() if count > 1] == []
    referred = [href[1:] for href in page.values("xlink:href") if href.startswith("#")]
    assert {*referred, *re.findall(r"url\(#([^)]*)\)", page.text), *page.values("aria-labelledby")} <= set(counts)


def test_parameters_and_origin_are_named(page: Page, report: Report) -> None:
    for text in ("seeds: [0]  # &lt;all&gt; of them", "abc1234", "python -m mspe.ablation", *report.environment):
        assert text in page.text


def test_without_a_score_of_the_baseline_the_others_are_still_shown(tmp_path: Path) -> None:
    report = fake_report.report(["none", "all"], missing="none")
    page = render(tmp_path, report)
    assert "the baseline none: no score), and no difference to the baseline could be tested." in page.text
    assert page.row("none")[2] == "–" and len(page.drawings) == 7


def test_equal_input_gives_equal_bytes(page: Page, report: Report, tmp_path: Path) -> None:
    assert render(tmp_path, report).text == page.text


def test_one_seed_has_neither_intervals_nor_an_answer_by_noise(tmp_path: Path) -> None:
    page = render(tmp_path, fake_report.report(seeds=[0]))
    assert "with one seed no difference can be told from noise" in page.text
    assert page.row("all")[3:7] == ["–", page.row("all")[4], "–", "one seed: no test possible"]
    assert "±" not in page.row("all")[2] and "[" not in page.row("all")[4]


def test_a_page_where_everything_failed_has_its_reasons_and_no_figure(tmp_path: Path) -> None:
    report = fake_report.report(["none", "all"])
    failed = [
        VariantReport(variant.name, "failed", ["seed 0: no space left"], verdict="failed")
        for variant in report.variants
    ]
    bins: dict = {"nodes": None, "diameter": None}
    page = render(tmp_path, replace(report, variants=failed, bins=bins, environment=[]))
    assert page.row("none")[6] == "failed: seed 0: no space left"
    assert page.drawings == []
    for sentence in (
        "so there is no answer yet",
        "No run has left a curve",
        "no errors by size",
        "no learned weights",
        "Failed: none, all.",
    ):
        assert sentence in page.text


def test_a_large_ablation_stays_below_a_megabyte(tmp_path: Path) -> None:
    report = fake_report.report(fake_report.LARGE, seeds=range(5))
    page = render(tmp_path, report)
    assert len(report.variants) == 32 and len(page.text.encode()) < 1_000_000
