"""From the runs of both rounds to the report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mspe.ablation.config import AblationParams
from mspe.ablation.declarations import describe_bank, single_scale
from mspe.ablation.plans import Rounds
from mspe.ablation.records import FailedRun, FinishedRun, MissingRun, Record, read_run, read_table
from mspe.ablation.report import About, BucketDifference, Costs, Report, Scale, Scores, VariantReport
from mspe.ablation.resolution import score_step
from mspe.ablation.study import ROUNDS, RoundName, Run, StoredDivision, Study
from mspe.ablation.variant import Variant
from mspe.ablation.verdicts import Verdict, error_of, judge
from mspe.common.errors import MspeError
from mspe.dataset import UnsplitDataset
from mspe.graphs import GraphSchema
from mspe.pipeline.buckets import (
    Axis,
    Bucket,
    default_axes,
    describe_distance,
    quantile_buckets,
    sample_errors,
    sample_rows,
    sample_values,
)
from mspe.pipeline.statistics import statistics_over_seeds
from mspe.pipeline.summary import mean_curve
from mspe.tasks import is_minimized, task_of

Records = dict[str, list[Record]]
"""Of a round, by variant."""


def read_rounds(study: Study, name: RoundName, variants: Sequence[str], seeds: Sequence[int]) -> Records:
    """Read what the runs of a round have left, by variant.

    Raises
    ------
    MspeError
        If a record is damaged.
    """
    return {variant: [read_run(study, Run(name, variant, seed)) for seed in seeds] for variant in variants}


def paired(runs: Iterable[Record], reference: Iterable[Record]) -> dict[int, float]:
    """Return the scores minus the reference's, by seed, of the seeds that both have."""
    base = {run.run.seed: run.score for run in reference if isinstance(run, FinishedRun)}
    finished = [run for run in runs if isinstance(run, FinishedRun)]
    return {run.run.seed: run.score - base[run.run.seed] for run in finished if run.run.seed in base}


def report_of(
    study: Study,
    dataset: UnsplitDataset,
    variants: Sequence[Variant],
    ablation: AblationParams,
    rounds: Rounds,
    ratio: float,
) -> Report:
    """Compare what the runs have left.

    Parameters
    ----------
    study, dataset, variants, ablation, rounds
        What is compared.
    ratio
        ρ: n_test / n_train where every seed draws its own split, else 0.

    Returns
    -------
    Report
        Verdicts rest on the confirming round alone, corrected for its comparisons and, where seeds were added to them,
        for how often verdicts were read: at look k each of m comparisons is made at level α / (k m).

    Raises
    ------
    MspeError
        If a record is damaged.
    """
    schema = study.division(rounds.confirm_seeds[0]).graph_schema
    builder = _Builder(study, ablation, rounds, ratio, schema, is_minimized(schema.metric, None))
    reports = [builder.variant(variant) for variant in variants]
    finished = [run for name in ROUNDS for run in builder.finished(name)]
    about = About(
        dataset=schema.name,
        graphs=len(study.graphs),
        target=_target(schema),
        task_type=schema.task_type,
        target_level=schema.target_level,
        metric=schema.metric,
        minimized=builder.minimized,
        split=study.settings.split,
        splits=_splits(dataset, ablation),
        model=_model(variants[0]),
        training=_training(variants[0], rounds),
        jobs=rounds.what.jobs,
        date=date.today().isoformat(),
        seconds=sum(run.cost.seconds for run in finished),
        distance=describe_distance(study.graphs, schema.target_level),
        environment=list(dict.fromkeys(line for run in finished for line in run.cost.environment)),
    )
    return Report(
        about=about,
        baseline=ablation.baseline,
        margin=ablation.margin,
        plan=rounds.what,
        ratio=ratio,
        comparisons=builder.comparisons,
        looks=max(1, len(rounds.looks)),
        variants=reports,
    )


