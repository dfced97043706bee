"""How a comparison was made, in sentences."""

from mspe.ablation.page.method import method
from tests.ablation.fake_report import fake_report


def test_the_correction_for_redrawn_splits_is_named_where_it_is_made() -> None:
    assert any("Nadeau" in line for line in method(fake_report(ratio=0.125)))
    assert not any("Nadeau" in line for line in method(fake_report(ratio=0.0)))
