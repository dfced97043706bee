"""Pickles of others, read without running what they say: numbers, text, arrays, tensors and plain containers."""

import io
import pickle
import re
import struct
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.common.unpacking import Unpacked, refuse_fold, refuse_special

_WORD = 8
"""Bytes that an item is counted as, at least."""

_ITEM = 64
"""Bytes that an item of a container is counted as when a builder takes it: a set is as large."""

_LARGEST_KEY = 2**60
"""Of integers; those that are far apart may have one hash, and very many such take hours."""

_LARGEST_PLACE = 2**32
"""Of the memo."""

_STORAGE = b"(X\x07\0\0\0storageq\0ctorch\n"
_SAVED = re.compile(
    re.escape(_STORAGE) + rb"(\w{1,20})Storage\nq\x01X.{1,200}?tq\x04Q\.\x80\x02\]q\0X.{1,100}?q\x01a\.", re.DOTALL
)
_STARTS = 1000
"""Where the description of a storage begins, at the latest: before it are three short pickles."""

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
        unpacked = Unpacked(path)
        content = _Unpickler(path.read_bytes(), unpacked).load()
        content, size = _Rebuilt(unpacked).rebuild(content)
    except _ForbiddenError as error:
        raise MspeError(
            f"{path}: not read, since it could run code ({error}); allowed in it are numbers, text, arrays, sparse "
            "matrices, tensors and plain containers: take the published file"
        ) from None
    except (FileNotFoundError, MspeError):
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

    def __init__(self, code: Any, align: Any = False, copy: Any = False) -> None:
        self.dtype = np.dtype(_text(code))
        if self.dtype.kind not in "biuf":
            raise _ForbiddenError(f"it has an array of dtype {code[:40]!r}")

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


def _text(value: Any) -> str:
    if type(value) is not str:  # to show another value may take for ever
        raise _ForbiddenError(f"it has a {type(value).__name__} for a name")
    return value


def _latin1(text: str, encoding: Any) -> bytes:
    if _text(encoding) != "latin1":
        raise _ForbiddenError(f"it encodes text as {encoding[:40]!r}")
    return text.encode("latin1")


def _storage(content: bytes) -> Tensor:
    """What tensors lie in, flat: a file of torch's older format, which before its numbers is pickles."""
    saved = _SAVED.match(content, max(0, content.find(_STORAGE, 0, _STARTS)))
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


def _kind(*_: Any) -> Any:
    raise _ForbiddenError("it calls what data only name: a kind of number or container")


def _dict(pairs: Iterable[Any] = ()) -> dict[Any, Any]:
    return {_key(key): value for key, value in pairs}


def _default_dict(_: Any = None) -> dict[Any, Any]:
    return {}


def _set(items: Iterable[Any] = ()) -> set[Any]:
    return {_key(item) for item in items}


def _key(value: Any) -> Any:
    """A key, or an item of a set, whose hash takes no stack, and which few others share.

    Raises
    ------
    _ForbiddenError
        If it is anything else: a tuple, say, or a huge integer.
    """
    plain = value.item() if isinstance(value, np.generic) else value
    if plain is not None and not isinstance(plain, str | bytes | int | float):
        raise _ForbiddenError(f"it has a {type(plain).__name__} for a key")
    if isinstance(plain, int) and abs(plain) >= _LARGEST_KEY:
        raise _ForbiddenError("it has an integer of 60 bits or more for a key")
    return value