@dataclass
class _Builder:
    """Turns the runs of a variant into its report."""

    study: Study
    ablation: AblationParams
    rounds: Rounds
    ratio: float
    schema: GraphSchema
    minimized: bool

    def __post_init__(self) -> None:
        names = self.ablation.variants
        confirmed = [name for name in names if name in (self.rounds.confirmed or ())]
        self.records: dict[RoundName, Records] = {
            "screen": read_rounds(self.study, "screen", names, self.rounds.screen_seeds),
            "confirm": read_rounds(self.study, "confirm", confirmed, self.rounds.confirm_seeds),
        }
        self.comparisons = max(0, len(confirmed) - 1)
        self.tests = max(1, self.comparisons) * max(1, len(self.rounds.looks))
        axes = self._axes() if self.finished("confirm") else ()
        level = self.schema.target_level
        self.values = {axis: sample_values(axis, self.study.graphs, level) for axis in axes}
        self.buckets = {axis: quantile_buckets(values) for axis, values in self.values.items()}
        self._errors: dict[Run, tuple[Tensor, Tensor]] = {}

    def _axes(self) -> tuple[Axis, ...]:
        """What verdicts are given by, beside those on all samples."""
        if self.ablation.by is None:
            return default_axes(self.study.graphs, self.schema.target_level)
        return () if self.ablation.by == "none" else (self.ablation.by,)

    def finished(self, name: RoundName) -> list[FinishedRun]:
        """The runs of a round that have a score."""
        return [run for runs in self.records[name].values() for run in runs if isinstance(run, FinishedRun)]

    def variant(self, variant: Variant) -> VariantReport:
        """One variant over both rounds."""
        groups = {name: self.records[name].get(variant.name, []) for name in ROUNDS}
        every = [record for name in ROUNDS for record in groups[name]]
        done = {name: [run for run in groups[name] if isinstance(run, FinishedRun)] for name in ROUNDS}
        scale = single_scale(variant.bank)
        confirm, verdict = self._confirmed(groups["confirm"])
        return VariantReport(
            name=variant.name,
            encodings=describe_bank(variant.bank),
            failures=[f"{r.run.round}, seed {r.run.seed}: {r.reason}" for r in every if isinstance(r, FailedRun)],
            missing=sum(isinstance(record, MissingRun) for record in every),
            screen=self._screened(groups["screen"]),
            confirm=confirm,
            verdict=verdict,
            scale=None if scale is None else Scale(*scale),
            buckets=self._by_bucket(done["confirm"]) if variant.name != self.ablation.baseline else {},
            curve=self._curve(done["confirm"] or done["screen"]),
            costs=_costs(done["confirm"] or done["screen"]),
        )

    def _screened(self, runs: Sequence[Record]) -> Scores | None:
        scores = _scores(runs)
        if scores is None or not runs or runs[0].run.variant == self.ablation.baseline:
            return scores
        differences = list(paired(runs, self.records["screen"][self.ablation.baseline]).values())
        if not differences:
            return scores
        estimate, _ = judge(differences, 1, 0.0, self.minimized, self.ratio, self._step(runs))
        return Scores(scores.seeds, scores.values, scores.mean, scores.std, estimate)

    def _confirmed(self, runs: Sequence[Record]) -> tuple[Scores | None, Verdict | None]:
        scores = _scores(runs)
        baseline = _scores(self.records["confirm"].get(self.ablation.baseline, []))
        if scores is None or baseline is None or runs[0].run.variant == self.ablation.baseline:
            return scores, None
        differences = list(paired(runs, self.records["confirm"][self.ablation.baseline]).values())
        if not differences:
            return scores, None
        margin = self.ablation.margin * error_of(baseline.mean, self.minimized)
        estimate, verdict = judge(differences, self.tests, margin, self.minimized, self.ratio, self._step(runs))
        return Scores(scores.seeds, scores.values, scores.mean, scores.std, estimate), verdict

    def _step(self, runs: Sequence[Record]) -> float:
        return max((score_step(self.study, run) for run in runs if isinstance(run, FinishedRun)), default=0.0)

    def _by_bucket(self, runs: Sequence[FinishedRun]) -> dict[Axis, list[BucketDifference]]:
        base = {run.run.seed: run for run in self.finished("confirm") if run.run.variant == self.ablation.baseline}
        pairs = [(run, base[run.run.seed]) for run in runs if run.run.seed in base]
        if not pairs:
            return {}
        return {
            axis: [self._bucket(pairs, axis, bucket) for bucket in buckets]
            for axis, buckets in self.buckets.items()
            if buckets
        }

    def _bucket(self, pairs: Sequence[tuple[FinishedRun, FinishedRun]], axis: Axis, bucket: Bucket) -> BucketDifference:
        differences, errors = [], []
        for run, reference in pairs:
            samples, error = self._sample_errors(run)
            _, expected = self._sample_errors(reference)
            inside = bucket.holds(self.values[axis][samples]) & ~(error.isnan() | expected.isnan())
            if bool(inside.any()):
                differences.append((error - expected)[inside].mean().item())
                errors.append(expected[inside].mean().item())
        if not errors:
            return BucketDifference(bucket, None, None, None)
        baseline_error = sum(errors) / len(errors)
        tests = self.tests * sum(map(len, self.buckets.values()))
        estimate, verdict = judge(differences, tests, self.ablation.margin * baseline_error, True, self.ratio)
        return BucketDifference(bucket, baseline_error, estimate, verdict)

    def _sample_errors(self, run: FinishedRun) -> tuple[Int[Tensor, " scored"], Float[Tensor, " scored"]]:
        """Which of all samples a run was scored on, and how wrong it was on each."""
        if run.run not in self._errors:
            samples = self._scored_samples(self.study.division(run.run.seed), run.result.split)
            errors = sample_errors(read_table(self.study, run.run, "predictions.csv"), run.result.task)
            if len(errors) != len(samples):
                raise MspeError(
                    f"{self.study.run_folder(run.run)}: its predictions are of {len(errors)} samples, but the "
                    f"{run.result.split} part has {len(samples)}; remove the folder and run the same command again"
                )
            self._errors[run.run] = samples, errors
        return self._errors[run.run]

    def _scored_samples(self, division: StoredDivision, part: str) -> Int[Tensor, " scored"]:
        """Which of all samples a part's predictions are of: where nodes are split, all, since it has all graphs."""
        level = self.schema.target_level
        count = len(self.study.graphs)
        graphs = torch.arange(count) if division.unit == "node" else torch.tensor(division.positions[part])
        return sample_rows(self.study.graphs, level, graphs)

    def _curve(self, runs: Sequence[FinishedRun]) -> dict[str, list[float]]:
        return dict(mean_curve([read_table(self.study, run.run, "curve.csv") for run in runs])) if runs else {}


