"""Names and numbers as a report's sentences, table and figures write them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mspe.ablation.report import Report, VariantReport
from mspe.ablation.verdicts import Estimate, Verdict

_METRICS = {
    "mae": "MAE",
    "mse": "MSE",
    "rmse": "RMSE",
    "median_ae": "median absolute error",
    "roc_auc": "ROC-AUC",
    "ap": "average precision",
    "f1": "F1",
    "mrr": "MRR",
}


def metric_name(metric: str) -> str:
    """Return a metric's name in prose.

    Examples
    --------
    >>> metric_name("roc_auc"), metric_name("weighted_accuracy")
    ('ROC-AUC', 'weighted accuracy')
    """
    return _METRICS.get(metric, metric.replace("_", " "))


@dataclass(frozen=True)
class Change:
    """A variant's difference to the baseline in the unit that the report tells differences in.

    Attributes
    ----------
    mean
        Of what is minimised, in % of the baseline's error, less than 0 being better; else in the score's own unit.
    low, high
        Of its interval; None with one seed.
    """

    mean: float
    low: float | None
    high: float | None


def in_percent(report: Report) -> bool:
    """Return whether changes are told in % of the baseline's error: where less is better and that error is not 0."""
    baseline = report.variant(report.baseline)
    scores = [scores for scores in (baseline.screen, baseline.confirm) if scores is not None]
    return report.about.minimized and all(one.mean > 0 for one in scores)


def change(report: Report, variant: VariantReport) -> Change | None:
    """Return the change in a variant's last round; None where it cannot be compared with the baseline."""
    if variant.last is None or variant.last.difference is None or variant.name == report.baseline:
        return None
    found = variant.last.difference
    ends = (found.mean, found.low, found.high)
    if not in_percent(report):
        return Change(*ends)
    return _percent([report.share(end, round_name(variant)) if end is not None else None for end in ends])


def _percent(shares: Sequence[float | None]) -> Change | None:
    mean, low, high = (None if share is None else 100 * share for share in shares)
    return None if mean is None else Change(mean, low, high)


def relative(found: Estimate | None, error: float | None) -> Change | None:
    """Return the change of an error in % of it; None where it is 0 or unknown."""
    if found is None or not error:
        return None
    return _percent([None if end is None else end / error for end in (found.mean, found.low, found.high)])


def round_name(variant: VariantReport) -> str:
    """Return the round of a variant's last scores: `confirm` or `screen`."""
    return "confirm" if variant.confirm is not None else "screen"


def scored_on(report: Report, variant: VariantReport) -> str:
    """Return the part of the data that a variant's last scores are of."""
    return report.about.split if variant.confirm is not None else "val"


def short(verdict: Verdict, margin: float) -> str:
    """Return a verdict as a mark for tables.

    Parameters
    ----------
    verdict
        What a difference shows.
    margin
        The share of the baseline's error that does not matter.

    Examples
    --------
    >>> short(Verdict("same", True), 0.05), short(Verdict("undecided", False, 12), 0.05)
    ('same ± 5 %', 'undecided (+12 seeds)')
    >>> short(Verdict("better", False), 0.05), short(Verdict("worse", True), 0.05)
    ('better', 'worse (< 5 %)')
    """
    within = f"{100 * margin:g} %"
    if verdict.word == "same":
        return f"same ± {within}"
    if verdict.word != "undecided":
        return f"{verdict.word} (< {within})" if verdict.within_margin else verdict.word
    if verdict.more_seeds is None:
        return "undecided (more data)"
    return f"undecided (+{counted(verdict.more_seeds, 'seed')})"


def decimals(resolution: float) -> int:
    """Return how many decimals show two digits of a number, such as half the width of an interval.

    Examples
    --------
    >>> decimals(2.31), decimals(23.1), decimals(0.0231)
    (1, 0, 3)
    """
    return max(0, 1 - math.floor(math.log10(abs(resolution)))) if resolution else 1


def number(value: float, digits: int, sign: str = "") -> str:
    """Return a number with some decimals, or with an exponent where that would be long.

    Examples
    --------
    >>> number(-1234.56, 1), number(-0.04, 1, "+"), number(2.5e9, 0)
    ('−1,234.6', '0.0', '2.5e+09')
    """
    if abs(value) >= 1e6 or digits > 6:
        return f"{value:{sign}.3g}".replace("-", "−")
    rounded = round(value, digits) + 0.0  # of −0.0 it makes 0.0
    return f"{rounded:{sign if rounded else ''},.{digits}f}".replace("-", "−")


def score(value: float) -> str:
    """Return a score with three digits.

    Examples
    --------
    >>> score(0.41234), score(0.5), score(5123.4)
    ('0.412', '0.500', '5,123')
    """
    return number(value, max(0, 2 - math.floor(math.log10(abs(value)))) if value else 1)


def resolution(found: Change) -> float:
    """Return the size whose first two digits a change is told with: half its interval, else the change itself."""
    half = 0.0 if found.low is None or found.high is None else (found.high - found.low) / 2
    return half or abs(found.mean)


def listed(names: Sequence[str], most: int = 4) -> str:
    """Return names as an enumeration, of many the first ones and how many others there are.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a", "b", "c", "d"], most=2), listed(["a", "b", "c"], most=2)
    ('a, b and c', 'a, b and 2 others', 'a, b and c')
    """
    rest = len(names) - most
    shown = [*names[:most], f"{rest} others"] if rest > 1 else list(names)
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def counted(count: int, noun: str) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> counted(1, "seed"), counted(1200, "seed")
    ('1 seed', '1,200 seeds')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
