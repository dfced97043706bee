"""Two rounds of training within a budget: all variants briefly, then the best ones with fresh seeds."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mspe.ablation.design import POWER, floor, smallest_visible
from mspe.ablation.verdicts import half_width
from mspe.common.errors import MspeError
from mspe.common.shown import shown

VISIBLE = 0.1
"""Share of the baseline's error: a plan that can miss such a difference is warned of."""

_SCREEN_SHARE = 0.35
"""Of the budget, at most."""
_SCREEN_SEEDS = (3, 2)
_SCREEN_PART = 3
"""A screen has that part of the epochs."""
_BEST = 3
_CONFIRM_SEEDS = 5
_AMPLE_SEEDS = 10
_LEAST_EPOCHS = 0.5
"""Share of a whole training's."""


@dataclass(frozen=True)
class Plan:
    """The two rounds, and what the second one will be able to see.

    Attributes
    ----------
    budget, jobs
        Seconds and runs at a time, as they were given; no budget where the rounds were declared.
    variants
        How many there are, the baseline among them.
    screen_seeds, screen_epochs
        Of the first round; 0 where there is none.
    confirmed
        How many variants the second round compares with the baseline.
    confirm_seeds, epochs
        Of the second round.
    seconds
        That both rounds take at most.
    half_width, smallest_visible
        Of the second round's differences, as shares of the baseline's error; None without a deviation.
    floor
        What `smallest_visible` cannot go below, however many seeds there are; None without a deviation.
    better_share, visible_with_it
        A share of the graphs to test with that would see clearly more, and the smallest difference visible then; None
        where none does, or it is not known.
    """

    budget: float | None
    jobs: int
    variants: int
    screen_seeds: int
    screen_epochs: int
    confirmed: int
    confirm_seeds: int
    epochs: int
    seconds: float
    half_width: float | None = None
    smallest_visible: float | None = None
    floor: float | None = None
    better_share: float | None = None
    visible_with_it: float | None = None

    def describe(self) -> str:
        """Return the plan as one line."""
        screen = f"{self.variants} variants screened with {self.screen_seeds} seeds of {_epochs(self.screen_epochs)}, "
        confirm = f"{self.confirmed} confirmed with {self.confirm_seeds} of {self.epochs}"
        alone = f"{self.confirmed} compared with {self.confirm_seeds} seeds of {_epochs(self.epochs)}"
        rounds = screen + confirm if self.screen_seeds else alone
        cores = "1 core" if self.jobs == 1 else f"{self.jobs} cores"
        line = f"{_duration(self.seconds if self.budget is None else self.budget)} on {cores}: {rounds}"
        if self.smallest_visible is None:
            return line
        return f"{line}; smallest visible difference about {percent(self.smallest_visible)}"

    def warning(self) -> str | None:
        """Return a line where a difference of 10 % of the baseline's error is not visible, with what helps."""
        if self.smallest_visible is None or self.smallest_visible <= VISIBLE:
            return None
        problem = (
            f"this plan can miss a difference of {percent(VISIBLE)} of the baseline's error: it sees those from about "
            f"{percent(self.smallest_visible)} on"
        )
        if self.floor is not None and self.floor >= VISIBLE:
            return f"{problem}, and more seeds none below {percent(self.floor)}; use more data or one fixed split"
        return f"{problem}; give it more time, more cores or fewer variants"

    def advice(self) -> str | None:
        """Return a line where another test part would see clearly more."""
        if self.better_share is None or self.visible_with_it is None:
            return None
        seen = percent(self.visible_with_it)
        return f"with test_share: {self.better_share:g} the smallest visible difference would be about {seen}"


@dataclass(frozen=True)
class _Machine:
    """How long runs take: a start and epochs each, `jobs` at a time."""

    jobs: int
    seconds_per_epoch: Mapping[str, float]
    start_seconds: float

    def run(self, variant: str, epochs: int) -> float:
        return self.start_seconds + epochs * self.seconds_per_epoch[variant]

    def tail(self, variants: Sequence[str], epochs: int) -> float:
        """The part of a round's time that does not grow with its seeds."""
        return (1 - 1 / self.jobs) * max(self.run(variant, epochs) for variant in variants)

    def per_seed(self, variants: Sequence[str], epochs: int) -> float:
        return math.fsum(self.run(variant, epochs) for variant in variants) / self.jobs  # in any order the same

    def round(self, variants: Sequence[str], seeds: int, epochs: int) -> float:
        """Return Graham's bound: in any order, runs of total time W, the longest L, take at most W/j + (1 − 1/j) L.

        Graham, Bounds on Multiprocessing Timing Anomalies, SIAM Journal on Applied Mathematics 17, 1969.
        """
        return seeds * self.per_seed(variants, epochs) + self.tail(variants, epochs) if seeds else 0.0


