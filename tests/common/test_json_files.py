"""JSON objects as files."""

from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.common.json_files import read_json, write_json


def test_json_holds_null_where_a_number_is_undefined(tmp_path: Path) -> None:
    write_json(tmp_path / "file.json", {"a": float("nan"), "b": [{"c": float("inf")}]})
    assert read_json(tmp_path / "file.json") == {"a": None, "b": [{"c": None}]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"a": ', r"not valid JSON \(Expecting value"),
        (b"\xff\xfe\x00", r"not valid JSON \('utf-8' codec can't decode"),
        (b"[1, 2]", "holds a list, expected an object; was it written by mspe"),
    ],
)
def test_a_file_that_holds_no_json_object_is_one_line_that_names_it(
    tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "file.json").write_bytes(content)
    with pytest.raises(MspeError, match=rf"^\S*file\.json: {message}.*$"):
        read_json(tmp_path / "file.json")
