"""What a file of tensors and plain values may hold, seen to before it is written."""

import copy
import io
from pathlib import PurePath
from typing import Any

import numpy as np
import torch

from mspe.common.errors import MspeError

_PLAIN = (type(None), bool, int, float, str, bytes, torch.Tensor, torch.nn.Parameter)


def plain_values(value: Any, name: str) -> Any:
    """Return the same as tensors and plain values: NumPy's scalars as numbers, paths as text.

    Equal texts become one object, and every dictionary and list one of its own, so that equal content gives equal
    files: a pickle refers back to an object that it has met, and a resumed run has read its own from a file.

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
    return _plain(value, name, {})


def _plain(value: Any, name: str, texts: dict[str, str]) -> Any:
    if isinstance(value, PurePath):
        value = str(value)
    elif isinstance(value, np.generic) and not isinstance(value.item(), np.generic):
        value = value.item()
    if type(value) is str:
        return texts.setdefault(value, value)
    if type(value) in _PLAIN:
        return value
    if isinstance(value, dict):
        return _plain_dict(value, name, texts)
    if type(value) in (list, tuple):
        return type(value)(_plain(item, f"{name}[{position}]", texts) for position, item in enumerate(value))
    _see_it_read(value, name)
    return value


def _plain_dict(value: dict[Any, Any], name: str, texts: dict[str, str]) -> Any:
    if type(value) is not dict:
        _see_it_read(type(value)(), name)
    keys = [_plain(key, f"{name}: the key {key!r}", texts) for key in value]
    items = [_plain(item, f"{name}.{key}", texts) for key, item in zip(keys, value.values(), strict=True)]
    plain = copy.copy(value)  # of the same class, with its attributes: a state_dict has some
    plain.clear()
    plain.update(zip(keys, items, strict=True))
    return plain


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
