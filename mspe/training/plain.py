"""What a file of tensors and plain values may hold, seen to before it is written."""

import io
from pathlib import PurePath
from typing import Any

import numpy as np
import torch

from mspe.common.errors import MspeError

_PLAIN = (type(None), bool, int, float, str, bytes, torch.Tensor, torch.nn.Parameter)


def plain_values(value: Any, name: str) -> Any:
    """Return the same as tensors and plain values: NumPy's scalars as numbers, paths as text.

    What needs no change is returned itself, so that equal content gives equal files.

    Parameters
    ----------
    value
        A value, or dictionaries and lists of values.
    name
        Where it stands, for the message.

    Raises
    ------
    MspeError
        If a part of it could not be read back.

    Examples
    --------
    >>> plain_values({"lr": np.float64(0.5), "data": [PurePath("data/raw")]}, "model.pt: metadata")
    {'lr': 0.5, 'data': ['data/raw']}
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, np.generic) and not isinstance(value.item(), np.generic):
        return plain_values(value.item(), name)
    if isinstance(value, dict):
        return _plain_dict(value, name)
    if type(value) in (list, tuple):
        items = [plain_values(item, f"{name}[{position}]") for position, item in enumerate(value)]
        return value if _same(items, value) else type(value)(items)
    _see_it_read(value, name)
    return value


def _plain_dict(value: dict[Any, Any], name: str) -> Any:
    keys = [plain_values(key, f"{name}: the key {key!r}") for key in value]
    items = [plain_values(item, f"{name}.{key}") for key, item in zip(keys, value.values(), strict=True)]
    if not (_same(keys, value) and _same(items, value.values())):
        return dict(zip(keys, items, strict=True))
    if type(value) is not dict:
        _see_it_read(type(value)(), name)
    return value


def _same(new: Any, old: Any) -> bool:
    return all(one is other for one, other in zip(new, old, strict=True))


def _see_it_read(value: Any, name: str) -> None:
    archive = io.BytesIO()
    try:
        torch.save(value, archive)
        archive.seek(0)
        torch.load(archive, weights_only=True)
    except Exception as error:  # of pickle, of torch, or of the value's own class
        raise MspeError(
            f"{name} is a {type(value).__name__}, which could not be read back; give tensors, numbers, text, lists and "
            "dictionaries"
        ) from error