def _scores(runs: Sequence[Record]) -> Scores | None:
    finished = [run for run in runs if isinstance(run, FinishedRun)]
    statistics = statistics_over_seeds([run.score for run in finished])
    if statistics.mean is None:
        return None
    seeds, values = [run.run.seed for run in finished], [run.score for run in finished]
    return Scores(seeds, values, statistics.mean, statistics.std, difference=None)


def _costs(runs: Sequence[FinishedRun]) -> Costs | None:
    if not runs:
        return None
    counts = [run.cost.multiply_adds for run in runs if run.cost.multiply_adds is not None]
    epochs = [run.cost.epoch_seconds for run in runs if run.cost.epoch_seconds is not None]
    return Costs(
        parameters=runs[0].result.parameters,
        encode_seconds=median(run.cost.encode_seconds for run in runs),
        epoch_seconds=median(epochs) if epochs else None,
        peak_memory_mb=round(median(run.cost.peak_memory_mb for run in runs)),
        multiply_adds=round(median(counts)) if counts else None,
    )


def _target(schema: GraphSchema) -> str:
    named = f" ({', '.join(schema.classes)})" if 0 < len(schema.classes) <= 3 else ""
    count = "" if schema.num_classes <= 1 else f", {schema.num_classes} outputs"
    return f"{task_of(schema).name.replace('_', ' ')} per {schema.target_level}{count}{named}"


def _splits(dataset: UnsplitDataset, ablation: AblationParams) -> str:
    if dataset.is_drawn and ablation.splits == "each":
        share = "" if ablation.test_share is None else f", {100 * ablation.test_share:g} % of the graphs to test with"
        return f"each seed draws its own split, the same for all variants{share}"
    return "one split for all seeds"


def _model(variant: Variant) -> str:
    model = variant.model
    return f"{model.name.replace('_', ' ')}, {model.num_layers} layers, width {model.hidden_dim}, {model.norm} norm"


def _training(variant: Variant, rounds: Rounds) -> str:
    training = variant.training
    average = "" if training.ema is None else f", averaged weights (decay {training.ema:g})"
    return f"{rounds.what.epochs} epochs of batches of {training.batch_size}, {training.optimizer.type}{average}"
