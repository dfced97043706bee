"""Cost against gain, and what is best for its cost."""

from mspe.ablation.page.costs import cost_against_error, pareto_front
from mspe.ablation.report import Report
from tests.ablation.fake_report import fake_report


def test_on_the_front_is_what_nothing_cheaper_matches() -> None:
    points = {"a": (1.0, 0.5), "b": (2.0, 0.7), "c": (3.0, 0.6), "d": (3.0, 0.9)}
    assert pareto_front(points, minimized=False) == ["a", "b", "d"]
    assert pareto_front(points, minimized=True) == ["a"]


def test_the_figure_names_its_units(report: Report) -> None:
    picture = cost_against_error(report)
    assert picture is not None and "seconds" in picture.svg and "MAE" in picture.svg


def test_without_a_score_there_is_nothing_to_draw() -> None:
    assert cost_against_error(fake_report(failed=["none"], changes={"none": 0.0, "all": -0.1})) is None
