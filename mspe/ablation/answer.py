"""The answer of a comparison: one or two sentences that need no table beside them."""

from collections.abc import Sequence

from mspe.ablation.report import Report, SizeBin, VariantReport
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

_MOST = 3
"""Variants of a kind that are named; of more, the others are counted."""
_OF = {"diameter": "of diameter {}", "nodes": "of {} nodes"}
"""Graphs by a size."""


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
    slight = [v for v in better if v.verdict is not None and v.verdict.within_margin]
    clear = [v for v in better if v not in slight]
    clauses = [_better(report, clear or slight) if better else _none_better(report, bool(undecided))]
    clauses += [f"{_with_sizes(report, slight)} {_helps(slight)} by {_too_little(report)}"] if clear and slight else []
    clauses += [_same(report, same)] if same else []
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


def _none_better(report: Report, open_ones: bool) -> str:
    verb = "lower" if report.about.minimized else "raise"
    return f"nothing is shown to {verb} {_score_of_baseline(report)}{' so far' if open_ones else ''}"


def _same(report: Report, variants: Sequence[VariantReport]) -> str:
    verb = "makes" if len(variants) == 1 else "make"
    return f"{listed([v.name for v in variants])} {verb} no difference of more than {_margin(report)}"


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
    """On which graphs the best variant is shown to gain, and most."""
    best = next((v for v in report.confirmed if v.verdict is not None and v.verdict.word == "better"), None)
    if best is None:
        return ""
    parts = [(size, part) for size in _OF for part in best.by_size.get(size, [])]
    changes = [(size, part.bin, relative(part.difference, part.baseline_error)) for size, part in parts]
    shown = [(found.mean, size, bin, found) for size, bin, found in changes if found and (found.high or 0) < 0]
    if not shown:
        return ""
    _, size, bin, found = min(shown, key=lambda one: one[0])
    mean, interval = _sizes(found, negative=True, unit=" %")
    return (
        f"{best.name} gains most on graphs {_OF[size].format(_between(bin))}: their error is {mean} lower ({interval})."
    )


def _between(bin: SizeBin) -> str:
    return str(bin.first) if bin.first == bin.last else f"{bin.first} to {bin.last}"


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
