"""YAML files that users write, as plain values."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from mspe.common.errors import MspeError
from mspe.common.shown import dotted, shortened, shown
from mspe.common.text_files import read_text

LARGEST_FILE = 10**6
"""Bytes of a file at most."""
_MOST_VALUES = 10_000
_DEEPEST = 32
_LONGEST_TEXT = 10_000
_MOST_BITS = 1024  # of an integer that a float can hold
# Base 60 and base 8 to YAML 1.1, text and base 10 to YAML 1.2, by which DVC reads the same file.
_AMBIGUOUS = re.compile(r"[-+]?(0[0-9_]+|.*:.*)")

_TAG = "tag:yaml.org,2002:"
_PLAIN = {f"{_TAG}{name}" for name in ("str", "int", "float", "bool", "null", "seq", "map")}
_MERGE = f"{_TAG}merge"
_ALLOWED = "allowed: text, numbers, true, false, null, lists and mappings"

_Path = tuple[Any, ...]


def read_yaml(path: str | Path, remedy: str = "run from the repository's top folder") -> Any:
    """Read a YAML file as plain values: mappings with keys of text, lists, text, numbers, truth values and None.

    Parameters
    ----------
    path
        The file.
    remedy
        What to do if it cannot be read, for the message.

    Raises
    ------
    MspeError
        If the file cannot be read, is not YAML, or holds something else than plain values: dates, other tags, a key
        twice, keys that are no text, or more than any such file needs.
    """
    return parse_yaml(read_text(path, remedy, LARGEST_FILE), str(path))


def parse_yaml(text: str, source: str) -> Any:
    """Return the plain values of a YAML text, as `read_yaml` does.

    Parameters
    ----------
    text
        One document.
    source
        Where it comes from, for the message.

    Examples
    --------
    >>> parse_yaml("steps: [1, 2]", "params.yaml")
    {'steps': [1, 2]}
    >>> parse_yaml("since: 2024-01-01", "params.yaml")
    Traceback (most recent call last):
    ...
    mspe.common.errors.MspeError: params.yaml: line 1: since: got '2024-01-01', which YAML reads as timestamp, ...
    """
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return None
        _Check(loader).all_below(node)
        return loader.construct_document(node)
    except MspeError as error:
        raise MspeError(f"{source}: {error}") from None
    except yaml.YAMLError as error:
        reason = " ".join(str(error).replace(' in "<unicode string>",', "").split())
        raise MspeError(f"{source}: not valid YAML ({shortened(reason, 240)})") from None
    except RecursionError:
        raise MspeError(f"{source}: nested too deep, allowed: {_DEEPEST} levels") from None
    except (ValueError, OverflowError) as error:  # escapes of characters that do not exist
        raise MspeError(f"{source}: not valid YAML ({shortened(str(error))})") from None


class _Check:
    """A walk over a document that refuses what is no plain value, and counts what stands for something else as often
    as it is used: a few lines of anchors can stand for gigabytes.
    """

    def __init__(self, loader: yaml.SafeLoader) -> None:
        self._loader = loader
        self._values = 0

    def all_below(self, node: yaml.Node, path: _Path = ()) -> None:
        """Check a node and all that it holds."""
        self._values += 1
        if self._values > _MOST_VALUES:
            raise _problem(node, path, f"too many values, with those that anchors repeat, allowed: {_MOST_VALUES:,}")
        if len(path) > _DEEPEST:
            raise _problem(node, path[:4], f"nested too deep, or inside itself, allowed: {_DEEPEST} levels")
        if node.tag not in _PLAIN:
            tag = shortened(node.tag.removeprefix(_TAG))
            given = f"got {shown(node.value)}, which YAML reads as {tag}" if _is_text(node) else f"has the tag {tag}"
            raise _problem(node, path, f"{given}, {_ALLOWED}; quote what is meant as text")
        if isinstance(node, yaml.ScalarNode):
            self._check_scalar(node, path)
        for key, child in self._children(node, path):
            self.all_below(child, (*path, key))

    def _check_scalar(self, node: yaml.ScalarNode, path: _Path) -> None:
        if len(node.value) > _LONGEST_TEXT:
            raise _problem(node, path, f"{len(node.value):,} characters, allowed: {_LONGEST_TEXT:,}")
        try:
            value = self._loader.construct_object(node)
            node.value.encode()
        except (ValueError, LookupError, OverflowError, yaml.YAMLError):
            tag = node.tag.removeprefix(_TAG)
            raise _problem(node, path, f"got {shown(node.value)}, which is no {tag}, {_ALLOWED}") from None
        if isinstance(value, int | float) and _AMBIGUOUS.fullmatch(node.value):
            raise _problem(node, path, f"got {shown(node.value)}, allowed: a number in plain digits; quote text")
        if isinstance(value, int) and value.bit_length() > _MOST_BITS:
            raise _problem(node, path, f"got {shown(value)}, allowed: integers of up to 300 digits")
        if isinstance(value, str) and "\0" in value:
            raise _problem(node, path, f"got {shown(value)}, allowed: text without NUL characters")

    def _children(self, node: yaml.Node, path: _Path) -> Iterator[tuple[Any, yaml.Node]]:
        if isinstance(node, yaml.SequenceNode):
            yield from enumerate(node.value)
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, child in node.value:
                yield self._key(key, path, seen), child

    def _key(self, node: yaml.Node, path: _Path, seen: set[str]) -> str:
        if node.tag not in (f"{_TAG}str", _MERGE):
            kind = shortened(node.tag.removeprefix(_TAG))
            given = f"{shown(node.value)}, which YAML reads as {kind}" if _is_text(node) else f"a {kind}"
            raise _problem(node, path, f"a key is {given}, allowed: text; quote what is meant as text")
        if node.value in seen:
            raise _problem(node, path, f"duplicate key {shown(node.value)}; write it once")
        seen.add(node.value)
        return str(node.value)


def _is_text(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode)


def _problem(node: yaml.Node, path: _Path, message: str) -> MspeError:
    place = f"{dotted(path)}: " if path else ""
    return MspeError(f"line {node.start_mark.line + 1}: {place}{message}")
