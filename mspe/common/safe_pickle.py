"""Pickles of others, read without running what they say: numbers, text, arrays, tensors and plain containers."""

import io
import pickle
import re
import struct
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.common.unpacking import refuse_fold, refuse_special

_WORD = 8
"""Bytes that an item is counted as, at least."""


_SAVED = re.compile(
    rb"\(X\x07\0\0\0storageq\0ctorch\n(\w+)Storage\nq\x01X.*?tq\x04Q\.\x80\x02\]q\0X.*?q\x01a\.", re.DOTALL
)
_DTYPES = {
    "Bool": torch.bool,
    "Byte": torch.uint8,
    "Char": torch.int8,
    "Short": torch.int16,
    "Int": torch.int32,
    "Long": torch.int64,
    "Half": torch.float16,
    "Float": torch.float32,
    "Double": torch.float64,
}
"""Of the storages that torch names."""


def rewrite_pickle(path: Path) -> None:
    """Replace a pickle, or a link to one, by a new file of equal content, which is safe to open with `pickle.load`.

    Raises
    ------
    MspeError
        As `read_pickle` does.
    """
    content = io.BytesIO()
    _Pickler(content, protocol=4).dump(read_pickle(path.resolve()))
    path.unlink()
    path.write_bytes(content.getbuffer())


def read_pickle(path: Path) -> Any:
    """Read a pickle, of Python 2 as well, that holds numbers, text, arrays, sparse matrices, tensors and containers.

    Nothing that it names is called, apart from a fixed list of builders that stand in this file. Arrays, matrices and
    tensors are made of the bytes that are there, so none can claim more.

    Raises
    ------
    MspeError
        If it is damaged, names anything else, or unpacks to far more than its size.
    """
    refuse_special(path)
    try:
        content = _Unpickler(io.BytesIO(path.read_bytes()), encoding="latin1").load()
        content, size = _Rebuilt().rebuild(content)
    except _ForbiddenError as error:
        raise MspeError(
            f"{path}: not read, since it could run code ({error}); allowed in it are numbers, text, arrays, sparse "
            "matrices, tensors and plain containers: take the published file"
        ) from None
    except FileNotFoundError:
        raise
    except Exception as error:  # a damaged stream fails in any operation on anything
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise MspeError(f"{path}: not a readable pickle ({reason}); take the published file") from None
    refuse_fold(path, size)
    return content


class _ForbiddenError(Exception):
    """A pickle does what data have no need of."""


class _Dtype:
    """A dtype of numbers, as a pickle describes it."""

    def __init__(self, code: str, align: Any = False, copy: Any = False) -> None:
        self.dtype = np.dtype(str(code))
        if self.dtype.kind not in "biuf":
            raise _ForbiddenError(f"it has an array of dtype {str(code)[:40]!r}")

    def set_state(self, state: tuple[Any, ...]) -> None:
        self.dtype = self.dtype.newbyteorder(">" if state[1] == ">" else "<")


