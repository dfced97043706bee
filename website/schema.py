"""JSON schemas of parameters, in words."""

import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_LOWER = {"minimum": "≥", "ge": "≥", "exclusiveMinimum": ">", "gt": ">"}
_UPPER = {"maximum": "≤", "le": "≤", "exclusiveMaximum": "<", "lt": "<"}
_UNBOUNDED = 1e15
"""Limits from here on keep nonsense out, and are none to a user."""
_WORDS = {"integer": "whole number", "number": "number", "string": "text", "boolean": "`true`, `false`"}


def describe_type(schema: Schema) -> str:
    """Return what a value may be, with its range.

    Examples
    --------
    >>> describe_type({"anyOf": [{"type": "integer", "minimum": 0, "exclusiveMaximum": 9}, {"type": "null"}]})
    'whole number ≥ 0, < 9; `null`'
    >>> describe_type({"type": "array", "items": {"enum": ["a", "b"], "type": "string"}})
    'list of `a`, `b`'
    """
    if "anyOf" in schema:
        return "; ".join(dict.fromkeys(describe_type(one) for one in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    kind = schema.get("type")
    if kind == "array":
        if "prefixItems" in schema:
            return f"list of {len(schema['prefixItems'])}: {describe_type(schema['prefixItems'][0])}"
        return re.sub(r"\bnumber\b", "numbers", f"list of {describe_type(schema.get('items', {}))}")
    if kind in ("object", None):
        return "mapping"
    return _WORDS.get(kind, f"`{kind}`") + _range(schema)


def _range(schema: Schema) -> str:
    """The tightest bounds; of equal ones the strict."""
    lower = [(schema[key], sign == ">", sign) for key, sign in _LOWER.items() if key in schema]
    upper = [(-schema[key], sign == "<", sign) for key, sign in _UPPER.items() if key in schema]
    bounds = [f"{sign} {number:,.10g}" for number, _, sign in sorted(lower)[-1:]]
    bounds += [f"{sign} {-number:,.10g}" for number, _, sign in sorted(upper)[-1:] if -number < _UNBOUNDED]
    return " " + ", ".join(bounds) if bounds else ""
