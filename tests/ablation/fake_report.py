"""Made-up comparisons: simulated scores, judged as real ones are."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from mspe.ablation.report import About, BucketDifference, Costs, Report, Scale, Scores, VariantReport
from mspe.ablation.rounds import Plan
from mspe.ablation.verdicts import Estimate, Verdict, judge
from mspe.pipeline.buckets import Axis, Bucket

WALKS, TIMES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32), (0.25, 0.5, 1, 2, 4, 8, 16, 32)
SINGLE = {f"only_walk_{k}": Scale("walk", k) for k in WALKS} | {f"only_heat_{t:g}": Scale("heat", t) for t in TIMES}
SMALL = {"none": 0.0, "hkse": -0.09, "all": -0.089, "rwse": -0.004, "lappe": -0.02}
"""True changes of the error, as shares of the baseline's."""
LARGE = SMALL | {"rrwp": -0.05, "signnet": 0.06, "bonds": 0.01, "ppr": -0.03, "without_heat": -0.05, "spectrum": -0.01}
LARGE |= {"degree": 0.0, "without_walk": -0.07}
LARGE |= {f"only_walk_{k}": -0.07 * np.exp(-((np.log2(k) - 3) ** 2) / 3) for k in WALKS}
LARGE |= {f"only_heat_{t:g}": -0.085 * np.exp(-((np.log2(t) - 1.5) ** 2) / 4) for t in TIMES}
CONFIRMED = ("hkse", "all", "only_heat_4", "rwse", "lappe")
BUCKETS: dict[Axis, list[tuple[int, int, int]]] = {
    "diameter": [(0, 4, 95), (5, 6, 99), (7, 8, 105), (9, 11, 92), (12, 40, 98)],
    "size": [(2, 9, 101), (10, 14, 96), (15, 19, 98), (20, 27, 95), (28, 122, 99)],
}


def fake_report(
    changes: dict[str, float] = LARGE,
    confirmed: Sequence[str] = CONFIRMED,
    seeds: int = 14,
    metric: str = "mae",
    error: float = 0.412,
    noise: float = 0.02,
    ratio: float = 0.0,
    failed: Sequence[str] = (),
    missing: Sequence[str] = (),
    screened: bool = True,
) -> Report:
    """Return a comparison of variants whose errors are `error` times one plus a change, and noise.

    `confirmed` are compared with the baseline, `none`, on `seeds` fresh seeds. What `failed` has no score, nor has what
    is `missing`.
    """
    random = np.random.default_rng(7)
    minimized = metric == "mae"
    confirmed = [name for name in confirmed if name in changes and name not in {*failed, *missing}]
    margin = 0.05

    def scores(name: str, count: int) -> list[float]:
        errors = error * (1 + changes[name] + noise * random.standard_normal(count))
        return [float(value) if minimized else 1 - float(value) for value in errors]

    absent = {*failed, *missing}
    drawn = {name: (scores(name, 3), scores(name, max(seeds, 1))) for name in changes}
    variants = []
    for name, change in changes.items():
        screen, confirm, verdict = None, None, None
        if name not in absent and screened:
            screen, _ = _scores(drawn, name, 0, list(range(3)), 1, margin * error, minimized, 0.0, "none" in absent)
        if name not in absent and seeds and (name in confirmed or (name == "none" and confirmed)):
            fresh = list(range(100, 100 + seeds))
            confirm, verdict = _scores(
                drawn, name, 1, fresh, len(confirmed), margin * error, minimized, ratio, "none" in absent
            )
        variants.append(
            VariantReport(
                name=name,
                encodings=f"the encoding <{name}>",
                failures=["screen, seed 2: out of memory, loss <nan> & 'quoted'"] if name in failed else [],
                missing=3 if name in missing else 0,
                screen=screen,
                confirm=confirm,
                verdict=verdict,
                scale=SINGLE.get(name),
                buckets=_by_bucket(change, error, random) if verdict else {},
                curve={} if name in absent else _curve(error * (1 + change), random, 60 if confirm else 20),
                costs=None
                if name in absent
                else Costs(258_973 - 100 * len(name), 0.4 * len(name), 1.2 + 0.1 * len(variants), 505, 9_400_000),
            )
        )
    return Report(
        about=About(
            dataset="nci" if minimized else "digits",
            graphs=2310,
            target="octanol–water partition (logP)" if minimized else "whether a digit is even",
            task_type="regression" if minimized else "classification",
            target_level="graph",
            metric=metric,
            minimized=minimized,
            split="test",
            splits="each seed draws its own" if ratio else "one for all seeds",
            model="Graph Transformer, 4 layers of width 64",
            training="AdamW, learning rate 0.001, batches of 64",
            jobs=2,
            date="2026-11-26",
            seconds=3400.0,
            environment=["2 x made-up processor", "python 3.11.7", "torch 2.13.0", "commit abc1234"],
        ),
        baseline="none",
        margin=margin,
        plan=Plan(
            3600, 2, len(changes), 3 if screened else 0, 20, len(confirmed), seeds, 60, 3500.0, 0.022, 0.031, 0.0
        ),
        ratio=ratio,
        comparisons=len(confirmed),
        looks=1,
        variants=variants,
    )


def _scores(
    drawn: dict[str, tuple[list[float], list[float]]],
    name: str,
    place: int,
    seeds: list[int],
    comparisons: int,
    margin: float,
    minimized: bool,
    ratio: float,
    without_baseline: bool,
) -> tuple[Scores, Any]:
    values = drawn[name][place]
    std = float(np.std(values, ddof=1)) if len(values) > 1 else None
    estimate, verdict = None, None
    if name != "none" and not without_baseline:
        differences = [a - b for a, b in zip(values, drawn["none"][place], strict=True)]
        estimate, verdict = judge(differences, comparisons, margin, minimized, ratio)
    return Scores(seeds, values, float(np.mean(values)), std, estimate), verdict


def _by_bucket(change: float, error: float, random: np.random.Generator) -> dict[Axis, list[BucketDifference]]:
    found: dict[Axis, list[BucketDifference]] = {}
    for axis, ranges in BUCKETS.items():
        found[axis] = []
        for place, numbers in enumerate(ranges):
            base = error * (0.7 + 0.2 * place)
            mean, half = base * (change * (0.4 + 0.4 * place) + 0.005 * random.standard_normal()), 0.03 * base
            estimate = Estimate(mean, mean - half, mean + half, half / 2, 14, 0.01)
            beyond = abs(mean) > half
            verdict = Verdict("better" if mean < 0 else "worse", within_margin=False) if beyond else None
            found[axis].append(BucketDifference(Bucket(*numbers), base, estimate, verdict))
    return found


def _curve(end: float, random: np.random.Generator, epochs: int) -> dict[str, list[float]]:
    epoch = np.arange(1, epochs + 1)
    loss = end * (1 + 1.5 * np.exp(-epoch / 8) + 0.01 * random.standard_normal(epochs))
    columns = {"epoch": epoch, "train_loss": 0.9 * loss, "val_loss": loss}
    return {name: values.tolist() for name, values in columns.items()}


def read_report(values: dict[str, Any]) -> Report:
    """Return the report that `Report.to_json` wrote."""
    return Report.from_json(values, "test")
