"""The page says what the report says, in one file that asks for no other."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace

import pytest

from mspe.ablation.answer import answer
from mspe.ablation.report import Report
from tests.ablation.fake_report import LARGE, SMALL, fake_report
from tests.ablation.page.html_page import Page, render


def test_the_answer_stands_first(page: Page, report: Report) -> None:
    assert f'<p class="answer">{answer(report)}</p>'.replace(" %", "\u00a0%") in page.text
    assert page.text.index('class="answer"') < page.text.index("<figure>")


def test_a_row_has_its_variants_numbers(page: Page, report: Report) -> None:
    variant = report.variant("hkse")
    found = variant.confirm.difference
    mean, low, high = (f"−{-100 * report.share(end):.1f}" for end in (found.mean, found.low, found.high))
    assert page.row("hkse")[:7] == [
        *["hkse", "better", mean, f"{low} to {high}"],
        *[f"{variant.confirm.mean:.4f} ± {variant.confirm.std:.4f}", "14", "confirmed"],
    ]


def test_what_failed_says_why(page: Page) -> None:
    assert page.row("only_walk_32")[1] == "failed" and page.row("bonds")[1] == "missing"
    assert (
        "<strong>only_walk_32</strong>, screen, seed 2: out of memory, loss &lt;nan&gt; &amp; &#39;quoted&#39;"
        in page.text
    )


def test_the_page_asks_for_no_other_file(page: Page) -> None:
    references = [*page.values("src"), *page.values("href"), *page.values("xlink:href")]
    assert references and all(reference.startswith(("#", "data:")) for reference in references)
    assert not re.search(r"@import|url\((?!#)|fetch\(|XMLHttp|<script[^>]+src", page.text)


def test_every_id_stands_once_and_every_reference_finds_its_own(page: Page) -> None:
    counts = Counter(page.values("id"))
    assert [name for name, count in counts.items() if count > 1] == []
    referred = [href[1:] for href in page.values("xlink:href") if href.startswith("#")]
    assert {*referred, *re.findall(r"url\(#([^)]*)\)", page.text), *page.values("aria-labelledby")} <= set(counts)


def test_method_parameters_and_origin_are_named(page: Page, report: Report) -> None:
    for text in ("seeds: [0]  # &lt;all&gt; of them", "Bonferroni", "seeds (100 to 113)", *report.about.environment):
        assert text in page.text
    assert "Nadeau" not in page.text
    assert "n_test / n_train = 0.25" in render(fake_report(SMALL, ratio=0.25)).text


def test_names_are_escaped() -> None:
    page = render(fake_report({"none": 0.0, "<b>&": -0.1, "$x_1$": 0.1}, ["<b>&"]))
    assert page.row("<b>&")[1] == "better" and "<b>" not in page.text
    assert "$x_1$</text>" in page.text


def test_equal_input_gives_equal_bytes(page: Page, report: Report) -> None:
    assert render(report).text == page.text


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        (fake_report(SMALL, failed=["none"]), "No variant has been compared with the baseline yet."),
        (fake_report(SMALL, failed=list(SMALL)), "No run has left a learning curve yet."),
        (fake_report(SMALL), "No variant of a single scale has been compared with the baseline."),
        (fake_report(SMALL, confirmed=[], seeds=0), "Nothing is known by distance or size"),
        (fake_report(SMALL, seeds=1, screened=False), "one seed, no test"),
        (fake_report({**LARGE, "hkse": 5e7, "only_walk_8": 1e9}, error=1e-7, noise=0.1), "Beyond the frame"),
        (fake_report({"none": 0.0, "all": 0.0}, ["all"], error=0.0), "makes no difference"),
    ],
    ids=["no baseline", "nothing", "no scales", "no confirmation", "one seed", "extremes", "no error"],
)
def test_a_page_without_something_says_so(report: Report, sentence: str) -> None:
    assert sentence in render(report).text


def test_losses_that_are_not_finite_do_not_end_the_page() -> None:
    report = fake_report(SMALL)
    nan, infinity = float("nan"), float("inf")
    curve = {"epoch": [1.0, 2.0], "train_loss": [1.0, nan], "val_loss": [infinity, nan]}
    page = render(replace(report, variants=[replace(variant, curve=curve) for variant in report.variants]))
    assert "none from inf to nan" in page.text


def test_a_large_comparison_stays_below_a_megabyte(page: Page) -> None:
    assert len(page.text.encode()) < 1_000_000


def test_text_of_the_figures_is_large_enough_for_a_phone(page: Page) -> None:
    """Shown 328 pixels wide, on a screen of 360, no letter is lower than 8 pixels."""
    for drawing in page.drawings:
        width = float(drawing.get("viewBox", "").split()[2])
        sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)px", ET.tostring(drawing, "unicode"))]
        assert min(sizes) * 328 / width >= 8
