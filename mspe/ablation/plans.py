"""What a comparison runs: planned or declared once, kept in its folder, so that a continued one goes on with the same.

A plan belongs to a declaration, by its key; with another declaration a new one is made.
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from mspe.ablation.config import AblationParams
from mspe.ablation.launch import call
from mspe.ablation.probe import Timing, probe_command, read_timing, timing_path
from mspe.ablation.rounds import Plan, declared_plan, plan_rounds
from mspe.ablation.study import Study
from mspe.ablation.variant import Variant
from mspe.common.cluster import active_client, appears
from mspe.common.errors import MspeError
from mspe.common.json_files import read_json, write_sealed_json
from mspe.common.section import NonNegativeInt, Section, Tuple, validate

logger = logging.getLogger(__name__)

SCREEN_SEED, CONFIRM_SEED = 0, 1000
"""First seeds of the rounds, which have none in common."""


class Rounds(Section):
    """Of `plan.json`.

    Attributes
    ----------
    declaration
        Key of what the plan was made for.
    plan
        The two rounds.
    timings
        By variant.
    confirmed
        Variants of the second round, the baseline among them; None before the screen has chosen them.
    looks
        With how many confirming seeds verdicts have been read, in order.
    """

    declaration: str
    plan: dict[str, Any]
    timings: dict[str, Timing]
    confirmed: Tuple[str] | None = None
    looks: Tuple[NonNegativeInt] = ()

    @property
    def what(self) -> Plan:
        """The plan as an object."""
        return Plan(**self.plan)

    @property
    def screen_seeds(self) -> list[int]:
        """Seeds of the first round."""
        return [SCREEN_SEED + number for number in range(self.what.screen_seeds)]

    @property
    def confirm_seeds(self) -> list[int]:
        """Seeds of the second round."""
        return [CONFIRM_SEED + number for number in range(self.what.confirm_seeds)]

    def with_plan(self, plan: Plan) -> "Rounds":
        """Return the same with another plan."""
        return self.model_copy(update={"plan": asdict(plan)})

    def save(self, study: Study) -> None:
        """Write it into a comparison's folder."""
        write_sealed_json(study.folder / "plan.json", self.model_dump())


def read_or_plan(study: Study, variants: Sequence[Variant], ablation: AblationParams, jobs: int) -> Rounds:
    """Return the rounds that were planned for this declaration, or plan them.

    Raises
    ------
    MspeError
        If the budget is too small, a variant cannot be trained or has epochs of its own, or `plan.json` is damaged.
    """
    _check_epochs(variants)
    path, key = study.folder / "plan.json", _declaration_key(study, variants, ablation)
    if path.exists():
        rounds = validate(Rounds, read_json(path), str(path))
        if rounds.declaration == key:
            return rounds
    timings = _probe(study, variants, jobs)
    rounds = Rounds(declaration=key, plan=asdict(_plan(variants, ablation, timings, jobs)), timings=timings)
    rounds.save(study)
    return rounds


def _declaration_key(study: Study, variants: Sequence[Variant], ablation: AblationParams) -> str:
    settings = study.settings.model_dump(exclude={"divided"})  # with another one the plan is gone
    declared = ablation.model_dump(exclude={"by"})  # which says what is told of the runs, not what is run
    content = [settings, declared, [variant.as_plain() for variant in variants]]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:24]


def _check_epochs(variants: Sequence[Variant]) -> None:
    """A plan gives all variants the same epochs: another number would be lost in silence."""
    first = variants[0]
    for variant in variants:
        if variant.training.epochs != first.training.epochs:
            raise MspeError(
                f"variant {variant.name}: training.epochs is {variant.training.epochs}, allowed: "
                f"{first.training.epochs}, as of {first.name}; set it for all variants, in training"
            )


def _plan(variants: Sequence[Variant], ablation: AblationParams, timings: Mapping[str, Timing], jobs: int) -> Plan:
    epochs = variants[0].training.epochs
    seconds = {name: timing.epoch for name, timing in timings.items()}
    start = max(timing.start for timing in timings.values())
    if ablation.minutes is not None:
        return plan_rounds(60 * ablation.minutes, jobs, seconds, start, epochs, ablation.baseline, ablation.named)
    screen, confirm = ablation.screen, ablation.confirming
    screened = (screen.seeds, screen.epochs or max(1, epochs // 3)) if screen is not None else (0, 0)
    rounds = {"screen": screened, "confirm": (confirm.seeds, epochs)}
    return declared_plan(jobs, seconds, start, ablation.baseline, ablation.named, confirm.best, **rounds)


def _probe(study: Study, variants: Sequence[Variant], jobs: int) -> dict[str, Timing]:
    """How long every variant's runs take; of those that cost the same, one is tried, that with the most channels."""
    by_size = sorted(variants, key=lambda v: -len(v.bank.node_channels) - len(v.bank.pair_channels))
    models: dict[tuple[Any, ...], Variant] = {}
    for variant in by_size:
        models.setdefault(_cost_class(variant), variant)
    logger.info("timing %d of %d variants, which stand for the others", len(models), len(variants))
    call({v.name: probe_command(study, v.name, CONFIRM_SEED) for v in models.values()}, jobs, study.settings.device)
    if active_client() is not None:
        for v in models.values():
            appears(timing_path(study, v.name))
    return {v.name: read_timing(study, models[_cost_class(v)].name) for v in variants}


def _cost_class(variant: Variant) -> tuple[Any, ...]:
    """What a run's time depends on but for a few per cent."""
    return (
        bool(variant.bank.pair_channels),
        bool(variant.bank.edge_channels),
        variant.bank.trainable,
        tuple(variant.bank.others),
        variant.model.model_dump_json(),
        variant.training.model_dump_json(),
    )
