"""A made-up ablation: a report as the comparison gives it, and the curves and predictions of its runs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.stats

from mspe.ablation.report import Difference, Report, SizeBin, VariantReport

CHANNELS = ["walk(1)", "walk(2)", "walk(4)", "walk(8)", "walk(16)"] + [
    f"heat({time:g})" for time in (0.25, 0.5, 1, 2, 4, 8, 16, 32)
]
SCALES = [name.replace("(", "_").removesuffix(")") for name in CHANNELS]
SMALL = ["none", "all", "only_walk", "only_heat", "without_walk", "without_heat"]
LARGE = [
    *["none", "all", "rwse", "rrwp", "only_walk", "only_heat"],
    *[f"{change}_{scale}" for change in ("only", "without") for scale in SCALES],
]
SIZES = {
    "nodes": [(2, 9, 101), (10, 14, 96), (15, 19, 98), (20, 27, 95), (28, 122, 99)],
    "diameter": [(0, 4, 95), (5, 6, 99), (7, 8, 105), (9, 11, 92), (12, 40, 98)],
}


def report(
    names: Sequence[str] = SMALL,
    seeds: Sequence[int] = (0, 1, 2),
    failed: str = "",
    missing: str = "",
    metric: str = "mae",
) -> Report:
    """A report of the given variants, of a metric that is `mae` or, being higher, better."""
    minimized, random = metric == "mae", np.random.default_rng(0)
    centre = {name: 0.4 + 0.2 * random.random() for name in names} | {"none": 0.9, "all": 0.42}
    scores = {name: (centre[name] + 0.01 * random.standard_normal(len(seeds))).tolist() for name in names}
    if not minimized:
        scores = {name: [1 - score for score in values] for name, values in scores.items()}
    for name, done in ((failed, 1), (missing, 0)):
        if name:
            scores[name] = scores[name][:done]
    variants = [_variant(name, scores, list(seeds), minimized) for name in names]
    if failed:
        reasons = [f"seed {seed}: out of memory, loss <nan> & 'quoted'" for seed in seeds[1:]]
        place = list(names).index(failed)
        variants[place] = replace(variants[place], status="failed", reasons=reasons)
    return Report(
        task_type="regression" if minimized else "classification",
        metric=metric,
        minimized=minimized,
        split="test",
        baseline="none",
        seeds=list(seeds),
        variants=variants,
        bins={size: [SizeBin(*numbers) for numbers in ranges] for size, ranges in SIZES.items()},
        environment=["2 x made-up processor", "python 3.11.7", "torch 2.13.0"],
    )


def _variant(name: str, scores: dict[str, list[float]], seeds: list[int], minimized: bool) -> VariantReport:
    values = scores[name]
    mean = float(np.mean(values)) if values else None
    error = None if mean is None else mean if minimized else 1 - mean
    spread = len(values) > 1
    finished = len(values) == len(seeds)
    difference = None if name == "none" else _difference(values, scores["none"])
    to_all = _difference(values, scores["all"]) if name.startswith("without_") and "all" in scores else None
    index = list(scores).index(name)
    return VariantReport(
        name=name,
        status="finished" if finished else "missing",
        reasons=[],
        seeds=seeds[: len(values)],
        scores=values,
        mean=mean,
        std=float(np.std(values, ddof=1)) if spread else None,
        interval=_interval(values) if spread else None,
        difference=difference,
        difference_to_all=to_all,
        verdict=_verdict(name, difference, minimized) if values else "missing",
        parameters=258_973 - 1000 * index,
        encode_seconds=0.1 * index if values else None,
        epoch_seconds=3.0 + 0.1 * index if values else None,
        peak_memory_mb=500 + index if values else None,
        gates=_gates(name),
        error_by_nodes=_times(error, (0.6, 0.7, 0.9, 1.2, 1.8)),
        error_by_diameter=_times(error, (0.7, 0.8, 1.0, 1.1, 1.5)),
    )


def _times(value: float | None, factors: Sequence[float]) -> list[float] | None:
    return None if value is None else [value * factor for factor in factors]


def _interval(values: Sequence[float]) -> list[float]:
    return [
        float(end) for end in scipy.stats.t.interval(0.95, len(values) - 1, np.mean(values), scipy.stats.sem(values))
    ]


def _difference(values: Sequence[float], others: Sequence[float]) -> Difference | None:
    if not values or not others:
        return None
    mean = float(np.mean(values) - np.mean(others))
    if len(values) < 2 or len(others) < 2:
        return Difference(mean)
    test = scipy.stats.ttest_ind(values, others, equal_var=False)
    interval = [float(end) for end in test.confidence_interval()]
    p_holm = min(1.0, 5 * float(test.pvalue))
    return Difference(mean, interval, float(test.pvalue), p_holm, p_holm < 0.05)


def _verdict(name: str, difference: Difference | None, minimized: bool) -> str:
    if name == "none":
        return "the baseline"
    if difference is None or difference.distinguishable is None:
        return "one seed: no test possible"
    if not difference.distinguishable:
        return "not distinguishable from noise"
    return "better than none" if (difference.mean < 0) == minimized else "worse than none"


def _gates(name: str) -> dict[str, dict[str, float]]:
    if name == "none":
        return {}
    weights = np.random.default_rng(len(name)).lognormal(sigma=0.4, size=(2, len(CHANNELS)))
    weights /= weights.mean(axis=1, keepdims=True)
    return {
        place: dict(zip(CHANNELS, row.tolist(), strict=True))
        for place, row in zip(("node", "pair"), weights, strict=True)
    }


def curves(report: Report, epochs: int = 25) -> dict[str, dict[int, dict[str, list[float]]]]:
    """By variant and seed, losses that fall to about the variant's score."""
    result: dict[str, dict[int, dict[str, list[float]]]] = {}
    for variant in report.variants:
        for seed, score in zip(variant.seeds, variant.scores, strict=True):
            random = np.random.default_rng([seed, len(variant.name)])
            epoch = np.arange(1, epochs + 1)
            loss = score * (1 + 1.5 * np.exp(-epoch / 5) + 0.06 * random.standard_normal(epochs))
            columns = {"epoch": epoch, "train_loss": 0.9 * loss, "val_loss": loss, "lr": 1e-3 / epoch}
            table = {name: values.tolist() for name, values in columns.items()}
            result.setdefault(variant.name, {})[seed] = table
    return result


