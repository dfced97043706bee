"""What every section of `params.yaml` shares: strict types, no unknown keys, and errors of one line each."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from mspe.common.errors import MspeError
from mspe.common.shown import dotted, shortened, shown

_LONGEST = 400
"""Characters of a message."""


class Section(BaseModel):
    """Base of all parameter schemas: frozen, strict, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def _refuse_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("input should be a number, not a boolean")
    return value


def _refuse_duplicates(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(set(values)) < len(values):
        raise ValueError("duplicate entries; list each once")
    return values


T = TypeVar("T")
# A list, in YAML and JSON, is what a frozen section holds as a tuple.
Tuple = Annotated[tuple[T, ...], Field(strict=False)]
# A list of at least one entry, no two of them equal.
Distinct = Annotated[tuple[T, ...], Field(strict=False, min_length=1), AfterValidator(_refuse_duplicates)]

# YAML 1.1 reads `1e-05`, which DVC writes, as a string: floats alone are taken from text too.
Float = Annotated[float, Field(strict=False), BeforeValidator(_refuse_bool)]
PositiveFloat = Annotated[Float, Field(gt=0, le=1e15)]
NonNegativeFloat = Annotated[Float, Field(ge=0, le=1e15)]
Probability = Annotated[Float, Field(ge=0, lt=1)]
# Bounds that no honest value meets, so that nonsense is refused before anything is allocated for it.
LARGEST_INT = 2**63 - 1
PositiveInt = Annotated[int, Field(gt=0, le=LARGEST_INT)]
NonNegativeInt = Annotated[int, Field(ge=0, le=LARGEST_INT)]
Channels = Annotated[int, Field(gt=0, le=1000)]
Width = Annotated[int, Field(gt=0, le=16_384)]
Workers = Annotated[int, Field(ge=0, le=1024)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]

SectionType = TypeVar("SectionType", bound=Section)


def validate(schema: type[SectionType], values: Any, source: str) -> SectionType:
    """Build a section from plain values.

    Parameters
    ----------
    schema
        The section's class.
    values
        What YAML or a caller gave.
    source
        Where the values come from, for the message: a file's name, a function's.

    Raises
    ------
    MspeError
        One line with every problem, as far as they fit: the full path, the value, and what is allowed.
    """
    try:
        return schema.model_validate(values)
    except ValidationError as error:
        raise MspeError(f"{source}: {_joined(_describe_all(schema, error))}") from None


def _joined(problems: Sequence[str]) -> str:
    """As many problems as fit into a line, and how many there are besides."""
    fitting = [len("; ".join(problems[: count + 1])) <= _LONGEST for count in range(min(len(problems), _LONGEST))]
    count = max(1, sum(fitting))
    further = [f"and {len(problems) - count} more problems"] if count < len(problems) else []
    return "; ".join([*problems[:count], *further])


class PathError(ValueError):
    """A problem inside a part of a section whose schema depends on what stands there.

    Parameters
    ----------
    path
        Keys that lead to it from the field that was validated.
    message
        What was given, and what is allowed.
    """

    def __init__(self, path: Sequence[int | str], message: str) -> None:
        super().__init__(f"{dotted(path)}: {message}" if path else message)
        self.path = tuple(path)
        self.message = message


def validate_part(
    schema: type[SectionType], values: Any, path: tuple[str, ...], only_field: str | None = None
) -> SectionType:
    """Build a section inside a validator of another one, which then reports problems by their whole path.

    Parameters
    ----------
    schema, values
        As `validate` takes them.
    path
        Keys that lead to the values from the field that is validated.
    only_field
        The field whose value alone was written, without its key.

    Raises
    ------
    PathError
        For the first problem.
    """
    try:
        return schema.model_validate(values)
    except ValidationError as error:
        problem = min(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
        inside = tuple(part for part in problem["loc"] if part != only_field)
        raise PathError((*path, *inside), _message(schema, problem)) from None


def _describe_all(schema: type[Section], error: ValidationError) -> list[str]:
    described = []
    for problem in _true_problems(error.errors()):
        inner = problem.get("ctx", {}).get("error")
        path, message = problem["loc"], None
        if isinstance(inner, PathError):
            path, message = (*path, *inner.path), inner.message
        message = message or _message(schema, problem)
        described.append(shortened(f"{dotted(path)}: {message}" if path else message, _LONGEST))
    return described


def _true_problems(problems: Sequence[ErrorDetails]) -> Iterator[ErrorDetails]:
    """Those of a list but its length, where entries are refused: pydantic counts the others alone."""
    for problem in problems:
        place = problem["loc"]
        inside = any(other["loc"] != place and other["loc"][: len(place)] == place for other in problems)
        if problem["type"] != "too_short" or not inside:
            yield problem


def _message(schema: type[Section], problem: ErrorDetails) -> str:
    if problem["type"] == "extra_forbidden":
        return f"unknown key; known here: {', '.join(_known_keys(schema, problem['loc'][:-1]))}"
    if problem["type"] == "missing":
        return "missing; add it to the file"
    message = problem["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    given = list(problem["input"]) if isinstance(problem["input"], tuple) else problem["input"]
    if problem["type"] in ("model_type", "dict_type"):
        message = "allowed: a mapping of parameters"
    if problem["type"] in ("tuple_type", "list_type"):
        message = "allowed: a list" + (f", as [{shown(given)}]" if isinstance(given, (int, float, str)) else "")
    if problem["type"] == "too_short":
        message = f"at least {problem['ctx']['min_length']} entry is needed"
    if problem["type"] == "too_long":
        message = f"allowed: up to {problem['ctx']['max_length']} entries"
    # a rule over several keys says itself what it met
    return message if isinstance(given, (dict, BaseModel)) else f"got {shown(given)}, {message}"


def _known_keys(schema: type[Section], path: tuple[int | str, ...]) -> list[str]:
    for part in path:
        found = _section_of(schema.model_fields[str(part)].annotation) if str(part) in schema.model_fields else None
        if found is None:
            return []
        schema = found
    return sorted(schema.model_fields)


def _section_of(annotation: Any) -> type[Section] | None:
    """The section class inside `Section` or `Section | None`."""
    candidates = [annotation, *getattr(annotation, "__args__", ())]
    return next((c for c in candidates if isinstance(c, type) and issubclass(c, Section)), None)
