"""The page of every parameter, from the schemas that check them."""

import inspect
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args

import griffe
import yaml

from mspe.ablation.config import ABLATION_PARAMS, AblationParams
from mspe.common.section import Section
from mspe.config import Params
from mspe.dataset.settings import DEFAULTS
from mspe.encodings import ENCODINGS
from mspe.encodings.registry import known_filters
from website.links import ROOT
from website.schema import describe_type

HEAD = """# Parameters

Every key of `params.yaml` and `ablation/params.yaml`, made from the schemas that check them when the site is built. A
key that no schema knows, or a value outside its range, is refused in one line before anything is deleted or computed.
The default is the library's, where a key is left out; what the repository's file sets instead stands behind “set to”.
"""
ENCODING_HEAD = """
An encoding is off at `null`, `false` and `0`, and has its defaults at `true`; a parameter without a default is `auto`
unless it is given. A single parameter may stand without its key: `cycles: [3, 6]`. Scales are a list,
`"geometric(first, last, count)"`, or `auto`, read off the training graphs.
"""

_RULE = "| --- | --- | --- | --- |"
_LONGEST = 90
"""Characters of a value."""


def parameter_page() -> str:
    """Return the whole page as Markdown."""
    given = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))
    sections = [part for name in Params.model_fields for part in _parts(Params, name, name, given)]
    declared = _parts_of(AblationParams, ABLATION_PARAMS, "", {})
    top = f"## `seeds`\n\n{_table(Params, '', given)}"
    return "\n\n".join([HEAD.strip(), top, *sections, _encodings(given["encodings"]), *declared]) + "\n"


def _parts(section: type[Section], name: str, path: str, given: Any) -> Iterator[str]:
    """The parts of a field that is itself a section."""
    inner = _section_of(section.model_fields[name].annotation)
    if inner is not None:
        yield from _parts_of(inner, path, f"{path}.", given.get(name, {}) if isinstance(given, Mapping) else {})


def _parts_of(section: type[Section], heading: str, prefix: str, given: Any) -> Iterator[str]:
    """A section, and those inside it after it."""
    about = inspect.cleandoc(section.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    yield f"## `{heading}`\n\n{about}\n\n{_table(section, prefix, given)}"
    for name in section.model_fields:
        yield from _parts(section, name, prefix + name, given)


def _table(section: type[Section], prefix: str, given: Any) -> str:
    """A table of a section's own keys."""
    return "\n".join(["| key | type and range | default | meaning |", _RULE, *_rows(section, prefix, given)])


def _rows(section: type[Section], prefix: str, given: Any) -> Iterator[str]:
    """Key, type with range, default and meaning of each field that is no section."""
    properties = section.model_json_schema().get("properties", {})
    for name, field in section.model_fields.items():
        if _section_of(field.annotation) is not None:
            continue
        kind = describe_type(properties[name]) + ("; `auto`" if prefix + name in DEFAULTS else "")
        default = _plain(properties[name]["default"]) if "default" in properties[name] else "–"
        standing = _plain(given[name]) if isinstance(given, Mapping) and name in given else default
        written = default if standing == default else f"{default}, set to {standing}"
        yield f"| `{prefix}{name}` | {kind} | {written} | {_meaning(section, name)} |"


def _encodings(given: Mapping[str, Any]) -> str:
    """A row per encoding, under the key that it stands at, and one per parameter of it."""
    rows = []
    for name, encoding in ENCODINGS.items():
        filtered = name in known_filters()
        path = f"encodings.filters.{name}" if filtered else f"encodings.{name}"
        standing = given["filters"].get(name) if filtered else given.get(name)
        channels, what = (", ".join(encoding.about.places), encoding.about.what) if encoding.about else ("", "")
        rows.append(f"| **`{path}`** | {channels} | off{f', set to {_plain(standing)}' if standing else ''} | {what} |")
        rows += _rows(encoding.Params, f"{path}.", {})
    head = "| key | channels; type and range | default | meaning |"
    return "\n".join(["## Encodings by name", ENCODING_HEAD, head, _RULE, *rows])


def _plain(value: Any) -> str:
    """A value as YAML has it; a long one by its length."""
    text = json.dumps(value, ensure_ascii=False)
    return f"`{text}`" if len(text) <= _LONGEST else f"{len(value)} entries"


def _section_of(annotation: Any) -> type[Section] | None:
    """The section inside `Section` or `Section | None`."""
    candidates = [annotation, *get_args(annotation)]
    return next((one for one in candidates if inspect.isclass(one) and issubclass(one, Section)), None)


@cache
def _package() -> griffe.Module:
    """The library's source, read without running it: docstrings below attributes exist there alone."""
    package = griffe.load("mspe", search_paths=[str(ROOT)], docstring_parser="numpy", resolve_aliases=False)
    assert isinstance(package, griffe.Module)
    return package


def _meaning(section: type[Section], name: str) -> str:
    """The docstring below a field, on one line."""
    owner = next(base for base in section.__mro__ if name in vars(base).get("__annotations__", {}))
    path = f"{owner.__module__}.{owner.__qualname__}.{name}".removeprefix("mspe.")
    found = _package()[path].docstring
    text = found.value if found else (section.__doc__ or "") if len(section.model_fields) == 1 else ""
    return " ".join(text.split())
