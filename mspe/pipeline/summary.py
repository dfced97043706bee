"""From the numbers of single runs to a summary over seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from mspe.common.errors import MspeError
from mspe.common.json_files import read_json
from mspe.common.section import Section, Seed, Tuple, validate
from mspe.common.shown import shortened
from mspe.pipeline.statistics import CONFIDENCE, mean, statistics_over_seeds

_SHARED = ("baseline", "classes")
_OF_SEEDS = ("metric", "channels", "by_size")
"""What stands beside the scores of a seed, and is no score."""
CURVE_COLUMNS = ("epoch", "train_loss", "val_loss")
"""Columns of a learning curve that the mean over seeds is of."""

_Numbers = dict[str, float | None]
_REMEDY = "run `dvc repro`"


class _OfSize(Section):
    """A range of sizes of graphs."""

    nodes: str
    samples: int
    error: float | None


class _Scores(Section, extra="allow"):
    """What the evaluate stage writes: the metrics stand beside these keys."""

    __pydantic_extra__: _Numbers
    metric: str | None = None
    """That the field reports, the one of `metrics/scores.json`; None: the first."""
    baseline: dict[str, _Numbers] = Field(default_factory=dict)
    classes: dict[str, dict[str, float]] | None = None
    channels: dict[str, float] = Field(default_factory=dict)
    """The learned weight of every channel of the encodings."""
    by_size: list[_OfSize] = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_scores(self) -> "_Scores":
        if not self.__pydantic_extra__:
            raise ValueError("damaged, it holds no scores")
        return self


class _Spread(Section):
    mean: float | None
    std: float | None
    interval: list[float | None] | None
    """Bounds beyond the largest number are None, as JSON has no infinity."""


class _Summary(Section, extra="ignore"):
    """What the report stage writes; one split has scores."""

    seeds: Annotated[Tuple[Seed], Field(min_length=1)]
    baseline: dict[str, _Numbers] = Field(default_factory=dict)
    classes: dict[str, dict[str, float]] | None = None
    train: dict[str, _Spread] | None = None
    val: dict[str, _Spread] | None = None
    test: dict[str, _Spread] | None = None

    @model_validator(mode="after")
    def _one_split_has_scores(self) -> "_Summary":
        given = [split for split in ("train", "val", "test") if getattr(self, split)]
        if len(given) != 1:
            found = f"got scores of {' and '.join(given)}" if given else "scores are missing"
            raise ValueError(f"{found}, expected those of one split: train, val or test")
        if self.classes is not None and given[0] not in self.classes:
            raise ValueError(f"classes are missing of {given[0]}")
        return self


class _Cost(Section, extra="ignore"):
    """Of `metrics/cost/<seed>.json`, what is printed."""

    seconds: float
    peak_memory_mb: float
    environment: Annotated[Tuple[str], Field(min_length=1)]


def read_scores(paths: Mapping[int, str | Path]) -> dict[int, dict[str, Any]]:
    """Read, by seed, what the evaluate stage wrote.

    Raises
    ------
    MspeError
        If a file is missing or damaged, or has other metrics than the first one.
    """
    results = {seed: _read(_Scores, path) for seed, path in paths.items()}
    names: set[str] = set(next(iter(results.values())))
    for seed, result in results.items():
        if set(result) != names:
            other = ", ".join(sorted(names ^ set(result)))
            raise MspeError(f"{paths[seed]}: {shortened(other)} is not in the scores of all seeds; {_REMEDY}")
    return results


def _read(schema: type[Section], path: str | Path) -> dict[str, Any]:
    """The content of a JSON file, checked."""
    content = read_json(path)
    try:
        validate(schema, content, str(path))
    except MspeError as error:
        raise MspeError(f"{str(error).removesuffix('; add it to the file')}; {_REMEDY}") from None
    return content


def summarise(split: str, results: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """Mean, sample standard deviation (ddof 1) and 95 % t interval over seeds, beside the baseline.

    Parameters
    ----------
    split
        What was scored; the key of the scores.
    results
        By seed, what the evaluate stage wrote: the metrics and, the same for every seed, `baseline` (metrics by the
        baseline's name) and, where there are classes, `classes` (their shares by split).

    Returns
    -------
    dict
        With one seed `std` and `interval` are None.

    Examples
    --------
    >>> one = {"mae": 1.0, "baseline": {"median": {"mae": 3.0}}}
    >>> summarise("test", {0: one, 1: {**one, "mae": 2.0}})["test"]["mae"]["mean"]
    1.5
    """
    first = next(iter(results.values()))
    names = [name for name in first if name not in (*_SHARED, *_OF_SEEDS)]
    scores = {name: [result[name] for result in results.values()] for name in names}
    return {
        "seeds": list(results),
        "ddof": 1,
        "confidence": CONFIDENCE,
        split: {name: asdict(statistics_over_seeds(values)) for name, values in scores.items()},
        **{name: first[name] for name in _SHARED if name in first},
    }


def choose_scores(split: str, summary: Mapping[str, Any], metric: str | None = None) -> dict[str, Any]:
    """Return the few numbers of a summary that DVC's tables show: one metric, and the trivial predictors'.

    Parameters
    ----------
    split
        What was scored.
    summary
        As `summarise` gives it.
    metric
        The one; None: the first.

    Examples
    --------
    >>> one = {"mae": 1.0, "rmse": 2.0, "baseline": {"median": {"mae": 3.0, "rmse": 4.0}}}
    >>> choose_scores("test", summarise("test", {0: one}), "mae")
    {'test': {'mae': {'mean': 1.0, 'std': None}}, 'baseline': {'median': 3.0}}
    """
    metric = metric or next(iter(summary[split]))
    scores = {name: summary[split][metric][name] for name in ("mean", "std")}
    baselines = {name: values.get(metric) for name, values in summary.get("baseline", {}).items()}
    return {split: {metric: scores}, "baseline": baselines}


def mean_curve(curves: Sequence[Mapping[str, Sequence[float]]]) -> dict[str, list[float]]:
    """Training and validation loss by epoch, averaged over seeds, up to the last epoch that every seed has.

    Examples
    --------
    >>> first = {"epoch": [1.0, 2.0], "train_loss": [4.0, 2.0], "val_loss": [5.0, 3.0]}
    >>> second = {"epoch": [1.0], "train_loss": [2.0], "val_loss": [3.0]}
    >>> mean_curve([first, second])
    {'epoch': [1], 'train_loss': [3.0], 'val_loss': [4.0]}
    """
    epochs = min(len(curve["epoch"]) for curve in curves)
    losses = {
        name: [mean([curve[name][epoch] for curve in curves]) for epoch in range(epochs)]
        for name in ("train_loss", "val_loss")
    }
    return {"epoch": list(range(1, epochs + 1)), **losses}


def format_summary(summary: Mapping[str, Any], costs: Mapping[int, Mapping[str, Any]]) -> str:
    """The summary as lines for a terminal."""
    split = next(key for key in summary if key in ("train", "val", "test") and summary[key])
    seeds = summary["seeds"]
    lines = [f"{split} scores over {len(seeds)} seed{'s' * (len(seeds) > 1)} ({', '.join(map(str, seeds))})"]
    width = max(12, *(len(name) for name in summary[split]))
    for name, statistics in summary[split].items():
        spread = "" if statistics["std"] is None else f" ± {statistics['std']:.4f} (ddof 1)"
        baselines = {key: scores.get(name) for key, scores in summary.get("baseline", {}).items()}
        beside = "".join(f"   {key} {score:.4f}" for key, score in baselines.items() if score is not None)
        average = "undefined" if statistics["mean"] is None else f"{statistics['mean']:.4f}"
        lines.append(f"  {name:<{width}} {average}{spread}{beside}")
    if summary.get("classes"):
        shares = ", ".join(f"{name} {100 * share:.1f} %" for name, share in summary["classes"][split].items())
        lines.append(f"classes in {split}: {shares}")
    for seed, cost in costs.items():
        device = cost["environment"][0]
        lines.append(f"seed {seed}: trained in {cost['seconds']:.0f} s, peak {cost['peak_memory_mb']} MB, {device}")
    return "\n".join(lines)


def read_summary() -> str:
    """Return, as lines, the summary that the report stage wrote, with what each seed cost where that is known.

    Raises
    ------
    MspeError
        If the report stage has not been run, or a file is damaged.
    """
    summary = _read(_Summary, "metrics/summary.json")
    paths = {seed: Path(f"metrics/cost/{seed}.json") for seed in summary["seeds"]}
    # none: the run came from the cache of another checkout, which keeps no costs
    costs = {seed: _read(_Cost, path) for seed, path in paths.items() if path.exists()}
    return format_summary(summary, costs)
