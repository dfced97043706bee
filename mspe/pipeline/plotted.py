"""The tables that DVC draws, means over seeds of what the evaluate stage wrote of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from mspe.pipeline.statistics import mean


def mean_errors_by_size(results: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return `nodes`, `samples` and the mean `error` by ranges of sizes, which all seeds share.

    Examples
    --------
    >>> first, second = ({"by_size": [{"nodes": "3–9", "samples": 4, "error": error}]} for error in (1.0, 2.0))
    >>> mean_errors_by_size([first, second])
    {'nodes': ['3–9'], 'samples': [4], 'error': [1.5]}
    """
    rows = [result["by_size"] for result in results if result.get("by_size")]
    shared = rows[0] if rows else []
    return {
        "nodes": [row["nodes"] for row in shared],
        "samples": [row["samples"] for row in shared],
        "error": [_mean_where_known([each[place]["error"] for each in rows]) for place in range(len(shared))],
    }


def mean_channel_weights(results: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return each `channel` of the encodings, of nodes before those of pairs, with its mean learned `weight`.

    Examples
    --------
    >>> mean_channel_weights([{"channels": {"node walk(1)": 0.5}}, {"channels": {"node walk(1)": 1.5}}])
    {'channel': ['node walk(1)'], 'weight': [1.0]}
    """
    weights = [result["channels"] for result in results if result.get("channels")]
    names = list(weights[0]) if weights else []
    return {"channel": names, "weight": [mean([each[name] for each in weights]) for name in names]}


def _mean_where_known(values: Sequence[float | None]) -> float | None:
    """None where some seed has no value, as of an undefined metric."""
    known = [value for value in values if value is not None]
    return mean(known) if len(known) == len(values) else None
