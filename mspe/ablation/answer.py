"""The answer of a comparison: one or two sentences that need no table beside them."""

from collections.abc import Sequence

from mspe.ablation.report import BucketDifference, Report, VariantReport
from mspe.ablation.wording import (
    Change,
    change,
    counted,
    decimals,
    in_percent,
    listed,
    metric_name,
    number,
    relative,
    resolution,
    score,
    scored_on,
)
from mspe.pipeline.buckets import AXES, Bucket

_MOST = 3
"""Variants of a kind that are named; of more, the others are counted."""
_GRAPHS = {"diameter": "of diameter {}", "size": "of {} nodes"}


def answer(report: Report) -> str:
    """Return what the comparison has found, in plain words with sizes and intervals.

    Parameters
    ----------
    report
        The comparison.

    Returns
    -------
    str
        The verdicts of the confirming round, the clear ones first; else what the screen hints at; else why there is no
        answer. Then on which graphs the best variant gains most, what failed and what is missing.
    """
    return " ".join(sentence for sentence in (_finding(report), _where(report), _incomplete(report)) if sentence)


def _finding(report: Report) -> str:
    baseline = report.variant(report.baseline)
    if baseline.last is None:
        if baseline.failures:
            return (
                f"There is no answer: the baseline {report.baseline} failed, so nothing can be compared with it "
                f"({baseline.failures[0]})."
            )
        return f"There is no answer yet: the baseline {report.baseline} has not been trained."
    if report.confirmed:
        return f"On {report.about.dataset}, {_verdicts(report)}."
    return f"On {report.about.dataset}, nothing is confirmed yet{_hint(report)}."


def _verdicts(report: Report) -> str:
    def of(word: str) -> list[VariantReport]:
        return [v for v in report.confirmed if v.verdict is not None and v.verdict.word == word]

    better, worse, same, undecided = (of(word) for word in ("better", "worse", "same", "undecided"))
    perfect = [v for v in undecided if _is_perfect(report, v)]
    undecided = [v for v in undecided if v not in perfect]
    slight = [v for v in better if v.verdict is not None and v.verdict.within_margin]
    clear = [v for v in better if v not in slight]
    clauses = [_better(report, clear or slight) if better else _none_better(report, bool(undecided))]
    clauses += [f"{_with_sizes(report, slight)} {_helps(slight)} by {_too_little(report)}"] if clear and slight else []
    clauses += [_same(report, same)] if same else []
    clauses += [_perfect(perfect)] if perfect else []
    clauses += [_worse(report, worse[::-1])] if worse else []
    clauses += _undecided(report, undecided)
    return ": ".join([clauses[0], "; ".join(clauses[1:])]) if not better else "; ".join(clauses)


def _better(report: Report, variants: Sequence[VariantReport]) -> str:
    best, *others = variants
    verb = "lowers" if report.about.minimized else "raises"
    mean, interval = _size(report, best)
    whole = f"{report.level_name} interval {interval}"
    clause = f"{best.name} {verb} {_score_of_baseline(report)} by {mean} ({whole})"
    if best.verdict is not None and best.verdict.within_margin:
        clause += f", {_too_little(report)}"
    if not others:
        return clause
    return f"{clause}, as {'do' if len(others) > 1 else 'does'} {_with_sizes(report, others)}"


def _helps(variants: Sequence[VariantReport]) -> str:
    return "helps" if len(variants) == 1 else "help"


def _too_little(report: Report) -> str:
    return f"less than the {_margin(report)} that would matter"


def _score_of_baseline(report: Report) -> str:
    baseline = report.variant(report.baseline)
    assert baseline.last is not None, report.baseline
    metric = metric_name(report.about.metric)
    return f"the {scored_on(report, baseline)} {metric} of the baseline {baseline.name} ({score(baseline.last.mean)})"


def _is_perfect(report: Report, variant: VariantReport) -> bool:
    """Whether a variant makes no error with any seed, as the baseline."""
    baseline = report.variant(report.baseline)
    assert baseline.last is not None and variant.last is not None, variant.name
    return report.baseline_error == 0.0 and variant.last.mean == baseline.last.mean


def _none_better(report: Report, open_ones: bool) -> str:
    if report.baseline_error == 0.0:
        baseline = report.variant(report.baseline)
        assert baseline.last is not None
        found = f"{scored_on(report, baseline)} {metric_name(report.about.metric)} {score(baseline.last.mean)}"
        return f"the baseline {baseline.name} makes no error ({found}), so nothing can be better"
    verb = "lower" if report.about.minimized else "raise"
    return f"nothing is shown to {verb} {_score_of_baseline(report)}{' so far' if open_ones else ''}"


def _same(report: Report, variants: Sequence[VariantReport]) -> str:
    verb = "makes" if len(variants) == 1 else "make"
    return f"{listed([v.name for v in variants])} {verb} no difference of more than {_margin(report)}"


def _perfect(variants: Sequence[VariantReport]) -> str:
    return f"{listed([v.name for v in variants])} {'makes' if len(variants) == 1 else 'make'} none either"


def _worse(report: Report, variants: Sequence[VariantReport]) -> str:
    return f"worse {'is' if len(variants) == 1 else 'are'} {_with_sizes(report, variants)}"


def _undecided(report: Report, variants: Sequence[VariantReport]) -> list[str]:
    """Clauses of those that more seeds would decide, and of those that none would."""
    more = {v.name: v.verdict.more_seeds for v in variants if v.verdict is not None and v.verdict.more_seeds}
    hopeless = [v.name for v in variants if v.name not in more]
    clauses = []
    if more:
        needed = counted(max(more.values()), "more seed")
        clauses.append(f"{_is(list(more))} undecided: about {needed} would decide")
    if hopeless:
        why = "" if report.ratio == 0 else " while every seed draws its own split of these data"
        clauses.append(f"{_is(hopeless)} undecided, and no number of seeds would decide{why}: use more data")
    return clauses


