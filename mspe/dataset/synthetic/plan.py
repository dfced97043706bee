"""Parameters that fit together, or the first one that does not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mspe.common.errors import MspeError
from mspe.common.shown import shown
from mspe.dataset.config import DatasetParams
from mspe.dataset.synthetic.config import LARGEST, SyntheticParams
from mspe.dataset.synthetic.generators import GENERATORS, Generator
from mspe.dataset.synthetic.question import Question
from mspe.dataset.synthetic.questions import QUESTIONS

DEFAULT_GENERATOR = "erdos_renyi"


@dataclass(frozen=True)
class Plan:
    """Graphs to draw, and the question to ask of them.

    Attributes
    ----------
    question, generator
        Found by their names.
    sizes
        Numbers of nodes that a graph may have, each as likely.
    params
        With no null in `generator` and `degree`.
    """

    question: Question
    generator: Generator
    sizes: tuple[int, ...]
    params: SyntheticParams

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the question's classes; empty where its answers are numbers."""
        return () if self.question.classes is None else self.question.classes(self.params)


class MisfitError(ValueError):
    """Parameters that cannot be together.

    Parameters
    ----------
    key
        The path within the section `dataset` of the one to change.
    message
        What was given, and what is allowed.
    """

    def __init__(self, key: str, message: str) -> None:
        super().__init__(f"{key}: {message}")
        self.key, self.message = key, message


def find_misfit(params: DatasetParams) -> tuple[str, str] | None:
    """Return what of a section `dataset` cannot be drawn or asked, as a key and an error; None where all can."""
    try:
        plans(params)
    except MisfitError as misfit:
        return misfit.key, misfit.message
    return None


def plans(params: DatasetParams) -> tuple[Plan, Plan | None]:
    """Return the plan of the graphs, and that of the test part where it is shifted.

    Raises
    ------
    MisfitError
        For the first parameter that does not fit.
    """
    given, changes = params.synthetic, params.synthetic.shift.changes
    plan = make_plan(given)
    if not changes:
        if params.split == "column":
            raise MisfitError("split", "got 'column', which synthetic has with synthetic.shift alone, allowed: random")
        return plan, None
    if params.split not in (None, "column"):
        raise MisfitError("split", f"got {params.split!r}, allowed with synthetic.shift: null or column")
    shifted = make_plan(given.model_copy(update=changes), changed=frozenset(changes))
    if plan.class_names != shifted.class_names:
        raise MisfitError(
            "synthetic.shift.generator",
            f"got {shifted.generator.name!r}, allowed for {plan.question.name} on {plan.generator.name}: a generator "
            "with the same classes",
        )
    return plan, shifted


def make_plan(params: SyntheticParams, changed: frozenset[str] = frozenset()) -> Plan:
    """Return the plan of a section `synthetic`, its shift apart.

    Parameters
    ----------
    params
        The section, or what a shift makes of it.
    changed
        The keys that the shift has changed.

    Raises
    ------
    MisfitError
        For the first parameter that does not fit.
    """
    question: Question = _find(QUESTIONS, "synthetic.task", params.task)
    name = params.generator or (question.generators or (DEFAULT_GENERATOR,))[0]
    place = _place("generator", changed)
    generator: Generator = _find(GENERATORS, place, name)
    if question.generators and name not in question.generators:
        raise MisfitError(place, f"got {name!r}, allowed for {question.name}: {', '.join(question.generators)}")
    complete = params.model_copy(update={"generator": name, "degree": params.degree or generator.degree})
    if params.as_classes and not question.as_classes:
        form = "classes already" if question.classes is not None else "too many to be classes"
        raise MisfitError(
            "synthetic.as_classes", f"got True, allowed for {question.name}: False, its answers are {form}"
        )
    _check_features(question, generator, params)
    return Plan(question, generator, _sizes(question, generator, complete, changed), complete)


def _find(registry: Any, key: str, name: str) -> Any:
    try:
        return registry[name]
    except MspeError as error:
        raise MisfitError(key, f"got {shown(name)}, {error}") from None


def _place(key: str, changed: frozenset[str]) -> str:
    return f"synthetic.shift.{key}" if key in changed else f"synthetic.{key}"


def _check_features(question: Question, generator: Generator, params: SyntheticParams) -> None:
    needed = question.features == "asked" or (question.features == "help" and generator.roles_alike)
    if needed and not params.features:
        raise MisfitError(
            "synthetic.features",
            f"got False, allowed for {question.name} on {generator.name}: True, since the question stands in them",
        )
    if params.noise and (question.features == "none" or not params.features):
        without = question.name if params.features else f"{question.name} with features False"
        raise MisfitError(
            "synthetic.noise", f"got {params.noise:g}, allowed for {without}: 0, as nodes have no features"
        )


def _sizes(
    question: Question, generator: Generator, params: SyntheticParams, changed: frozenset[str]
) -> tuple[int, ...]:
    """The numbers of nodes of the range that question and generator take."""
    default = question.size(params)
    if params.size is None and default > LARGEST:
        raise MisfitError(
            "synthetic.distance",
            f"got {params.distance}, which makes graphs of {shown(default)} nodes for {question.name}, allowed: up to "
            f"{LARGEST} nodes; lower it",
        )
    low, high = params.size or (default, default)

    def misfit(size: int) -> tuple[str, str, str] | None:
        own = question.misfit(size, params)
        if own is not None:
            return "size", question.name, own
        of_generator = generator.misfit(size, params)
        return None if of_generator is None else (of_generator[0], generator.name, of_generator[1])

    sizes = tuple(size for size in range(low, high + 1) if misfit(size) is None)
    if not sizes:
        key, owner, allowed = _first(misfit, high)
        value = (low if low == high else [low, high]) if key == "size" else getattr(params, key)
        raise MisfitError(_place(key, changed), f"got {shown(value)}, allowed for {owner}: {allowed}")
    return sizes


def _first(misfit: Callable[[int], tuple[str, str, str] | None], size: int) -> tuple[str, str, str]:
    found = misfit(size)
    assert found is not None
    return found