_NUMPY: Mapping[str, Callable[..., Any]] = {"_reconstruct": _Array, "scalar": _scalar}
_PLAIN: Mapping[str, Callable[..., Any]] = {
    **dict.fromkeys(("list", "dict", "tuple", "int", "float", "bool"), _kind),  # what a defaultdict makes
    "set": _set,
    "bytes": lambda: b"",  # what protocol 2 calls for no bytes; with a number it would take memory
}
_BUILDERS: dict[str, Mapping[str, Callable[..., Any]]] = {
    "__builtin__": _PLAIN,
    "builtins": _PLAIN,
    "collections": {"OrderedDict": _dict, "defaultdict": _default_dict},
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


def _taken(values: Collection[Any]) -> int:
    """Bytes that a builder makes of its arguments, at most."""
    size = _WORD * (1 + len(values))
    for value in values:
        if isinstance(value, np.ndarray | Tensor):
            size += value.nbytes
        elif isinstance(value, list | tuple | dict | set):
            size += _ITEM * len(value)
        elif isinstance(value, str | bytes | bytearray):
            size += len(value)
    return size


_NEEDLESS = b"".join(
    [
        *(pickle.EXT1, pickle.EXT2, pickle.EXT4, pickle.NEWOBJ_EX),
        *(pickle.FROZENSET, pickle.NEXT_BUFFER, pickle.READONLY_BUFFER),
    ]
)
"""Operations of pickles that no data have."""


class _Unpickler(pickle._Unpickler):  # written in Python: the one in C takes memory for whatever a number claims
    """Finds builders of data alone, counts what they make, and sets the state of nothing else."""

    stack: list[Any]
    memo: dict[int, Any]
    read: Callable[[int], bytes]
    readline: Callable[[], bytes]
    append: Callable[[Any], None]
    pop_mark: Callable[[], list[Any]]
    dispatch: ClassVar[dict[int, Any]] = dict(pickle._Unpickler.dispatch)

    def __init__(self, content: bytes, unpacked: Unpacked) -> None:
        super().__init__(io.BytesIO(content), encoding="latin1")
        self._unpacked = unpacked

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _BUILDERS[module][name]
        except KeyError:
            raise _ForbiddenError(f"it names {f'{module}.{name}'[:80]!r}") from None

    def _instantiate(self, builder: Any, arguments: Iterable[Any]) -> None:
        arguments = tuple(arguments)
        self._unpacked.add(_taken(arguments))
        self.append(builder(*arguments))

    def load_reduce(self) -> None:
        arguments = self.stack.pop()
        self._instantiate(self.stack.pop(), arguments)

    dispatch[pickle.REDUCE[0]] = dispatch[pickle.NEWOBJ[0]] = load_reduce

    def load_build(self) -> None:
        state = self.stack.pop()
        if type(self.stack[-1]) not in (_Array, _Dtype, _Matrix):
            raise _ForbiddenError(f"it sets the state of a {type(self.stack[-1]).__name__}")
        self._unpacked.add(_taken(state))
        self.stack[-1].set_state(state)

    dispatch[pickle.BUILD[0]] = load_build

    def load_dict(self) -> None:
        items = self.pop_mark()
        self.append({})
        self._set_items(items)

    dispatch[pickle.DICT[0]] = load_dict

    def load_setitem(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self._set_items([key, value])

    dispatch[pickle.SETITEM[0]] = load_setitem

    def load_setitems(self) -> None:
        self._set_items(self.pop_mark())

    dispatch[pickle.SETITEMS[0]] = load_setitems

    def _set_items(self, items: list[Any]) -> None:
        if type(self.stack[-1]) is not dict:
            raise _ForbiddenError(f"it sets items of a {type(self.stack[-1]).__name__}")
        self.stack[-1].update(_dict(zip(items[::2], items[1::2], strict=True)))

    def load_additems(self) -> None:
        items = self.pop_mark()
        if type(self.stack[-1]) is not set:
            raise _ForbiddenError(f"it adds items to a {type(self.stack[-1]).__name__}")
        self.stack[-1].update(_set(items))

    dispatch[pickle.ADDITEMS[0]] = load_additems

    def load_put(self) -> None:
        place = int(self.readline())
        if not 0 <= place < _LARGEST_PLACE:
            raise ValueError("a place in the memo that no pickle has")
        self.memo[place] = self.stack[-1]

    dispatch[pickle.PUT[0]] = load_put

    def load_bytearray8(self) -> None:
        (length,) = struct.unpack("<Q", self.read(8))
        self.append(bytearray(self.read(length)))  # takes what is there, whatever the length

    dispatch[pickle.BYTEARRAY8[0]] = load_bytearray8

    def refuse(self) -> None:
        raise _ForbiddenError("it holds an operation that data have no need of")

    dispatch |= dict.fromkeys(_NEEDLESS, refuse)


class _Rebuilt:
    """Values in place of what describes them, each once; with the bytes that they take if nothing is shared."""

    def __init__(self, unpacked: Unpacked) -> None:
        self._unpacked = unpacked
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
        self._unpacked.add(_taken((data, indices, starts)))
        rows, columns = map(int, state["_shape"] if "_shape" in state else state["shape"])
        matrix = sparse.csr_matrix((data, indices, starts), shape=(rows, columns))
        matrix.check_format(full_check=True)
        return matrix, _WORD + rows * columns * matrix.dtype.itemsize


class _Pickler(pickle.Pickler):
    """Writes tensors as arrays, which is many times faster than torch's own way."""

    def reducer_override(self, value: Any) -> Any:
        return (tensor_of, (value.numpy(),)) if isinstance(value, Tensor) else NotImplemented
