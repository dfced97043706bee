"""How signatures are checked while tests run: shapes by jaxtyping, types by beartype, an int being a float."""

import dataclasses
import inspect
import os
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import jaxtyping
from beartype import BeartypeConf, beartype

# As `set_seed` has it for a stage, which makes its first product after that: so what is trained in the tests' process
# is what a process of its own trains.
os.environ.setdefault("MKL_CBWR", "AUTO,STRICT")

check = beartype(conf=BeartypeConf(is_pep484_tower=True))

_jaxtyped = jaxtyping.jaxtyped
_sizes_of_a_call = _jaxtyped("context")


def jaxtyped(checked: Any = None, *, typechecker: Callable[[Any], Any]) -> Any:
    """Have a function's arguments and what it returns checked, sizes of one name being the same within a call.

    It stands for jaxtyping's decorator where that does no more than this, for 1.6 times the cost: it binds the
    arguments anew, and checks them before the call and once more after it.
    """
    if checked is None:
        return partial(jaxtyped, typechecker=typechecker)
    if inspect.isclass(checked):
        if dataclasses.is_dataclass(checked) and "__init__" in vars(checked):
            checked.__init__ = jaxtyped(checked.__init__, typechecker=typechecker)
        return checked
    if not inspect.isfunction(checked) or inspect.isgeneratorfunction(checked) or _needs_more(checked):
        return _jaxtyped(checked, typechecker=typechecker)
    return _checked_once(checked, typechecker(checked))


def _needs_more(function: Callable[..., Any]) -> bool:
    """Return whether a type is in quotes, which may not be there at all, or a size is an argument's value."""
    hints = function.__annotations__.values()
    return any(isinstance(hint, str) or "{" in str(hint) for hint in hints)


def _checked_once(function: Callable[..., Any], checked: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        if jaxtyping.config.jaxtyping_disable:
            return function(*args, **kwargs)
        with _sizes_of_a_call:
            return checked(*args, **kwargs)

    return call


jaxtyping.jaxtyped = jaxtyped
