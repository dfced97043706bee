"""What several comparisons say together, in cells and in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mspe.ablation.report import Report, VariantReport
from mspe.ablation.table import NOTHING
from mspe.ablation.verdicts import Estimate
from mspe.ablation.wording import counted, decimals, listed, number, relative, resolution, round_name

Standing = Literal["better", "worse", "same", "undecided", "screened", "none"]


@dataclass(frozen=True)
class MatrixCell:
    """An encoding on a dataset.

    Attributes
    ----------
    change, interval
        Of the error, in % of the baseline's: less than 0 is better. Empty where there is nothing to tell.
    standing
        The verdict; `screened` without one; `none` where it has no score.
    """

    change: str
    interval: str
    standing: Standing


def variant_names(reports: Sequence[Report]) -> list[str]:
    """Return the variants of all comparisons but the baseline, in the order in which they are declared."""
    names = dict.fromkeys(variant.name for report in reports for variant in report.variants)
    return [name for name in names if name != reports[0].baseline]


def cell(report: Report, name: str) -> MatrixCell:
    """Return how an encoding stands on a dataset."""
    found = next((variant for variant in report.variants if variant.name == name), None)
    if found is None or found.last is None or found.last.difference is None:
        return MatrixCell(NOTHING, "", "none")
    change = relative(_of_error(report, found.last.difference), _baseline_error(report, found))
    if change is None:
        return MatrixCell(NOTHING, "", "none")
    digits, interval = min(1, decimals(resolution(change))), ""
    if change.low is not None and change.high is not None:
        interval = f"{number(change.low, digits, '+')} to {number(change.high, digits, '+')}"
    return MatrixCell(number(change.mean, digits, "+"), interval, _standing(found))


def _of_error(report: Report, found: Estimate) -> Estimate:
    """A difference of scores as one of errors: less is better."""
    if report.about.minimized:
        return found
    low, high = (None if end is None else -end for end in (found.high, found.low))
    return Estimate(-found.mean, low, high, found.deviation, found.seeds, found.p)


def _baseline_error(report: Report, variant: VariantReport) -> float | None:
    """The baseline's error in the round of a variant's last scores."""
    share = report.share(1.0, round_name(variant))
    return None if share is None else 1 / abs(share)


def _standing(variant: VariantReport) -> Standing:
    return "screened" if variant.verdict is None else variant.verdict.word


def finding(reports: Sequence[Report]) -> str:
    """Return on which data each encoding is better, worse or the same; what is said of none is undecided there."""
    baseline, names = reports[0].baseline, variant_names(reports)
    standing = {(name, report.about.dataset): cell(report, name).standing for name in names for report in reports}

    def where(word: Standing) -> list[str]:
        found = {name: [data for (one, data), is_ in standing.items() if one == name and is_ == word] for name in names}
        return [f"{name} on {listed(data, len(data))}" for name, data in found.items() if data]

    clauses = [
        f"better than {baseline} {_are(where('better'))}"
        if where("better")
        else f"nothing is shown to beat {baseline}",
        f"worse {_are(where('worse'))}" if where("worse") else "",
        f"the same in practice {_are(where('same'))}" if where("same") else "",
    ]
    told = "; ".join(clause for clause in clauses if clause)
    confirmed = [is_ for is_ in standing.values() if is_ not in ("screened", "none")]
    undecided = confirmed.count("undecided")
    rest = f" Undecided: {undecided} of the {counted(len(confirmed), 'confirmed pair')}." if undecided else ""
    return f"{told[0].upper()}{told[1:]}.{rest}"


def _are(places: Sequence[str]) -> str:
    """Encodings with their data, in words."""
    return f"{'is' if len(places) == 1 else 'are'} {', '.join(places)}"
