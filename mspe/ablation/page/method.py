"""How the comparison was done, as sentences."""

from mspe.ablation.report import Report
from mspe.ablation.rounds import percent
from mspe.ablation.text import plan_lines
from mspe.ablation.wording import counted, metric_name


def method(report: Report) -> list[str]:
    """Return the plan, the data, the statistics and their limits, a sentence or two each."""
    return [*plan_lines(report), *_floor(report), _data(report), _statistics(report), *_corrections(report)]


def _floor(report: Report) -> list[str]:
    floor = report.plan.floor
    if not floor:
        return []
    return [f"However many seeds there are, a difference below {percent(floor)} would stay invisible on these data."]


def _data(report: Report) -> str:
    about = report.about
    seeds = sorted({seed for v in report.variants if v.confirm is not None for seed in v.confirm.seeds})
    confirmed = f"Confirmed with {counted(len(seeds), 'seed')} ({_ranges(seeds)}), fresh ones. " if seeds else ""
    return (
        f"{confirmed}Splits: {about.splits}. Verdicts are of the {about.split} part and its "
        f"{metric_name(about.metric)}, {'less' if about.minimized else 'more'} being better; the screen is scored on "
        "val, so that choosing from it cannot flatter a verdict."
    )


def _ranges(seeds: list[int]) -> str:
    whole = len(seeds) > 2 and seeds == list(range(seeds[0], seeds[-1] + 1))
    return f"{seeds[0]} to {seeds[-1]}" if whole else ", ".join(map(str, seeds))


def _statistics(report: Report) -> str:
    comparisons = counted(report.comparisons, "comparison")
    return (
        f"Each variant is compared with {report.baseline} by a paired t test over seeds. All statements on the "
        f"{comparisons} hold together with a chance of {report.level_name} (Bonferroni). “Better” and “worse”: the "
        f"interval is beyond 0. “The same”: the difference is shown to lie within ± {100 * report.margin:g} % of the "
        "baseline's error by two one-sided tests. Else undecided."
    )


def _corrections(report: Report) -> list[str]:
    lines = []
    if report.ratio > 0:
        lines.append(
            "As every seed draws its own split, training parts overlap; intervals are widened for that by the "
            f"correction of Nadeau and Bengio (2003) with n_test / n_train = {report.ratio:.2g}."
        )
    if report.looks > 1:
        lines.append(
            f"Verdicts were read {report.looks} times, with seeds added in between: a chance difference is then found "
            f"more often than the stated {100 * report.level:g} %."
        )
    return lines
