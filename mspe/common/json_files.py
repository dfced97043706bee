"""JSON objects as files."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mspe.common.checksums import checksum
from mspe.common.errors import MspeError
from mspe.common.files import write_text
from mspe.common.text_files import read_text

CHECKSUM = "checksum"
"""Last key of a sealed file: of everything before it."""


def write_json(path: str | Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file atomically, indented, keys in the given order; NaN and infinity become null."""
    write_text(path, format_json(content))


def format_json(content: Mapping[str, Any]) -> str:
    """Return the text that `write_json` writes."""
    return json.dumps(_finite(content), indent=2, allow_nan=False) + "\n"


def write_sealed_json(path: str | Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file with a checksum, by which `read_json` knows damage: for what decides later results."""
    finite = _finite(content)
    write_json(path, {**finite, CHECKSUM: _checksum(finite)})


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _checksum(content: Mapping[str, Any]) -> str:
    return checksum(json.dumps(content).encode())


def read_json(path: str | Path) -> dict[str, Any]:
    """Read a JSON object, without the checksum of one that has it.

    Raises
    ------
    MspeError
        If the file is missing or unreadable, is not JSON, holds something else than an object, or does not match its
        checksum.
    """
    content = _parse(path)
    if not isinstance(content, dict):
        raise MspeError(f"{path}: holds a {type(content).__name__}, expected an object; was it written by mspe?")
    written = content.pop(CHECKSUM, None)
    if written not in (None, _checksum(content)):
        raise MspeError(
            f"{path}: damaged, or edited by hand: it does not match its {CHECKSUM!r}; run the stage that writes it "
            f"(`dvc repro`), or remove that key to accept an edit"
        )
    return content


def _parse(path: str | Path) -> Any:
    text = read_text(path, "run the stage that writes it (`dvc repro`)")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:  # not JSON, a number too long, brackets too deep
        raise MspeError(f"{path}: not valid JSON ({error})") from None
