"""The figures say in words what they show."""

from mspe.ablation.page.costs import pareto_front
from mspe.ablation.page.marks import frame
from mspe.ablation.report import Report
from mspe.ablation.wording import Change
from tests.ablation.page.html_page import Page


def test_every_figure_says_in_words_what_it_shows(page: Page, report: Report) -> None:
    drawings = page.drawings
    assert len(drawings) == page.text.count("<figure>") == page.text.count("<figcaption>") == 7
    assert all(drawing.get("role") == "img" for drawing in drawings)
    walk, heat, differences, diameter, nodes, costs, curves = [str(d.get("aria-label")) for d in drawings]
    for variant in report.variants:
        if variant.last is not None and variant.last.difference is not None:
            share = report.share(variant.last.difference.mean, "confirm" if variant.confirm else "screen")
            assert f"{variant.name} {100 * share:+.0f}".replace("-", "−")[:-1] in differences
    assert "length of the random walk (steps)" in walk and "time of heat diffusion" in heat and "; 4: −" in heat
    assert "diameter" in diameter and "nodes" in nodes and "seconds" in costs and "none from" in curves


def test_on_the_front_is_what_nothing_cheaper_matches() -> None:
    points = {"a": (1.0, 0.5), "b": (2.0, 0.7), "c": (3.0, 0.6), "d": (3.0, 0.9)}
    assert pareto_front(points, minimized=False) == ["a", "b", "d"]
    assert pareto_front(points, minimized=True) == ["a"]


def test_a_frame_holds_usual_intervals_and_cuts_off_extremes() -> None:
    usual = [Change(mean, mean - 1, mean + 1) for mean in (-4.0, -2.0, 0.0, 2.0)]
    low, high = frame(usual, 5.0, minimized=True)
    assert low < -5 and high > 5
    assert frame([*usual, Change(1e9, None, None)], 5.0, minimized=True)[1] < 20
    assert frame([*usual, Change(-90.0, None, None)], 5.0, minimized=True)[0] < -90
