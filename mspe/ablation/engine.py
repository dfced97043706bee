"""The comparison itself: a screen of all variants, a confirmation of the best with fresh seeds, and the report."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from statistics import fmean

from mspe.ablation.build import paired, read_rounds, report_of
from mspe.ablation.config import AblationParams
from mspe.ablation.declarations import with_epochs
from mspe.ablation.design import best_test_share, visible_with_share
from mspe.ablation.launch import launch
from mspe.ablation.noise import Noise, noise_of
from mspe.ablation.plans import CONFIRM_SEED, Rounds, read_or_plan
from mspe.ablation.records import FailedRun, FinishedRun, is_done
from mspe.ablation.report import Report
from mspe.ablation.rounds import Plan, with_promise
from mspe.ablation.study import RoundName, Run, Study
from mspe.ablation.variant import Variant
from mspe.dataset import UnsplitDataset

logger = logging.getLogger(__name__)

_PILOT_SEEDS = 3
_CLEARLY = 0.9
"""A smallest visible difference of at most so much of another one is clearly smaller."""


class Engine:
    """Runs what is missing of a comparison.

    Parameters
    ----------
    study
        Its folder.
    dataset
        What the variants are trained on.
    variants
        Written out, the baseline among them.
    ablation
        The baseline, the rounds, the margin.
    jobs
        Runs at a time.
    """

    def __init__(
        self, study: Study, dataset: UnsplitDataset, variants: Sequence[Variant], ablation: AblationParams, jobs: int
    ) -> None:
        self.study, self.dataset, self.variants, self.ablation, self.jobs = study, dataset, variants, ablation, jobs
        self.baseline = ablation.baseline

    @property
    def ratio(self) -> float:
        """ρ: n_test / n_train where every seed draws its own split, else 0."""
        if not self._drawn:
            return 0.0
        parts = self.dataset.divide(0, self.ablation.test_share).positions
        return len(parts[self.study.settings.split]) / len(parts["train"])

    @property
    def _drawn(self) -> bool:
        return self.dataset.is_drawn and self.ablation.splits == "each"

    def compare(self, more: bool = False) -> Report:
        """Run both rounds, as far as they have not been run, and report.

        Parameters
        ----------
        more
            Whether seeds are added to a comparison that has been reported, as many as the undecided verdicts ask for;
            where a budget was given, as far as the same budget goes once more.

        Raises
        ------
        InterruptionError
            If a signal came; the same call goes on where it stopped.
        MspeError
            If the budget is too small, or a record is damaged.
        """
        self._divide([CONFIRM_SEED])
        self.study.write_variants("confirm", self.variants)
        rounds = read_or_plan(self.study, self.variants, self.ablation, self.jobs)
        rounds = self._screen(rounds)
        rounds = self._confirm(rounds)
        if more and rounds.looks[-1:] == (rounds.what.confirm_seeds,):
            rounds = self._add_seeds(rounds)
        if rounds.looks[-1:] != (rounds.what.confirm_seeds,):
            rounds = rounds.model_copy(update={"looks": (*rounds.looks, rounds.what.confirm_seeds)})
            rounds.save(self.study)
        return self._report(rounds)

    def _report(self, rounds: Rounds) -> Report:
        return report_of(self.study, self.dataset, self.variants, self.ablation, rounds, self.ratio)

    def _screen(self, rounds: Rounds) -> Rounds:
        """The first round, and what it chooses."""
        plan = rounds.what
        if not plan.screen_seeds:
            return self._chosen(rounds, [variant.name for variant in self.variants])
        short = [replace(v, training=with_epochs(v.training, plan.screen_epochs)) for v in self.variants]
        self.study.write_variants("screen", short)
        names, seeds = [variant.name for variant in self.variants], rounds.screen_seeds
        if rounds.confirmed is None:
            self._run("screen", self._pilot(), seeds)
            self._say(self._promise(rounds, "screen", self._pilot(), seeds))
        self._run("screen", names, seeds)
        if rounds.confirmed is None:
            rounds = self._chosen(rounds, self._best(rounds))
            rounds = self._paced(rounds)
            rounds = self._promise(rounds, "screen", names, seeds)
            logger.info("after the screen: %s", rounds.what.describe())
            rounds.save(self.study)
        return rounds

    def _confirm(self, rounds: Rounds) -> Rounds:
        """The second round."""
        plan, confirmed = rounds.what, rounds.confirmed or ()
        full = [
            replace(v, training=with_epochs(v.training, plan.epochs)) if v.training.epochs != plan.epochs else v
            for v in self.variants
        ]
        self.study.write_variants("confirm", full)
        seeds = rounds.confirm_seeds[:_PILOT_SEEDS]
        if plan.smallest_visible is None:
            self._run("confirm", self._pilot(), seeds)
            self._say(self._promise(rounds, "confirm", self._pilot(), seeds))
        self._run("confirm", confirmed, seeds)
        rounds = self._promised(rounds, confirmed, seeds)
        self._run("confirm", confirmed, rounds.confirm_seeds)
        return rounds

    def _promised(self, rounds: Rounds, confirmed: Sequence[str], seeds: Sequence[int]) -> Rounds:
        """The plan with a promise by the first seeds of full trainings, whose noise is not that of the short ones."""
        told = self._promise(rounds, "confirm", confirmed, seeds)
        if told != rounds:
            told.save(self.study)
            self._say(told)
        return told

    def _add_seeds(self, rounds: Rounds) -> Rounds:
        """More seeds of the second round, where they can decide what is undecided."""
        verdicts = {variant.name: variant.verdict for variant in self._report(rounds).confirmed}
        undecided = {name: v.more_seeds for name, v in verdicts.items() if v is not None and v.word == "undecided"}
        wanted = max((count for count in undecided.values() if count is not None), default=0)
        if not wanted:
            reason = "no number of seeds would decide" if undecided else "nothing is undecided"
            logger.info("no seeds are added: %s", f"{reason} ({', '.join(undecided)})" if undecided else reason)
            return rounds
        plan = rounds.what
        if self.ablation.minutes is not None:
            wanted = min(wanted, max(1, int(60 * self.ablation.minutes / self._seconds_per_seed(rounds))))
        logger.info("%d seeds are added to the %d of the confirming round", wanted, plan.confirm_seeds)
        rounds = rounds.with_plan(replace(plan, confirm_seeds=plan.confirm_seeds + wanted))
        rounds.save(self.study)
        return self._confirm(rounds)

    def _pilot(self) -> list[str]:
        """The baseline and one more variant, that with the most channels: their first runs tell the noise."""
        others = [variant for variant in self.variants if variant.name != self.baseline]
        richest = max(others, key=lambda v: len(v.bank.node_channels) + len(v.bank.pair_channels))
        return [self.baseline, richest.name]

    def _run(self, name: RoundName, variants: Sequence[str], seeds: Sequence[int]) -> None:
        """Make the runs of a round that have not been made, seed by seed."""
        self._divide(seeds)
        runs = [Run(name, variant, seed) for seed in seeds for variant in variants]
        todo = [run for run in runs if not is_done(self.study, run)]
        if todo:
            done = len(runs) - len(todo)
            logger.info(
                "%s: %d of %d runs are done; %d to do, %d at a time", name, done, len(runs), len(todo), self.jobs
            )
            launch(self.study, todo, self.jobs)

    def _divide(self, seeds: Sequence[int]) -> None:
        for seed in seeds:
            if self.study.division_path(seed).exists():
                self.study.division(seed)  # refused here where it is damaged, and not by each of its runs
                continue
            drawn = seed if self._drawn else self.dataset.params.split_seed
            self.study.write_division(seed, self.dataset.divide(drawn, self.ablation.test_share))

    def _best(self, rounds: Rounds) -> list[str]:
        """The baseline, the named variants, and the best of the others by the screen, in the declared order."""
        sure = {self.baseline, *self.ablation.named}
        minimized, means = None, {}
        records = read_rounds(self.study, "screen", [v.name for v in self.variants], rounds.screen_seeds)
        for name, runs in records.items():
            if name in sure or any(isinstance(run, FailedRun) for run in runs):
                continue
            differences = paired(runs, records[self.baseline])
            finished = [run for run in runs if isinstance(run, FinishedRun)]
            if differences:
                minimized = finished[0].result.minimized
                means[name] = fmean(differences.values())
        ranked = sorted(means, key=lambda name: means[name], reverse=not minimized)
        chosen = {*sure, *ranked[: rounds.what.confirmed - len(sure) + 1]}
        return [variant.name for variant in self.variants if variant.name in chosen]

    def _chosen(self, rounds: Rounds, names: Sequence[str]) -> Rounds:
        plan = replace(rounds.what, confirmed=len(names) - 1)
        return rounds.with_plan(plan).model_copy(update={"confirmed": tuple(names)})

    def _promise(self, rounds: Rounds, name: RoundName, variants: Sequence[str], seeds: Sequence[int]) -> Rounds:
        """The plan with what it will be able to see, by the spread of the runs so far."""
        noise = noise_of(self.study, read_rounds(self.study, name, variants, seeds), self.baseline)
        if noise is None or not rounds.what.confirmed:
            return rounds
        plan = with_promise(rounds.what, noise.deviation, self.ratio)
        return rounds.with_plan(self._with_better_share(plan, noise))

    def _with_better_share(self, plan: Plan, noise: Noise) -> Plan:
        """The plan with another share of the graphs to test with, where that sees clearly more."""
        plan = replace(plan, better_share=None, visible_with_it=None)
        if noise.training is None or noise.graph is None or plan.smallest_visible is None:
            return plan
        if not (self._drawn and self.dataset.takes_test_share):
            return plan
        given = (noise.training, noise.graph, len(self.dataset.graphs), plan.confirm_seeds, plan.confirmed)
        share = best_test_share(*given)
        visible = visible_with_share(share, *given)
        if visible > _CLEARLY * plan.smallest_visible:
            return plan
        return replace(plan, better_share=share, visible_with_it=visible)

    def _say(self, rounds: Rounds) -> None:
        logger.info("%s", rounds.what.describe())
        warning = rounds.what.warning()
        if warning is not None:
            logger.warning("%s", warning)
        advice = rounds.what.advice()
        if advice is not None:
            logger.info("%s", advice)

    def _paced(self, rounds: Rounds) -> Rounds:
        """The seeds of the second round that fit into what is left of a budget, by the time that the first one took."""
        plan = rounds.what
        if plan.budget is None:
            return rounds
        records = read_rounds(self.study, "screen", [v.name for v in self.variants], rounds.screen_seeds)
        runs = [run for group in records.values() for run in group if isinstance(run, FinishedRun)]
        if not runs:
            return rounds
        taken = sum(run.cost.seconds for run in runs)
        foreseen = sum(plan.screen_epochs * rounds.timings[run.run.variant].epoch for run in runs)
        start = max(timing.start for timing in rounds.timings.values())
        left = plan.budget - (taken + start * len(runs)) / self.jobs
        seeds = int(left / (self._seconds_per_seed(rounds) * max(taken / foreseen, 1e-9)))
        return rounds.with_plan(replace(plan, confirm_seeds=max(2, min(seeds, ceil(1.5 * plan.confirm_seeds)))))

    def _seconds_per_seed(self, rounds: Rounds) -> float:
        """Of the second round, as it was foreseen."""
        timings = [rounds.timings[name] for name in rounds.confirmed or ()]
        return sum(timing.start + rounds.what.epochs * timing.epoch for timing in timings) / self.jobs
