"""The steps of a score: a share of n samples is a multiple of 1 / n."""

from mspe.ablation.records import FinishedRun, read_table
from mspe.ablation.study import Study
from mspe.pipeline.buckets import sample_errors


def score_step(study: Study, run: FinishedRun) -> float:
    """Return the smallest step of a run's score: 1 / n of an accuracy over n samples, 0 of a score without steps.

    Where few samples are scored, runs of all seeds may agree to the last digit, which shows a deviation below such a
    step and no more.

    Raises
    ------
    MspeError
        If the run's predictions are damaged.
    """
    if run.result.metric != "accuracy":
        return 0.0
    errors = sample_errors(read_table(study, run.run, "predictions.csv"), run.result.task)
    return 1 / max(1, int((~errors.isnan()).sum()))