def _is(names: Sequence[str]) -> str:
    return f"{listed(names)} {'is' if len(names) == 1 else 'are'}"


def _with_sizes(report: Report, variants: Sequence[VariantReport]) -> str:
    return listed([f"{v.name} ({', '.join(_size(report, v))})" for v in variants], _MOST)


def _size(report: Report, variant: VariantReport) -> tuple[str, str]:
    """How much a variant with a verdict is better or worse, and from where to where that is certain."""
    found = change(report, variant)
    assert found is not None, variant.name
    worse = variant.verdict is not None and variant.verdict.word == "worse"
    return _sizes(found, negative=report.about.minimized != worse, unit=" %" if in_percent(report) else "")


def _sizes(found: Change, negative: bool, unit: str) -> tuple[str, str]:
    digits, sign = decimals(resolution(found)), -1 if negative else 1
    mean = f"{number(sign * found.mean, digits)}{unit}"
    if found.low is None or found.high is None:
        return mean, "one seed"
    low, high = sorted((sign * found.low, sign * found.high))
    return mean, f"{number(low, digits)} to {number(high, digits)}{unit}"


def _margin(report: Report) -> str:
    """The margin in the unit of the differences."""
    if in_percent(report) or report.baseline_error is None:
        return f"{100 * report.margin:g} %"
    margin = report.margin * report.baseline_error
    return number(margin, decimals(margin))


def _where(report: Report) -> str:
    """On which samples the best variant is shown to gain, and most; it may do so on a part alone."""
    best = next((v for v in report.confirmed if v.verdict is not None and v.verdict.word == "better"), None)
    best = best or max(report.confirmed, key=_buckets_won, default=None)
    if best is None:
        return ""
    parts = [(axis, part) for axis in AXES for part in best.buckets.get(axis, []) if _is_better(part)]
    changes = [(axis, part.bucket, relative(part.difference, part.baseline_error)) for axis, part in parts]
    shown = [(found.mean, axis, bucket, found) for axis, bucket, found in changes if found]
    if not shown:
        return ""
    _, axis, bucket, found = min(shown, key=lambda one: one[0])
    mean, interval = _sizes(found, negative=True, unit=" %")
    if axis != "distance":
        graphs = _GRAPHS[axis].format(_between(bucket))
        return f"{best.name} gains most on graphs {graphs}: their error is {mean} lower ({interval})."
    most = f", most at {_between(bucket)}" if len(parts) > 1 else ""
    span = _span([(part.bucket, _is_better(part)) for part in best.buckets["distance"]])
    return f"{best.name} helps {span}{most}: the error there is {mean} lower ({interval})."


def _span(buckets: Sequence[tuple[Bucket, bool]]) -> str:
    """The distances of the buckets that are marked, at least one.

    Examples
    --------
    >>> near, far = Bucket(1, 4, 50), Bucket(5, 9, 50)
    >>> _span([(near, False), (far, True)]), _span([(near, True), (far, False)]), _span([(near, True), (far, True)])
    ('beyond 4 hops', 'up to 4 hops', 'at every distance')
    """
    flags = [flag for _, flag in buckets]
    first, count = flags.index(True), sum(flags)
    if all(flags) and count > 1:
        return "at every distance"
    if first and all(flags[first:]):
        return f"beyond {counted(buckets[first - 1][0].last, 'hop')}"
    if count < len(flags) and all(flags[:count]):
        return f"up to {counted(buckets[count - 1][0].last, 'hop')}"
    return f"at {listed([_between(bucket) for bucket, flag in buckets if flag])} hops"


def _between(bucket: Bucket) -> str:
    return str(bucket).replace("–", " to ")


def _buckets_won(variant: VariantReport) -> int:
    return sum(_is_better(part) for parts in variant.buckets.values() for part in parts)


def _is_better(part: BucketDifference) -> bool:
    return part.verdict is not None and part.verdict.word == "better"


def _hint(report: Report) -> str:
    """What the screen makes one expect."""
    found = {v.name: change(report, v) for v in report.variants}
    compared = [v for v in report.variants if found[v.name] is not None]
    if not compared:
        return f", and no variant has been compared with the baseline {report.baseline}"
    best = max(compared, key=report.gain)
    metric, less = metric_name(report.about.metric), report.about.minimized
    best_change = found[best.name]
    assert best_change is not None
    if report.gain(best) <= 0:
        return f"; so far, no variant looks better than the baseline {report.baseline}"
    mean, interval = _sizes(best_change, less, " %" if in_percent(report) else "")
    interval = interval if best_change.low is None else f"{report.level_name} interval {interval}"
    return (
        f"; so far, {best.name} looks best, with a {scored_on(report, best)} {metric} that is {mean} "
        f"{'lower' if less else 'higher'} than that of the baseline {report.baseline} ({interval}), which is a hint, "
        "no verdict"
    )


def _incomplete(report: Report) -> str:
    without = [v.name for v in report.variants if v.failures and v.last is None and v.name != report.baseline]
    partly = [v.name for v in report.variants if v.failures and v.last is not None]
    missing = sum(variant.missing for variant in report.variants)
    facts = [
        f"{listed(without)} failed" if without else "",
        f"some runs of {listed(partly)} failed" if partly else "",
        f"{counted(missing, 'run')} {'is' if missing == 1 else 'are'} missing" if missing else "",
    ]
    told = "; ".join(fact for fact in facts if fact)
    return f"{told[0].upper() if told.startswith('some') else told[0]}{told[1:]}." if told else ""
