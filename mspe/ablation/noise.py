"""The noise of paired differences: how much of it is between seeds, and how much of that is between graphs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from mspe.ablation.design import pooled_deviation
from mspe.ablation.records import FinishedRun, Record, read_table
from mspe.ablation.resolution import score_step
from mspe.ablation.study import Study
from mspe.ablation.verdicts import error_of
from mspe.pipeline.buckets import sample_errors


@dataclass(frozen=True)
class Noise:
    """Of a round's differences to the baseline, as shares of the baseline's error.

    Attributes
    ----------
    deviation
        s: between seeds, shared by the variants.
    training
        σ_train: what is left of s without the noise of which graphs are tested with.
    graph
        σ_graph: of the difference between single graphs, so that s² = σ_train² + σ_graph² / n_test. Both are None where
        the score is not a mean over graphs.
    """

    deviation: float
    training: float | None = None
    graph: float | None = None


def noise_of(study: Study, records: Mapping[str, Sequence[Record]], baseline: str) -> Noise | None:
    """Return the noise of some runs.

    Parameters
    ----------
    study
        Whose runs they are.
    records
        Of a round, by variant, the baseline among them.
    baseline
        What differences are to.

    Returns
    -------
    Noise or None
        None where no variant has two seeds in common with the baseline, or that makes no error.

    Raises
    ------
    MspeError
        If the predictions of a run are damaged.
    """
    pairs = {name: _pairs(runs, records[baseline]) for name, runs in records.items() if name != baseline}
    deviation = pooled_deviation({name: [a.score - b.score for a, b in found] for name, found in pairs.items()})
    finished = [run for run in records[baseline] if isinstance(run, FinishedRun)]
    if deviation is None:
        return None
    deviation = deviation or max(score_step(study, run) for run in finished)
    error = error_of(fmean(run.score for run in finished), finished[0].result.minimized)
    if error <= 0:
        return None
    found = [_spread(study, *pair) for of_variant in pairs.values() for pair in of_variant]
    spreads = [spread for spread in found if spread is not None]
    if len(spreads) < len(found):
        return Noise(deviation / error)
    graph, of_mean = (math.sqrt(fmean(values)) for values in zip(*spreads, strict=True))
    training = math.sqrt(max(deviation**2 - of_mean**2, 0.0))
    return Noise(deviation / error, training / error, graph / error)


def _pairs(runs: Sequence[Record], reference: Sequence[Record]) -> list[tuple[FinishedRun, FinishedRun]]:
    base = {run.run.seed: run for run in reference if isinstance(run, FinishedRun)}
    return [(run, base[run.run.seed]) for run in runs if isinstance(run, FinishedRun) and run.run.seed in base]


def _spread(study: Study, run: FinishedRun, reference: FinishedRun) -> tuple[float, float] | None:
    """The variance of the difference between graphs, and of its mean; None where the score is no mean over graphs."""
    one, other = (
        sample_errors(read_table(study, each.run, "predictions.csv"), each.result.task) for each in (run, reference)
    )
    difference = one - other
    difference = difference[~difference.isnan()]
    score = run.score - reference.score if run.result.minimized else reference.score - run.score
    if run.result.target_level != "graph" or difference.numel() < 2 or not _is_mean(difference.mean().item(), score):
        return None
    variance = difference.var().item()
    return variance, variance / difference.numel()


def _is_mean(difference: float, score: float) -> bool:
    return math.isclose(difference, score, rel_tol=1e-3, abs_tol=1e-6)
