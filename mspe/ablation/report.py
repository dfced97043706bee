"""The comparison of variants as one object: what `metrics/ablation.json`, the table, the page and the terminal show."""

from dataclasses import asdict, dataclass, field
from typing import Any

from mspe.pipeline.statistics import CONFIDENCE


@dataclass(frozen=True)
class Difference:
    """A variant's score minus another one's, paired by seed.

    Attributes
    ----------
    mean, interval
        Over the seeds that both have; with one seed there is no interval (95 %, t).
    p, p_holm
        Of the paired t test, two-sided, and adjusted over its family of tests; None with one seed.
    distinguishable
        Whether the adjusted p is below 0.05; None without a test.
    """

    mean: float
    interval: list[float] | None = None
    p: float | None = None
    p_holm: float | None = None
    distinguishable: bool | None = None


@dataclass(frozen=True)
class SizeBin:
    """A range of sizes, both ends included, and how many graphs lie in it."""

    first: int
    last: int
    graphs: int


@dataclass(frozen=True)
class VariantReport:
    """One variant over its seeds.

    Attributes
    ----------
    name
        As it is declared.
    status, reasons
        `finished`, `failed` with a reason per failed seed, or `missing`.
    seeds, scores
        Those that have finished.
    mean, std, interval
        Of the scores, as `SeedStatistics` has them.
    difference, difference_to_all
        To the baseline, and of variants that leave something out to the whole bank; None where nothing is compared.
    parameters, encode_seconds, epoch_seconds, peak_memory_mb
        Costs, medians over seeds.
    gates
        Learned weight of every channel, mean over seeds, by `node` and `pair`.
    error_by_nodes, error_by_diameter
        Mean error of the graphs of each bin; None where samples are no graphs.
    verdict
        In words.
    """

    name: str
    status: str
    reasons: list[str] = field(default_factory=list)
    seeds: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    mean: float | None = None
    std: float | None = None
    interval: list[float] | None = None
    difference: Difference | None = None
    difference_to_all: Difference | None = None
    parameters: int | None = None
    encode_seconds: float | None = None
    epoch_seconds: float | None = None
    peak_memory_mb: int | None = None
    gates: dict[str, dict[str, float]] = field(default_factory=dict)
    error_by_nodes: list[float | None] | None = None
    error_by_diameter: list[float | None] | None = None
    verdict: str = ""

    @property
    def score(self) -> float:
        """The mean of a variant that has one."""
        assert self.mean is not None, f"{self.name} has no mean"
        return self.mean

    def errors_by(self, size: str) -> list[float | None]:
        """Return the errors by `nodes` or `diameter`; empty where there are none."""
        return (self.error_by_nodes if size == "nodes" else self.error_by_diameter) or []


@dataclass(frozen=True)
class Report:
    """All variants, compared with the baseline.

    Attributes
    ----------
    task_type, metric, minimized, split
        What was scored, and whether less is better.
    baseline, seeds
        As they are declared.
    variants
        In the declared order.
    bins
        Ranges of `nodes` and `diameter`; None where samples are no graphs.
    environment
        Hardware, versions and commits of the runs, each once.
    """

    task_type: str
    metric: str
    minimized: bool
    split: str
    baseline: str
    seeds: list[int]
    variants: list[VariantReport]
    bins: dict[str, list[SizeBin] | None]
    environment: list[str]
    confidence: float = CONFIDENCE

    @property
    def tested(self) -> list[tuple[VariantReport, Difference]]:
        """The variants whose difference to the baseline was tested, with that difference."""
        compared = [(variant, variant.difference) for variant in self.variants if variant.difference is not None]
        return [(variant, difference) for variant, difference in compared if difference.distinguishable is not None]

    def variant(self, name: str) -> VariantReport | None:
        """Return a variant by its name; None where it was not declared."""
        return next((variant for variant in self.variants if variant.name == name), None)

    def to_json(self) -> dict[str, Any]:
        """Return what `metrics/ablation.json` holds; `scores` are the means alone, for `dvc metrics diff`."""
        return {
            "task_type": self.task_type,
            "metric": self.metric,
            "minimized": self.minimized,
            "split": self.split,
            "baseline": self.baseline,
            "seeds": self.seeds,
            "ddof": 1,
            "confidence": self.confidence,
            "scores": {variant.name: variant.mean for variant in self.variants if variant.mean is not None},
            "variants": [asdict(variant) for variant in self.variants],
            "bins": {
                size: bins and [{"from": bin.first, "to": bin.last, "graphs": bin.graphs} for bin in bins]
                for size, bins in self.bins.items()
            },
            "environment": self.environment,
        }