def predictions(report: Report, samples: int = 489, classes: int = 0) -> dict[str, dict[int, dict[str, list[float]]]]:
    """By variant and seed, predictions off the target by about the variant's score; one target is an outlier."""
    random = np.random.default_rng(1)
    target = (
        random.integers(classes, size=samples) if classes else np.append(2 * random.standard_normal(samples - 1), -80)
    )
    result: dict[str, dict[int, dict[str, list[float]]]] = {}
    for variant in report.variants:
        for seed, score in zip(variant.seeds, variant.scores, strict=True):
            if classes:
                kept = random.random(samples) < score
                prediction = np.where(kept, target, (target + 1) % classes)
                columns = {"target": target, "prediction": prediction, "probability": np.full(samples, score)}
            else:
                prediction = np.clip(target, -8, 8) + score * random.laplace(size=samples)
                columns = {"target": target, "prediction": prediction}
            table = {"index": np.arange(samples), **columns}
            result.setdefault(variant.name, {})[seed] = {name: values.tolist() for name, values in table.items()}
    return result


def read_report(values: dict[str, Any]) -> Report:
    """The report that `Report.to_json` wrote."""

    def difference(given: dict[str, Any] | None) -> Difference | None:
        return None if given is None else Difference(**given)

    variants = [
        VariantReport(
            **{
                **variant,
                "difference": difference(variant["difference"]),
                "difference_to_all": difference(variant["difference_to_all"]),
            }
        )
        for variant in values["variants"]
    ]
    bins = {
        size: found and [SizeBin(one["from"], one["to"], one["graphs"]) for one in found]
        for size, found in values["bins"].items()
    }
    names = ("task_type", "metric", "minimized", "split", "baseline", "seeds", "environment")
    return Report(**{name: values[name] for name in names}, variants=variants, bins=bins)
