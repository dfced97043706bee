"""The figures say in words what they show."""

import re
from pathlib import Path

from mspe.ablation.page import write_page
from mspe.ablation.report import Report
from tests.ablation import fake_report
from tests.ablation.page.html_page import Page, render


def test_every_figure_says_in_words_what_it_shows(page: Page, report: Report) -> None:
    drawings = page.drawings
    assert len(drawings) == len(re.findall("<figure>", page.text)) == page.text.count("<figcaption>") == 9
    assert all(drawing.get("role") == "img" for drawing in drawings)
    means, curves, scatter, *_, node_gates, pair_gates = [str(d.get("aria-label")) for d in drawings]
    for variant in report.variants:
        assert variant.mean is None or f"{variant.name} {variant.mean:.4g}" in means
    assert re.search(r"validation loss over 25 epochs, mean over seeds: none from [\d.]+ to [\d.]+, all from", curves)
    assert re.search(r"none, seed 0: 489 points. Median absolute error [\d.]+. Correlation [\d.]+. \d lie", scatter)
    for place, label in (("node", node_gates), ("pair", pair_gates)):
        for channel, weight in report.variants[1].gates[place].items():
            assert f"{channel} {weight:.2f}" in label


def test_of_classes_the_share_that_is_found_is_shown(tmp_path: Path) -> None:
    report = fake_report.report(["none", "all"], metric="accuracy")
    tables = fake_report.predictions(report, classes=3)
    page = render(tmp_path, report, classes=3)
    (shares,) = [str(d.get("aria-label")) for d in page.drawings if "Share of each class" in str(d.get("aria-label"))]
    table = tables["all"][0]
    chosen = [p == t for p, t in zip(table["prediction"], table["target"], strict=True) if t == 1]
    assert f"class 1 {sum(chosen) / len(chosen):.0%}" in shares.split("all: ")[1]
    assert "higher is better" in page.text
    assert [row[0] for row in page.rows[1:3]] == ["all", "none"]


def test_labels_are_found_where_their_probability_is_above_a_half(tmp_path: Path) -> None:
    report = fake_report.report(["none"], metric="roc_auc")
    columns = {"index": [0, 1, 2, 3], "target": [0, 1, 1, float("nan")], "prediction": [0.4, 0.6, 0.2, 0.9]}
    write_page(tmp_path / "page.html", report, {}, {"none": {0: columns}}, "", "abc1234")
    assert "Share of each class found. none: class 0 100%, class 1 50%." in (tmp_path / "page.html").read_text()


def test_losses_that_are_not_finite_do_not_end_the_page(tmp_path: Path) -> None:
    report = fake_report.report(["none"])
    nan, infinity = float("nan"), float("inf")
    curve = {"epoch": [1.0, 2.0, 3.0], "train_loss": [1.0, nan, nan], "val_loss": [infinity, nan, nan]}
    write_page(tmp_path / "page.html", report, {"none": {0: curve}}, {}, "", "abc1234")
    assert "none from inf to nan" in (tmp_path / "page.html").read_text()
