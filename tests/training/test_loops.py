"""Early stopping."""

from mspe.training import EarlyStopping

NAN = float("nan")


def test_early_stopping_counts_both_directions_and_nan() -> None:
    stop = EarlyStopping(patience=2, mode="max")
    assert [stop(value) for value in (0.1, 0.3, NAN, 0.2)] == [False, False, False, True]
    again = EarlyStopping(patience=2, mode="max")
    again.load_state_dict(stop.state_dict())
    assert again(0.4) is False
