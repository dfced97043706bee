"""JSON objects as files."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mspe.common.errors import MspeError
from mspe.common.files import write_text


def write_json(path: str | Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file atomically, indented, keys in the given order; NaN and infinity become null."""
    write_text(path, json.dumps(_finite(content), indent=2, allow_nan=False) + "\n")


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read_json(path: str | Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises
    ------
    MspeError
        If the file is missing, is not JSON, or holds something else than an object.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MspeError(f"{path}: no such file; run the stage that writes it (`dvc repro`)") from None
    except OSError as error:
        raise MspeError(f"{path}: cannot be read ({error.strerror or error}); run the stage that writes it") from None
    except (ValueError, RecursionError) as error:  # not text, not JSON, an integer of thousands of digits
        raise MspeError(f"{path}: not valid JSON ({error})") from None
    if not isinstance(content, dict):
        raise MspeError(f"{path}: holds a {type(content).__name__}, expected an object; was it written by mspe?")
    return content
