"""The answer's sentence for each kind of finding."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import pytest

from mspe.ablation.answer import answer
from mspe.ablation.report import BucketDifference, Report, Scores
from mspe.ablation.verdicts import Estimate, Verdict, Word
from mspe.pipeline.buckets import Bucket
from tests.ablation.fake_report import SMALL, fake_report


def of(*verdicts: tuple[str, float, Verdict], minimized: bool = True, ratio: float = 0.0) -> Report:
    """Variants with a difference ± 0.01 and a verdict, against a baseline of 0.5."""
    base = fake_report({"none": 0.0, "a": 0.0}, ["a"], metric="mae" if minimized else "roc_auc")
    first, other = base.variants
    baseline = replace(first, confirm=Scores([1, 2], [0.5, 0.5], 0.5, 0.0, None))
    others = [
        replace(
            other, name=name, verdict=verdict,
            confirm=Scores([1, 2], [0.5] * 2, 0.5 + mean, 0.0, Estimate(mean, mean - 0.01, mean + 0.01, 0.01, 2, 0.1)),
        )
        for name, mean, verdict in verdicts
    ]  # fmt: skip
    return replace(base, variants=[baseline, *others], ratio=ratio, comparisons=len(others))


BETTER, WORSE, SAME = Verdict("better", False), Verdict("worse", False), Verdict("same", True)
SLIGHT, OPEN, HOPELESS = Verdict("better", True), Verdict("undecided", False, 12), Verdict("undecided", False)
NO_USE = "nothing is shown to lower the test MAE of the baseline none (0.500)"


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        (
            [("a", -0.05, BETTER), ("b", -0.04, BETTER), ("c", 0.0, SAME), ("d", -0.01, OPEN)],
            "On nci, a lowers the test MAE of the baseline none (0.500) by 10.0 % (95 % interval 8.0 to 12.0 %), as "
            "does b (8.0 %, 6.0 to 10.0 %); c makes no difference of more than 5 %; d is undecided: about 12 more "
            "seeds would decide.",
        ),
        (
            [("a", -0.015, SLIGHT)],
            "On nci, a lowers the test MAE of the baseline none (0.500) by 3.0 % (95 % interval 1.0 to 5.0 %), less "
            "than the 5 % that would matter.",
        ),
        ([("a", 0.0, SAME), ("b", 0.0, SAME)], f"On nci, {NO_USE}: a and b make no difference of more than 5 %."),
        ([("a", 0.05, WORSE)], f"On nci, {NO_USE}: worse is a (10.0 %, 8.0 to 12.0 %)."),
        ([("a", 0.01, OPEN)], f"On nci, {NO_USE} so far: a is undecided: about 12 more seeds would decide."),
    ],
)
def test_verdicts_become_a_sentence(verdicts: list, sentence: str) -> None:
    assert answer(of(*verdicts)) == sentence


def test_where_no_number_of_seeds_decides_more_data_is_the_advice() -> None:
    text = answer(of(("a", 0.0, HOPELESS), ratio=0.25))
    assert "no number of seeds would decide while every seed draws its own split of these data: use more data" in text


def test_where_the_baseline_makes_no_error_nothing_can_be_better() -> None:
    report = of(("a", 0.0, HOPELESS), ("b", 0.0, HOPELESS), ("c", -0.05, WORSE), minimized=False)
    perfect = {
        v.name: replace(v, confirm=replace(v.confirm, values=[1.0, 1.0], mean=1.0))
        for v in report.variants
        if v.name != "c" and v.confirm
    }
    text = answer(replace(report, variants=[perfect.get(v.name, v) for v in report.variants]))
    assert text.startswith(
        "On digits, the baseline none makes no error (test ROC-AUC 1.00), so nothing can be better: a and b make none "
        "either; worse is c (0.050,"
    )


def test_what_is_maximised_is_told_in_the_scores_unit() -> None:
    text = answer(of(("a", 0.04, BETTER), ("b", 0.0, SAME), minimized=False))
    assert text == (
        "On digits, a raises the test ROC-AUC of the baseline none (0.500) by 0.040 (95 % interval 0.030 to 0.050); "
        "b makes no difference of more than 0.025."
    )


def test_of_many_variants_the_first_are_named_and_the_others_counted() -> None:
    text = answer(of(*((f"v{place}", 0.0, SAME) for place in range(9))))
    assert "v0, v1, v2, v3 and 5 others make no difference" in text


def test_a_baseline_that_failed_leaves_no_answer() -> None:
    text = answer(fake_report(SMALL, failed=["none"]))
    assert text.startswith("There is no answer: the baseline none failed, so nothing can be compared with it (screen,")


def test_without_a_confirmation_the_screen_gives_a_hint() -> None:
    report = fake_report(SMALL, confirmed=[], seeds=0)
    share = -100 * report.share(report.variant("hkse").screen.difference.mean, "screen")
    found = re.search(
        r"nothing is confirmed yet; so far, (\w+) looks best, with a val MAE that is (\S+) % lower", answer(report)
    )
    assert found and found[1] in ("hkse", "all") and float(found[2]) >= round(share, 1)
    assert answer(report).endswith("which is a hint, no verdict.")


def test_nothing_trained_is_said() -> None:
    assert "has not been trained" in answer(fake_report(SMALL, missing=["none"]))


def test_what_failed_and_what_is_missing_ends_the_answer() -> None:
    text = answer(fake_report(SMALL, failed=["lappe", "rwse"], missing=["all"]))
    assert text.endswith(". rwse and lappe failed; 3 runs are missing.")


def test_where_the_best_gains_most_is_told_with_an_interval() -> None:
    report = fake_report(SMALL)
    parts = [(size, part) for size, found in report.variant("hkse").buckets.items() for part in found]
    size, most = min(parts, key=lambda one: one[1].difference.mean / one[1].baseline_error)
    assert (size, most.bucket.first, most.bucket.last) == ("size", 28, 122)
    share = -100 * most.difference.mean / most.baseline_error
    assert f"hkse gains most on graphs of 28 to 122 nodes: their error is {share:.1f} % lower (" in answer(report)


def test_where_is_not_told_without_a_better_one_or_an_interval_beyond_zero() -> None:
    assert "gains most" not in answer(fake_report({"none": 0.0, "hkse": 0.0, "rwse": 0.0}, confirmed=["hkse", "rwse"]))
    report = fake_report(SMALL)
    wide = {
        size: [replace(part, difference=None, verdict=None) for part in parts]
        for size, parts in report.variant("hkse").buckets.items()
    }
    variants = [replace(v, buckets=wide) if v.name == "hkse" else v for v in report.variants]
    assert "gains most" not in answer(replace(report, variants=variants))


def by_distance(report: Report, words: Sequence[str]) -> Report:
    """The same with buckets of distances, whose verdicts for hkse are these."""
    means = {"better": -0.2, "undecided": -0.02, "worse": 0.2}
    parts = []
    for place, word in enumerate(words):
        bucket, mean = Bucket(1 + 3 * place, 3 + 3 * place, 100), means[word] - 0.01 * place
        estimate = Estimate(mean, mean - 0.04, mean + 0.04, 0.02, 14, 0.01)
        parts.append(BucketDifference(bucket, 1.0, estimate, Verdict(cast(Word, word), False)))
    return replace(
        report, variants=[replace(v, buckets={"distance": parts} if v.name == "hkse" else {}) for v in report.variants]
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["undecided", "better", "better"], "helps beyond 3 hops, most at 7 to 9: the error there is 22.0 % lower ("),
        (["undecided", "undecided", "better"], "helps beyond 6 hops: the error there is 22.0 % lower"),
        (["better", "better", "worse"], "helps up to 6 hops, most at 4 to 6: the error there is 21.0 % lower"),
        (["better", "better"], "helps at every distance, most at 4 to 6: "),
        (["worse", "better", "worse"], "helps at 4 to 6 hops: "),
        (["better", "worse", "better"], "helps at 1 to 3 and 7 to 9 hops, most at 7 to 9: "),
        (["better"], "helps at 1 to 3 hops: "),
    ],
)  # fmt: skip
def test_up_to_or_beyond_which_distance_the_best_helps(words: list[str], told: str) -> None:
    assert f"hkse {told}" in answer(by_distance(fake_report(SMALL), words))


def test_help_at_a_distance_is_told_even_where_none_is_shown_on_all_samples() -> None:
    report = by_distance(of(("hkse", 0.001, OPEN)), ["undecided", "better"])
    text = answer(report)
    assert "nothing is shown to lower" in text
    assert text.endswith("hkse helps beyond 3 hops: the error there is 21.0 % lower (17.0 to 25.0 %).")
    assert "helps" not in answer(by_distance(report, ["undecided", "worse"]))
