"""The comparison of variants as one object: what the page, the table, the files and the terminal show."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from statistics import fmean
from typing import Any

from pydantic import TypeAdapter, ValidationError

from mspe.ablation.rounds import Plan
from mspe.ablation.verdicts import LEVEL, Estimate, Verdict, error_of
from mspe.common.errors import MspeError
from mspe.pipeline.buckets import Axis, Bucket


@dataclass(frozen=True)
class About:
    """Subject of the comparison: data, model and runs.

    Attributes
    ----------
    dataset, graphs
        Its name, and how many graphs it has in all.
    target
        What is predicted, in words.
    task_type, target_level
        As the dataset's schema has them.
    metric, minimized
        What is scored, and whether less is better.
    split
        The part that verdicts are of: `test`, unless another one is declared. The screen is scored on `val`.
    splits
        How the data are split, in words: each seed its own split, or one for all.
    model, training
        In words.
    jobs
        Runs at a time, one thread each.
    date
        Of the report, as 2026-11-26.
    seconds
        That all runs took together.
    environment
        Hardware, versions and commits of the runs, each once: with two, they were made by two machines or versions.
    distance
        What the distance of a sample is, in words; empty where it has none.
    """

    dataset: str
    graphs: int
    target: str
    task_type: str
    target_level: str
    metric: str
    minimized: bool
    split: str
    splits: str
    model: str
    training: str
    jobs: int
    date: str
    seconds: float
    environment: list[str]
    distance: str = ""


@dataclass(frozen=True)
class Scores:
    """A variant's runs of one round.

    Attributes
    ----------
    seeds, values
        Those that have ended with a score.
    mean, std
        Of the values; with one seed there is no deviation (ddof 1).
    difference
        To the baseline, paired by seed; None of the baseline itself, and without a seed in common. In the confirming
        round its interval is corrected for the number of comparisons; in the screen it is a plain 95 % one.
    """

    seeds: list[int]
    values: list[float]
    mean: float
    std: float | None
    difference: Estimate | None


@dataclass(frozen=True)
class BucketDifference:
    """The mean error of the samples of a bucket, minus the baseline's.

    Attributes
    ----------
    baseline_error
        The baseline's mean error there, over seeds; None where no scored sample lies in the bucket.
    difference
        Paired by seed, its interval corrected for all buckets and comparisons; None without a seed in common.
    verdict
        On that difference, the margin being of the baseline's error in the bucket; None with one seed, too.
    """

    bucket: Bucket
    baseline_error: float | None
    difference: Estimate | None
    verdict: Verdict | None


@dataclass(frozen=True)
class Scale:
    """Filter and scale of a variant that is a single channel."""

    filter: str
    value: float


@dataclass(frozen=True)
class Costs:
    """Medians over a variant's runs.

    Attributes
    ----------
    parameters
        Of the model.
    encode_seconds, epoch_seconds
        To encode all graphs, and of an epoch.
    peak_memory_mb
        Of the process.
    multiply_adds
        Of a training step, forward and backward, per graph; None of runs of an earlier version.
    """

    parameters: int
    encode_seconds: float
    epoch_seconds: float | None
    peak_memory_mb: int
    multiply_adds: int | None = None


@dataclass(frozen=True)
class VariantReport:
    """One variant.

    Attributes
    ----------
    name
        As it is declared.
    encodings
        What it consists of, in words.
    failures
        A reason for each run that failed, as `screen, seed 2: …`.
    missing
        Runs that have not been made yet.
    screen, confirm
        Its scores; None of a round that it was not in, or in which no run has a score.
    verdict
        None of the baseline, of variants that were not confirmed, and where there is no test.
    scale
        None of variants that are not of a single channel.
    buckets
        By `distance`, `diameter` or `size`; empty of the baseline and of variants that were not confirmed.
    curve
        Columns `epoch`, `train_loss` and `val_loss`, mean over the seeds of its last round; empty without runs.
    costs
        None without runs.
    """

    name: str
    encodings: str
    failures: list[str] = field(default_factory=list)
    missing: int = 0
    screen: Scores | None = None
    confirm: Scores | None = None
    verdict: Verdict | None = None
    scale: Scale | None = None
    buckets: dict[Axis, list[BucketDifference]] = field(default_factory=dict)
    curve: dict[str, list[float]] = field(default_factory=dict)
    costs: Costs | None = None

    @property
    def last(self) -> Scores | None:
        """Scores of the confirming round, else of the screen."""
        return self.confirm or self.screen


@dataclass(frozen=True)
class Report:
    """All variants, compared with the baseline.

    Attributes
    ----------
    about
        What was compared.
    baseline
        The variant that all others are compared with.
    margin
        A difference of at most this share of the baseline's error does not matter.
    plan
        What was run, and what it was expected to see.
    ratio
        ρ: n_test / n_train where every seed draws its own split, else 0.
    comparisons
        m: how many variants the confirming round compares with the baseline.
    looks
        How often verdicts were read: 1, and one more for each time that seeds were added to them.
    variants
        In the declared order.
    """

    about: About
    baseline: str
    margin: float
    plan: Plan
    ratio: float
    comparisons: int
    looks: int
    variants: list[VariantReport]
    level: float = LEVEL

    def variant(self, name: str) -> VariantReport:
        """Return a variant by its name.

        Raises
        ------
        KeyError
            If it was not declared.
        """
        return {variant.name: variant for variant in self.variants}[name]

    @property
    def level_name(self) -> str:
        """The chance that all intervals of the confirming round hold together, as `95 %`."""
        return f"{100 * (1 - self.level):g} %"

    @property
    def confirmed(self) -> list[VariantReport]:
        """The variants that have a verdict, the best first."""
        judged = [v for v in self.variants if v.verdict is not None and v.confirm and v.confirm.difference]
        return sorted(judged, key=self.gain, reverse=True)

    @property
    def baseline_error(self) -> float | None:
        """The baseline's error in its last round, of which differences are told as shares; None without a score."""
        last = self.variant(self.baseline).last
        return None if last is None else error_of(last.mean, self.about.minimized)

    def gain(self, variant: VariantReport) -> float:
        """By how much a variant's last round is better than the baseline, in units of the score."""
        assert variant.last is not None and variant.last.difference is not None, variant.name
        mean = variant.last.difference.mean
        return -mean if self.about.minimized else mean

    def share(self, value: float, scores: str = "confirm") -> float | None:
        """Return a change of the error as a share of the baseline's error in a round: less than 0 is better.

        Parameters
        ----------
        value
            A difference of scores to the baseline.
        scores
            The round, `confirm` or `screen`.
        """
        of_baseline: Scores | None = getattr(self.variant(self.baseline), scores)
        if of_baseline is None:
            return None
        error = error_of(of_baseline.mean, self.about.minimized)
        change = value if self.about.minimized else -value
        return change / error if error > 0 else None

    @property
    def realised_half_width(self) -> float | None:
        """The half width of confirmed differences, their root mean square, as a share of the baseline's error.

        So it is of the deviation that the variants share, as what the plan expects is; None without an interval.
        """
        widths = [width for v in self.confirmed if (width := self._half_width(v)) is not None]
        return math.sqrt(fmean(width**2 for width in widths)) if widths else None

    @property
    def warning(self) -> str | None:
        """A line where this can miss a difference that matters, as long as no interval says what it has seen."""
        return None if self.realised_half_width is not None else self.plan.warning()

    def _half_width(self, variant: VariantReport) -> float | None:
        difference = variant.confirm.difference if variant.confirm else None
        if difference is None or difference.low is None or difference.high is None:
            return None
        share = self.share((difference.high - difference.low) / 2)
        return None if share is None else abs(share)

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values; `scores` are the means alone, for `dvc metrics diff`."""
        scores = {v.name: v.last.mean for v in self.variants if v.last is not None}
        return {"scores": scores, "ddof": 1, "realised_half_width": self.realised_half_width, **asdict(self)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any], place: str) -> "Report":
        """Return the report that `to_json` wrote.

        Parameters
        ----------
        values
            What it wrote.
        place
            The file, for the message.

        Raises
        ------
        MspeError
            If it is none, or one of another version.
        """
        own = {name: value for name, value in values.items() if name in cls.__dataclass_fields__}
        try:
            return TypeAdapter(cls).validate_python(own)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the whole"
            raise MspeError(
                f"{place}: no comparison as this version saves it ({where}: {first['msg'].lower()}); compare again, "
                "and save it as .json"
            ) from None
