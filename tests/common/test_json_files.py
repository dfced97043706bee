"""JSON objects as files, known again when they are damaged."""

import json
from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.common.json_files import read_json, write_json, write_sealed_json


def test_a_byte_order_mark_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "file.json").write_bytes('{"a": 1}'.encode("utf-8-sig"))
    assert read_json(tmp_path / "file.json") == {"a": 1}


def test_json_holds_null_where_a_number_is_undefined(tmp_path: Path) -> None:
    write_json(tmp_path / "file.json", {"a": float("nan"), "b": [{"c": float("inf")}]})
    assert read_json(tmp_path / "file.json") == {"a": None, "b": [{"c": None}]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"a": ', r"not valid JSON \(Expecting value"),
        (b"\xff\xfe\x00", r"line 1: not UTF-8 text \(invalid start byte"),
        (b'{"a": ' + b"[" * 100_000, r"not valid JSON \("),
        (b'{"a": ' + b"1" * 5_000 + b"}", r"not valid JSON \(Exceeds the limit"),
        (b"[1, 2]", "holds a list, expected an object; was it written by mspe"),
    ],
)
def test_a_file_that_holds_no_json_object_is_one_line_that_names_it(
    tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "file.json").write_bytes(content)
    with pytest.raises(MspeError, match=rf"^\S*file\.json: {message}.*$"):
        read_json(tmp_path / "file.json")


SEALED = {"name": "a", "share": 0.25, "none": float("nan"), "nested": {"counts": [1, 20], "text": "α"}}


def test_a_sealed_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    write_sealed_json(path, SEALED)
    assert list(json.loads(path.read_text())) == [*SEALED, "checksum"]
    assert read_json(path) == {**SEALED, "none": None}


def test_no_flipped_bit_of_a_sealed_file_goes_unseen(tmp_path: Path) -> None:
    """It is refused, or changes nothing, or, in the checksum's own name, leaves a key that no schema knows."""
    path = tmp_path / "file.json"
    write_sealed_json(path, SEALED)
    written, content = path.read_bytes(), read_json(path)
    for bit in range(8 * len(written)):
        damaged = bytearray(written)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        try:
            read = read_json(path)
        except MspeError as error:
            assert str(error).startswith(f"{path}: ") and "\n" not in str(error)
        else:
            assert read == content or {name: read[name] for name in content} == content, bit
            assert len(read) == len(content) or bit // 8 >= written.index(b"checksum")


def test_an_edit_by_hand_is_accepted_where_the_checksum_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    write_sealed_json(path, SEALED)
    edited = json.loads(path.read_text()) | {"share": 0.5}
    path.write_text(json.dumps(edited))
    with pytest.raises(MspeError, match=r"edited by hand: .* remove that key to accept an edit$"):
        read_json(path)
    del edited["checksum"]
    path.write_text(json.dumps(edited))
    assert read_json(path)["share"] == 0.5


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=rf"^{tmp_path}: not a regular file"):
        read_json(tmp_path)
