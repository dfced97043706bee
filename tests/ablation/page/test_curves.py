"""Learning curves of a readable handful."""

from mspe.ablation.page.curves import learning_curves
from mspe.ablation.report import Report
from tests.ablation.fake_report import fake_report


def test_the_curves_are_told_from_where_to_where(report: Report) -> None:
    picture = learning_curves(report)
    loss = report.variant("none").curve["val_loss"]
    assert picture is not None and f"none from {loss[0]:.3g} to {loss[-1]:.3g}" in picture.svg


def test_without_a_run_there_is_none() -> None:
    assert learning_curves(fake_report(changes={"none": 0.0, "all": -0.1}, failed=["none", "all"])) is None
