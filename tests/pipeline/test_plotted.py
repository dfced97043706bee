"""What DVC draws, over seeds."""

from mspe.pipeline.plotted import mean_channel_weights, mean_errors_by_size


def test_seeds_are_averaged_in_the_order_of_the_first() -> None:
    one, two = (
        {
            "channels": {"pair heat(1)": weight, "node degree": 1.0},
            "by_size": [{"nodes": "3", "samples": 1, "error": error}],
        }
        for weight, error in ((2.0, 4.0), (1.0, 2.0))
    )
    assert mean_channel_weights([one, two]) == {"channel": ["pair heat(1)", "node degree"], "weight": [1.5, 1.0]}
    assert mean_errors_by_size([one, two]) == {"nodes": ["3"], "samples": [1], "error": [3.0]}


def test_without_encodings_there_is_nothing_to_draw() -> None:
    assert mean_channel_weights([{"channels": {}}, {}]) == {"channel": [], "weight": []}
    assert mean_errors_by_size([{}]) == {"nodes": [], "samples": [], "error": []}


def test_an_error_that_no_seed_has_stays_empty() -> None:
    rows = [{"by_size": [{"nodes": "3", "samples": 1, "error": None}]}]
    assert mean_errors_by_size(rows)["error"] == [None]