@dataclass(frozen=True)
class _Layout:
    """Two rounds with the fewest seeds that the second one may have."""

    screened: tuple[str, ...]
    screen_seeds: int
    confirmed: tuple[str, ...]
    """The baseline, the named ones, and of the others those that take longest, as the best are not known yet."""
    least_seeds: int
    epochs: int

    @property
    def screen_epochs(self) -> int:
        return max(1, self.epochs // _SCREEN_PART) if self.screen_seeds else 0

    def screen(self, machine: _Machine) -> float:
        return machine.round(self.screened, self.screen_seeds, self.screen_epochs)

    def seconds(self, machine: _Machine, seeds: int) -> float:
        return self.screen(machine) + machine.round(self.confirmed, seeds, self.epochs)

    def needed(self, machine: _Machine) -> float:
        """Return the smallest budget that allows it."""
        return max(self.screen(machine) / _SCREEN_SHARE, self.seconds(machine, self.least_seeds))

    def seeds_within(self, machine: _Machine, budget: float) -> int:
        rest = budget - self.seconds(machine, self.least_seeds)
        return self.least_seeds + max(0, math.floor(rest / machine.per_seed(self.confirmed, self.epochs)))


def plan_rounds(
    seconds: float,
    jobs: int,
    seconds_per_epoch: Mapping[str, float],
    start_seconds: float,
    epochs: int,
    baseline: str,
    named: Sequence[str] = (),
    deviation: float | None = None,
    ratio: float = 0.0,
    power: float = POWER,
) -> Plan:
    """Return what to train within a budget.

    The first round, the *screen*, trains all variants with 3 seeds, or 2, for a third of the epochs, in at most 35 % of
    the budget. The second one confirms: it trains the baseline, the named variants and the best 3 of the others with as
    many seeds as fit, at least 5. These seeds are fresh, so that having chosen the best does not flatter them. Where
    that does not fit, fewer of the others are confirmed; where one does not either, all train for fewer epochs, down to
    half. There is no screen where it has nothing to choose, or where all variants can be confirmed with 10 seeds.

    Parameters
    ----------
    seconds
        The budget.
    jobs
        Runs at a time.
    seconds_per_epoch
        Of every variant, the baseline among them, with that many runs at a time.
    start_seconds
        Of every run, whatever its epochs.
    epochs
        Of a whole training.
    baseline
        The variant that all others are compared with.
    named
        Variants to be confirmed in any case.
    deviation
        s, of the paired differences over seeds, as a share of the baseline's error; None where nothing is known of it.
    ratio, power
        As `smallest_visible` has them.

    Raises
    ------
    MspeError
        If an argument is not allowed, or the budget is too small: the message says what would do.

    Examples
    --------
    >>> costs = {name: 5.0 for name in ("none", "walk", "heat", "ppr", "wavelet", "spectrum", "all")}
    >>> plan = plan_rounds(3600, 2, costs, start_seconds=10, epochs=20, baseline="none", deviation=0.04)
    >>> print(plan.describe())
    60 minutes on 2 cores: 7 variants screened with 3 seeds of 6 epochs, 3 confirmed with 14 of 20; smallest visible \
difference about 3.9 %
    """
    _check(seconds, jobs, seconds_per_epoch, start_seconds, epochs, baseline, named)
    machine = _Machine(jobs, seconds_per_epoch, start_seconds)
    layouts = list(_layouts(machine, epochs, baseline, named))
    layout = next((layout for layout in layouts if layout.needed(machine) <= seconds), None)
    if layout is None:
        least = min(layout.needed(machine) for layout in layouts)
        raise MspeError(
            f"budget: got {_duration(seconds)} for {len(seconds_per_epoch)} variants of {_epochs(epochs)}, expected at "
            f"least {_duration(least)}; allow that much, or compare fewer variants or train for fewer epochs"
        )
    seeds = layout.seeds_within(machine, seconds)
    comparisons = len(layout.confirmed) - 1
    plan = Plan(
        budget=seconds,
        jobs=jobs,
        variants=len(seconds_per_epoch),
        screen_seeds=layout.screen_seeds,
        screen_epochs=layout.screen_epochs,
        confirmed=comparisons,
        confirm_seeds=seeds,
        epochs=layout.epochs,
        seconds=layout.seconds(machine, seeds),
    )
    return plan if deviation is None else with_promise(plan, deviation, ratio, power)


def declared_plan(
    jobs: int,
    seconds_per_epoch: Mapping[str, float],
    start_seconds: float,
    baseline: str,
    named: Sequence[str],
    best: int,
    screen: tuple[int, int],
    confirm: tuple[int, int],
) -> Plan:
    """Return rounds that were declared, with the time that they take.

    Parameters
    ----------
    jobs, seconds_per_epoch, start_seconds, baseline, named
        As `plan_rounds` has them.
    best
        How many of the other variants are confirmed.
    screen, confirm
        Seeds and epochs of each round; a screen of no seeds confirms all variants.

    Examples
    --------
    >>> costs = {name: 5.0 for name in ("none", "walk", "heat")}
    >>> print(declared_plan(2, costs, 10.0, "none", (), 1, screen=(2, 4), confirm=(10, 8)).describe())
    11 minutes on 2 cores: 3 variants screened with 2 seeds of 4 epochs, 1 confirmed with 10 of 8
    """
    _check(1.0, jobs, seconds_per_epoch, start_seconds, confirm[1], baseline, named)
    variants = tuple(seconds_per_epoch)
    sure = tuple(name for name in variants if name == baseline or name in named)
    others = sorted(set(variants) - set(sure), key=lambda name: (-seconds_per_epoch[name], name))
    chosen = (*sure, *others[:best]) if screen[0] else variants
    machine = _Machine(jobs, seconds_per_epoch, start_seconds)
    return Plan(
        budget=None,
        jobs=jobs,
        variants=len(variants),
        screen_seeds=screen[0],
        screen_epochs=screen[1] if screen[0] else 0,
        confirmed=len(chosen) - 1,
        confirm_seeds=confirm[0],
        epochs=confirm[1],
        seconds=machine.round(variants, *screen) + machine.round(chosen, *confirm),
    )


def with_promise(plan: Plan, deviation: float, ratio: float, power: float = POWER) -> Plan:
    """Return a plan with what its second round will be able to see.

    Parameters
    ----------
    plan
        With at least 2 confirming seeds.
    deviation, ratio, power
        As `plan_rounds` has them.
    """
    seeds, comparisons = plan.confirm_seeds, plan.confirmed
    return replace(
        plan,
        half_width=half_width(deviation, seeds, comparisons, ratio),
        smallest_visible=smallest_visible(deviation, seeds, comparisons, ratio, power),
        floor=floor(deviation, comparisons, ratio, power),
    )


def _layouts(machine: _Machine, epochs: int, baseline: str, named: Sequence[str]) -> Iterator[_Layout]:
    """All that may be done, the most wanted first."""
    variants = tuple(machine.seconds_per_epoch)
    sure = tuple(name for name in variants if name == baseline or name in named)
    others = sorted(set(variants) - set(sure), key=lambda name: (-machine.seconds_per_epoch[name], name))
    fewest = 1 if len(sure) == 1 else 0
    yield _Layout(variants, 0, variants, _AMPLE_SEEDS, epochs)
    for fewer_epochs in range(epochs, math.ceil(_LEAST_EPOCHS * epochs) - 1, -1):
        for best in range(min(_BEST, len(others)), fewest - 1, -1):
            chosen = (*sure, *others[:best])
            for screen_seeds in _SCREEN_SEEDS if 0 < best < len(others) else (0,):
                yield _Layout(variants, screen_seeds, chosen, _CONFIRM_SEEDS, fewer_epochs)


def _check(
    seconds: float,
    jobs: int,
    seconds_per_epoch: Mapping[str, float],
    start_seconds: float,
    epochs: int,
    baseline: str,
    named: Sequence[str],
) -> None:
    costs = {f"seconds_per_epoch.{name}": value for name, value in seconds_per_epoch.items()}
    for name, value in {"seconds": seconds, **costs}.items():
        if not 0 < value < math.inf:
            raise MspeError(f"{name}: got {shown(value)}, expected a finite number above 0")
    if not 0 <= start_seconds < math.inf:
        raise MspeError(f"start_seconds: got {shown(start_seconds)}, expected a finite number of at least 0")
    for name, count in (("jobs", jobs), ("epochs", epochs)):
        if count < 1:
            raise MspeError(f"{name}: got {shown(count)}, expected at least 1")
    unknown = [name for name in (baseline, *named) if name not in seconds_per_epoch]
    if unknown:
        raise MspeError(f"variants: got {', '.join(unknown)}, allowed: {', '.join(seconds_per_epoch)}")
    if len(seconds_per_epoch) < 2:
        raise MspeError(f"variants: got {baseline} alone, expected another one to compare with it")


def _epochs(count: int) -> str:
    return "1 epoch" if count == 1 else f"{count} epochs"


def percent(share: float) -> str:
    """Return a share in per cent, with two digits.

    Examples
    --------
    >>> percent(0.0312), percent(1.28)
    ('3.1 %', '130 %')
    """
    return f"{float(f'{100 * share:.2g}'):g} %"


def _duration(seconds: float) -> str:
    """A time, rounded up, so that what a message asks for is enough."""
    if seconds < 120:
        return f"{math.ceil(seconds)} seconds"
    return f"{math.ceil(seconds / 60)} minutes" if seconds < 7200 else f"{math.ceil(seconds / 360) / 10:g} hours"