class _Array:
    """An array, or a number of NumPy's, as a pickle describes it."""

    value: Any  # missing where a pickle gives none

    def __init__(self, *_: Any) -> None:
        pass

    def set_state(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, fortran, content = state
        content = content.encode("latin1") if isinstance(content, str) else content  # of Python 2
        self.value = _array(content, dtype, shape, "F" if fortran else "C")


class _Matrix:
    """A sparse matrix of rows, as a pickle describes it."""

    def __init__(self) -> None:
        self.state: Mapping[str, Any] = {}

    def set_state(self, state: Mapping[str, Any]) -> None:
        self.state = state


def _array(content: Any, dtype: _Dtype, shape: Any, order: Any = "C") -> np.ndarray:
    values = np.frombuffer(content, dtype.dtype).reshape(shape, order=order)
    return values.astype(dtype.dtype.newbyteorder("="), order="K", copy=True)


def _scalar(dtype: _Dtype, content: Any) -> Any:
    content = content.encode("latin1") if isinstance(content, str) else content
    return _array(content, dtype, (1,))[0]


def _latin1(text: str, encoding: str) -> bytes:
    if encoding != "latin1":
        raise _ForbiddenError(f"it encodes text as {encoding[:40]!r}")
    return text.encode("latin1")


def _storage(content: bytes) -> Tensor:
    """What tensors lie in, flat: a file of torch's older format, which before its numbers is pickles."""
    saved = _SAVED.search(content)
    if saved is None:
        raise _ForbiddenError("it has a tensor in another form than torch writes into pickles")
    dtype = _DTYPES[saved[1].decode()]
    (count,) = struct.unpack_from("<q", content, saved.end())
    raw = bytearray(content[saved.end() + _WORD :])
    if len(raw) != count * dtype.itemsize:
        raise ValueError(f"a storage of {count} numbers in {len(raw)} bytes")
    return torch.frombuffer(raw, dtype=dtype) if raw else torch.empty(0, dtype=dtype)


def _tensor(storage: Tensor, offset: int, size: Any, stride: Any, *_: Any) -> Tensor:
    values = storage.as_strided(tuple(size), tuple(stride), offset)
    if values.numel() > storage.numel():
        raise ValueError(f"a tensor of shape {list(values.shape)} in {storage.numel()} numbers")
    return values.contiguous()


def tensor_of(array: Any) -> Tensor:
    """Return the tensor of an array: what files that are written anew name for it."""
    return torch.from_numpy(array.value if isinstance(array, _Array) else array)


_NUMPY: Mapping[str, Callable[..., Any]] = {"_reconstruct": _Array, "scalar": _scalar}
_PLAIN: Mapping[str, Callable[..., Any]] = {
    **{kind.__name__: kind for kind in (list, dict, tuple, set, int, float, bool)},
    "bytes": lambda: b"",  # what protocol 2 calls for no bytes; with a number it would take memory
}
_BUILDERS: dict[str, Mapping[str, Callable[..., Any]]] = {
    "__builtin__": _PLAIN,
    "builtins": _PLAIN,
    "collections": {"OrderedDict": OrderedDict, "defaultdict": defaultdict},
    "_codecs": {"encode": _latin1},
    "numpy": {"ndarray": _Array, "dtype": _Dtype},
    "numpy.core.multiarray": _NUMPY,
    "numpy._core.multiarray": _NUMPY,
    "numpy.core.numeric": {"_frombuffer": _array},
    "numpy._core.numeric": {"_frombuffer": _array},
    "scipy.sparse.csr": {"csr_matrix": _Matrix},
    "scipy.sparse._csr": {"csr_matrix": _Matrix, "csr_array": _Matrix},
    "mspe.common.safe_pickle": {"tensor_of": tensor_of},
    "torch.storage": {"_load_from_bytes": _storage},
    "torch._utils": {"_rebuild_tensor_v2": _tensor},
}
"""What stands for each name that a pickle may hold, by module."""


class _Unpickler(pickle._Unpickler):  # written in Python: the one in C takes memory for whatever a number claims
    """Finds builders of data alone, and sets the state of nothing else."""

    stack: list[Any]
    dispatch: ClassVar[dict[int, Any]] = dict(pickle._Unpickler.dispatch)

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _BUILDERS[module][name]
        except KeyError:
            raise _ForbiddenError(f"it names {f'{module}.{name}'[:80]!r}") from None

    def get_extension(self, code: int) -> Any:
        raise _ForbiddenError(f"it names extension {code}")

    def load_build(self) -> None:
        state = self.stack.pop()
        if type(self.stack[-1]) not in (_Array, _Dtype, _Matrix):
            raise _ForbiddenError(f"it sets the state of a {type(self.stack[-1]).__name__}")
        self.stack[-1].set_state(state)

    dispatch[pickle.BUILD[0]] = load_build


class _Rebuilt:
    """Values in place of what describes them, each once; with the bytes that they take if nothing is shared."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, int]] = {}

    def rebuild(self, value: Any) -> tuple[Any, int]:
        """A value, and how many bytes it takes.

        Raises
        ------
        _ForbiddenError
            If it holds anything that is no data, a builder say.
        RecursionError
            If it holds itself.
        """
        if id(value) not in self._known:
            self._known[id(value)] = self._rebuild(value)
        return self._known[id(value)]

    def _rebuild(self, value: Any) -> tuple[Any, int]:
        if isinstance(value, dict):
            keys, values = self._items(value), self._items(value.values())
            return dict(zip(keys[0], values[0], strict=True)), keys[1] + values[1]
        if type(value) in (list, tuple, set):
            items, size = self._items(value)
            return type(value)(items), size
        if isinstance(value, _Matrix):
            return self._matrix(value.state)
        value = value.value if isinstance(value, _Array) else value
        if value is None or isinstance(value, bool | int | float):
            return value, _WORD
        if isinstance(value, str | bytes | bytearray):
            return value, _WORD + len(value)
        if isinstance(value, Tensor | np.ndarray | np.generic):
            return value, _WORD + value.nbytes
        raise _ForbiddenError(f"it holds a {getattr(value, '__name__', type(value).__name__).strip('_')}, no data")

    def _items(self, values: Iterable[Any]) -> tuple[list[Any], int]:
        pairs = [self.rebuild(value) for value in values]
        return [value for value, _ in pairs], _WORD + sum(size for _, size in pairs)

    def _matrix(self, state: Mapping[str, Any]) -> tuple[Any, int]:
        data, indices, starts = (self.rebuild(state[name])[0] for name in ("data", "indices", "indptr"))
        rows, columns = map(int, state["_shape"] if "_shape" in state else state["shape"])
        matrix = sparse.csr_matrix((data, indices, starts), shape=(rows, columns))
        matrix.check_format(full_check=True)
        return matrix, _WORD + rows * columns * matrix.dtype.itemsize


class _Pickler(pickle.Pickler):
    """Writes tensors as arrays, which is many times faster than torch's own way."""

    def reducer_override(self, value: Any) -> Any:
        return (tensor_of, (value.numpy(),)) if isinstance(value, Tensor) else NotImplemented
