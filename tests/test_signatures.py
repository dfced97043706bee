"""That signatures are checked while tests run: a wrong type or shape in a call ends it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from jaxtyping import Float, config
from torch import Tensor

from mspe.graphs import DenseLayout
from tests import check, jaxtyped

checked = jaxtyped(typechecker=check)
ONES = torch.ones(3, 2)


@checked
def scaled(x: Float[Tensor, "rows columns"], factor: float = 1.0) -> Float[Tensor, "rows columns"]:
    return x * factor


@checked
def added(x: Float[Tensor, "rows columns"], y: Float[Tensor, " rows"]) -> Tensor:
    return x + y[:, None]


@checked
def turned(x: Float[Tensor, "rows columns"]) -> Float[Tensor, "rows columns"]:
    return x.T


@checked
def first(x: Float[Tensor, "rows columns"], size: int) -> Float[Tensor, "{size} columns"]:
    return x[:2]


@checked
def rows(x: Float[Tensor, "rows columns"], y: Float[Tensor, " rows"]) -> Iterator[Tensor]:
    yield from x


@checked
def quoted(x: "Nowhere", y: int) -> None:  # type: ignore[name-defined]
    """Of a type that is imported for mypy alone."""


@checked
@dataclass
class Pair:
    x: Float[Tensor, "rows columns"]
    y: Float[Tensor, " rows"]

    @property
    @checked
    def total(self) -> int:
        return self.y.sum()  # type: ignore[return-value]


WRONG: dict[str, Callable[[], Any]] = {
    "a type": lambda: scaled(ONES, "2"),  # type: ignore[arg-type]
    "a number of dimensions": lambda: scaled(ONES[0]),
    "a kind of numbers": lambda: scaled(ONES.long()),
    "sizes of two arguments": lambda: added(ONES, ONES[0]),
    "a size of what is returned": lambda: turned(ONES),
    "a size that is an argument": lambda: first(ONES, 3),
    "arguments of a generator": lambda: rows(ONES, ONES[0]),
    "an argument beside one of an unknown type": lambda: quoted(None, "1"),  # type: ignore[arg-type]
    "fields of a dataclass": lambda: Pair(ONES, ONES[0]),
    "a property": lambda: Pair(ONES, ONES[:, 0]).total,
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_ends_a_call(what: str) -> None:
    with pytest.raises(Exception, match=r"[Tt]ype.?(hint|check)|violates"):
        WRONG[what]()


def test_what_is_right_does_not() -> None:
    assert scaled(ONES, 2).sum() == 12 and added(ONES, ONES[:, 0]).sum() == 12  # an int is a float
    assert turned(ONES[:2]).shape == (2, 2) and first(ONES, 2).shape == (2, 2)
    assert len(list(rows(ONES, ONES[:, 0]))) == 3 and Pair(ONES, ONES[:, 0]).x is ONES
    quoted(None, 1)


def test_sizes_of_one_call_are_not_those_of_the_next() -> None:
    @checked
    def outer(x: Float[Tensor, "rows columns"]) -> Float[Tensor, "rows columns"]:
        scaled(torch.ones(7, 5))
        return scaled(x)

    assert outer(ONES).shape == outer(ONES.T).T.shape


def test_checks_can_be_left_out(unchecked: None) -> None:
    assert config.jaxtyping_disable and scaled(ONES.long(), 2).sum() == 12


def test_the_librarys_signatures_are_checked_unless_the_command_line_leaves_that_out(
    pytestconfig: pytest.Config,
) -> None:
    assert hasattr(DenseLayout.blocks, "__wrapped__") == bool(pytestconfig.getoption("jaxtyping_packages"))
