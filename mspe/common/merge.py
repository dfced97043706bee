"""One tree of parameters laid over another."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> Any:
    """A copy of `base` with `changes` laid over it, of the type of `base`; neither is touched.

    Mappings merge key by key. Anything else replaces what stood there: a list, a number, and None, which also takes
    the place of a mapping. A key that `base` lacks comes last.

    Examples
    --------
    >>> bank = {"walk": {"steps": [1, 2]}, "heat": {"times": [0.5]}}
    >>> merged({"filters": bank, "node": True}, {"filters": {"walk": {"steps": [4]}, "heat": None}})
    {'filters': {'walk': {'steps': [4]}, 'heat': None}, 'node': True}
    """
    result: Any = deepcopy(base)
    for name, value in changes.items():
        old: Any = base.get(name)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        result[name] = merged(old, value) if both else deepcopy(value)
    return result
