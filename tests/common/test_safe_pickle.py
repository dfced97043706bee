"""Pickles of data, read and written anew as equal data; hostile ones: tests/faults/test_hostile.py."""

import collections
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from mspe.common.errors import MspeError
from mspe.common.safe_pickle import read_pickle, rewrite_pickle

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
ARRAYS = [
    np.arange(12, dtype=np.int16).reshape(3, 4),
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.arange(3, dtype=">i4"),
    np.zeros((0, 5), dtype=np.float32),
    np.array([True, False]),
    np.array(1.5),
]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("array", ARRAYS, ids=str)
def test_arrays_are_read(array: np.ndarray, protocol: int, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(pickle.dumps([array, array[..., None]], protocol=protocol))
    first, second = read_pickle(tmp_path / "file")
    assert np.array_equal(first, array) and np.array_equal(second, array[..., None])
    assert first.dtype == array.dtype.newbyteorder("=") and first.flags.writeable


@pytest.mark.parametrize("protocol", PROTOCOLS[2:])
def test_tensors_matrices_and_containers_are_read(protocol: int, tmp_path: Path) -> None:
    square = torch.arange(16, dtype=torch.uint8).view(4, 4)
    matrix = csr_matrix(np.eye(3, dtype=np.float32))
    numbers = collections.defaultdict(list, {0: [1, 2], np.int64(1): [2.5, None, True]})
    content = [square, square.T, square[1:, 2], torch.zeros(0), matrix, numbers, ("text", b"bytes", {1, 2}), 10**30]
    (tmp_path / "file").write_bytes(pickle.dumps(content, protocol=protocol))
    rewrite_pickle(tmp_path / "file")
    with (tmp_path / "file").open("rb") as file:
        again = pickle.load(file)
    for found in (read_pickle(tmp_path / "file"), again):
        assert all(torch.equal(one, other) for one, other in zip(found[:4], content[:4], strict=True))
        assert found[0].dtype == torch.uint8 and (found[4] != matrix).nnz == 0
        assert found[5:] == [dict(numbers), *content[6:]]


def test_a_link_is_replaced_and_its_file_is_not_touched(tmp_path: Path) -> None:
    original, link = tmp_path / "original", tmp_path / "link"
    original.write_bytes(pickle.dumps([1], protocol=0))
    link.symlink_to(original)
    rewrite_pickle(link)
    assert not link.is_symlink() and read_pickle(link) == [1]
    assert original.read_bytes() == pickle.dumps([1], protocol=0)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_keys_are_plain_values(protocol: int, tmp_path: Path) -> None:
    content = {"text": 1, 2**60 - 1: 2, -5: 3, 2.5: 4, None: 5, True: 6, np.int64(7): [collections.OrderedDict(a=1)]}
    (tmp_path / "file").write_bytes(pickle.dumps(content, protocol=protocol))
    assert read_pickle(tmp_path / "file") == content


@pytest.mark.parametrize("key", [(1, 2), 2**60, -(2**60), np.uint64(2**63), frozenset([1])], ids=str)
@pytest.mark.parametrize("protocol", PROTOCOLS[2:])
def test_keys_that_can_be_chosen_to_have_one_hash_are_refused(key: Any, protocol: int, tmp_path: Path) -> None:
    for content in ({key: 1}, {key}, {1: 2, key: 3}, collections.OrderedDict([(key, 1)])):
        (tmp_path / "file").write_bytes(pickle.dumps(content, protocol=protocol))
        with pytest.raises(MspeError, match="not read, since"):
            read_pickle(tmp_path / "file")


def test_python_2s_ordered_dictionary_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\x80\x02ccollections\nOrderedDict\n](](U\x01aK\x01ee\x85R.")
    assert read_pickle(tmp_path / "file") == {"a": 1}
