"""From the runs of all variants to one comparison."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean, median
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mspe.ablation.records import FailedRun, FinishedRun, MissingRun, Run, RunResult, Tables
from mspe.ablation.report import Difference, Report, SizeBin, VariantReport
from mspe.ablation.sizes import mean_by_bin, quantile_bins, sample_errors
from mspe.ablation.statistics import holm, paired_difference
from mspe.common.errors import MspeError
from mspe.pipeline.statistics import statistics_over_seeds

_TASK = ("split", "metric", "minimized", "task_type", "target_level", "loss")
_WHOLE, _WITHOUT = "all", "without_"
_LEVEL = 0.05

Scores = dict[str, dict[int, float]]
"""By variant and seed."""


def shared_task(runs: Iterable[Run]) -> RunResult:
    """The first result of the runs, which all have its split, metric and task.

    Raises
    ------
    MspeError
        If no run has finished, or two cannot be compared.
    """
    finished = [run for run in runs if isinstance(run, FinishedRun)]
    if not finished:
        raise MspeError(f"no run of the ablation has finished{_first_reason(runs)}; run `python -m mspe.ablation`")
    first = finished[0]
    for run in finished:
        for name in _TASK:
            expected, given = getattr(first.result, name), getattr(run.result, name)
            if given != expected:
                raise MspeError(
                    f"runs that cannot be compared: {name} is {given} for variant {run.variant}, seed {run.seed}, but "
                    f"{expected} for variant {first.variant}, seed {first.seed}; remove the folder of the outdated run "
                    "and run `python -m mspe.ablation` again"
                )
    return first.result


def _first_reason(runs: Iterable[Run]) -> str:
    failed = next((run for run in runs if isinstance(run, FailedRun)), None)
    return "" if failed is None else f" (variant {failed.variant}, seed {failed.seed}: {failed.reason})"


def build_report(
    runs: Sequence[Run], baseline: str, predictions: Tables, sizes: Mapping[str, Int[Tensor, " graphs"]] | None
) -> Report:
    """Compare variants by their scores over seeds, each with the baseline.

    Parameters
    ----------
    runs
        Of every variant and seed, as `read_runs` gives them.
    baseline
        The variant that the others are compared with.
    predictions
        The table of every finished run, by variant and seed; not looked at without sizes.
    sizes
        `nodes` and `diameter` of the graphs that were scored, as `graph_sizes` gives them; None where a sample is not
        a graph.

    Returns
    -------
    Report
        With differences to the baseline, whose p values are adjusted over all variants (Holm), and to `all`, unless
        it is the baseline itself, of those called `without_…`, a family of tests of its own.

    Raises
    ------
    MspeError
        If no run has finished, two cannot be compared, or predictions are of other graphs than the sizes.
    """
    task = shared_task(runs)
    grouped = {
        name: [run for run in runs if run.variant == name] for name in dict.fromkeys(run.variant for run in runs)
    }
    finished = {name: [run for run in group if isinstance(run, FinishedRun)] for name, group in grouped.items()}
    scores = {name: {run.seed: run.score for run in group} for name, group in finished.items()}
    differences = _differences(scores, [name for name in scores if name != baseline], baseline)
    reduced = [] if baseline == _WHOLE else [name for name in scores if name.startswith(_WITHOUT)]
    to_all = _differences(scores, reduced, _WHOLE)
    bins = {name: quantile_bins(values) for name, values in (sizes or {}).items()}
    comparable = bool(scores.get(baseline))

    def describe(name: str, group: Sequence[Run]) -> VariantReport:
        variant = VariantReport(
            name=name,
            **_state(group),
            scores=list(scores[name].values()),
            **vars(statistics_over_seeds(list(scores[name].values()))),
            difference=differences.get(name),
            difference_to_all=to_all.get(name),
            **_costs(finished[name]),
            gates=_mean_gates(finished[name]),
            **_errors_by_size(finished[name], predictions.get(name, {}), sizes, bins),
        )
        return replace(variant, verdict=_verdict(variant, baseline, comparable, task.minimized))

    return Report(
        task_type=task.task_type,
        metric=task.metric,
        minimized=task.minimized,
        split=task.split,
        baseline=baseline,
        seeds=list(dict.fromkeys(run.seed for run in runs)),
        variants=[describe(name, group) for name, group in grouped.items()],
        bins={"nodes": bins.get("nodes"), "diameter": bins.get("diameter")},
        environment=_environment(finished.values()),
    )


def _state(group: Sequence[Run]) -> dict[str, Any]:
    reasons = [f"seed {run.seed}: {run.reason}" for run in group if isinstance(run, FailedRun)]
    missing = any(isinstance(run, MissingRun) for run in group)
    status = "failed" if reasons else "missing" if missing else "finished"
    return {
        "status": status,
        "reasons": reasons,
        "seeds": [run.seed for run in group if isinstance(run, FinishedRun)],
    }


def _differences(scores: Scores, names: Sequence[str], reference: str) -> dict[str, Difference | None]:
    """Of these variants to the reference: one family of tests."""
    pairs = {name: paired_difference(scores[name], scores.get(reference, {})) for name in names}
    adjusted = holm([None if pair is None else pair.p for pair in pairs.values()])
    return {
        name: pair and replace(pair, p_holm=p, distinguishable=None if p is None else p < _LEVEL)
        for (name, pair), p in zip(pairs.items(), adjusted, strict=True)
    }


def _verdict(variant: VariantReport, baseline: str, comparable: bool, minimized: bool) -> str:
    """A variant in words, from what else is known of it; `comparable`: the baseline has scores."""
    difference = variant.difference
    if variant.mean is None:
        return variant.status
    if variant.name == baseline:
        return "the baseline"
    if difference is None:
        reason = f"no seed in common with {baseline}" if comparable else f"{baseline} has no scores"
        return f"no comparison: {reason}"
    if difference.distinguishable is None:
        return "one seed: no test possible"
    if not difference.distinguishable:
        return "not distinguishable from noise"
    return f"{'better' if (difference.mean < 0) == minimized else 'worse'} than {baseline}"


def _costs(finished: Sequence[FinishedRun]) -> dict[str, Any]:
    if not finished:
        return {}
    costs = [run.cost for run in finished]
    epochs = [cost.epoch_seconds for cost in costs if cost.epoch_seconds is not None]
    return {
        "parameters": finished[0].result.parameters,
        "encode_seconds": median(cost.encode_seconds for cost in costs),
        "epoch_seconds": median(epochs) if epochs else None,
        "peak_memory_mb": round(median(cost.peak_memory_mb for cost in costs)),
    }


def _mean_gates(finished: Sequence[FinishedRun]) -> dict[str, dict[str, float]]:
    """Of every channel, over the seeds that have it: a trained scale has a name of its own in each seed."""
    values: dict[str, dict[str, list[float]]] = {}
    for run in finished:
        for place, weights in run.result.gates.items():
            for channel, weight in weights.items():
                values.setdefault(place, {}).setdefault(channel, []).append(weight)
    return {place: {channel: fmean(seeds) for channel, seeds in channels.items()} for place, channels in values.items()}


def _errors_by_size(
    finished: Sequence[FinishedRun],
    predictions: Mapping[int, Mapping[str, Sequence[float]]],
    sizes: Mapping[str, Int[Tensor, " graphs"]] | None,
    bins: Mapping[str, Sequence[SizeBin]],
) -> dict[str, Any]:
    if sizes is None or not finished:
        return {}
    graphs = len(sizes["nodes"])
    error = torch.stack([_graph_errors(run, predictions[run.seed], graphs) for run in finished]).mean(dim=0)
    return {f"error_by_{name}": mean_by_bin(error, values, bins[name]) for name, values in sizes.items()}


def _graph_errors(run: FinishedRun, table: Mapping[str, Sequence[float]], graphs: int) -> Float[Tensor, " graphs"]:
    errors = sample_errors(table, run.result.task)
    if len(errors) != graphs:
        raise MspeError(
            f"variant {run.variant}, seed {run.seed}: its predictions are of {len(errors)} graphs, but the "
            f"{run.result.split} split has {graphs}; the data has changed since, run `python -m mspe.ablation` again"
        )
    return errors


def _environment(groups: Iterable[Sequence[FinishedRun]]) -> list[str]:
    """Every line once: with two, the runs were made by two machines, versions or commits."""
    return list(dict.fromkeys(line for group in groups for run in group for line in run.cost.environment))
