"""The frame that figures of changes share."""

from mspe.ablation.page.marks import frame, within
from mspe.ablation.wording import Change


def test_a_frame_holds_usual_intervals_and_cuts_off_extremes() -> None:
    usual = [Change(mean, mean - 1, mean + 1) for mean in (-4.0, -2.0, 0.0, 2.0)]
    low, high = frame(usual, 5.0, minimized=True)
    assert low < -5 and high > 5
    assert frame([*usual, Change(1e9, None, None)], 5.0, minimized=True)[1] < 20
    assert frame([*usual, Change(-90.0, None, None)], 5.0, minimized=True)[0] < -90


def test_a_value_beyond_the_frame_is_drawn_at_its_edge() -> None:
    assert [within(value, (-2.0, 3.0)) for value in (-5.0, 1.0, 9.0)] == [-2.0, 1.0, 3.0]
