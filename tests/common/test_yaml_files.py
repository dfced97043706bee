"""YAML is read as plain values or refused in one bounded line, at once."""

from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.common.yaml_files import LARGEST_FILE, parse_yaml, read_yaml

LAUGHS = "a0: &a0 [ha]\n" + "".join(f"a{k + 1}: &a{k + 1} [{', '.join([f'*a{k}'] * 10)}]\n" for k in range(9))
MERGED = "a0: &a0 {k: 1}\n" + "".join(f"a{k + 1}: &a{k + 1} {{<<: [{', '.join([f'*a{k}'] * 10)}]}}\n" for k in range(9))

REFUSED = {
    "a: 2024-01-01": "line 1: a: got '2024-01-01', which YAML reads as timestamp, allowed: text, numbers",
    "a:\n  b: [1, 2024-99-99]": "line 2: a.b.1: got '2024-99-99', which YAML reads as timestamp",
    "a: !!python/object/apply:os.system [ls]": "a: has the tag python/object/apply:os.system",
    "a: !!binary abc": "a: got 'abc', which YAML reads as binary",
    "a: !!set {b}": "a: has the tag set",
    "!!omap [a: 1]": "line 1: has the tag omap",
    "a: !mine 1": "a: got '1', which YAML reads as !mine",
    "a: !!int one": "a: got 'one', which is no int",
    "a: !!float ''": "a: got '', which is no float",
    "a: !!bool maybe": "a: got 'maybe', which is no bool",
    "a: =": "which YAML reads as value",
    "b: 1\na: {c: 1, c: 2}": "line 2: a: duplicate key 'c'; write it once",
    "1: a": "line 1: a key is '1', which YAML reads as int, allowed: text; quote",
    "on: a": "a key is 'on', which YAML reads as bool",
    "? [a, b]\n: c": "a key is a seq, allowed: text",
    "a: &a [*a]": "nested too deep, or inside itself, allowed: 32 levels",
    "a: &a {<<: *a}": "nested too deep, or inside itself",
    "[" * 20_000: "nested too deep, allowed: 32 levels",
    LAUGHS: "too many values, with those that anchors repeat, allowed: 10,000",
    MERGED: "too many values, with those that anchors repeat, allowed: 10,000",
    "<<: [1]": "expected a mapping for merging",
    "a: *b": "not valid YAML (found undefined alias 'b' line 1",
    "a:\t- b\n\t- c": "not valid YAML",
    "a: [1": "not valid YAML",
    "--- 1\n--- 2": "not valid YAML (expected a single document",
    "a: \0": "not valid YAML (unacceptable character #x0000",
    'a: "\\0"': "allowed: text without NUL characters",
    'a: "\\ud800"': "which is no str",
    'a: "\\UFFFFFFFF"': "not valid YAML",
    f"a: {'x' * 10_001}": "a: 10,001 characters, allowed: 10,000",
    f"a: {'9' * 5000}": "which is no int",
    f"a: 0x{'f' * 5000}": "allowed: integers of up to 300 digits",
    "a: 1:30": "got '1:30', allowed: a number in plain digits",
    "seeds: [010]": "seeds.0: got '010', allowed: a number in plain digits",
}


@pytest.mark.parametrize(("text", "message"), REFUSED.items(), ids=[text[:40] for text in REFUSED])
def test_what_is_no_plain_value_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(MspeError) as raised:
        parse_yaml(text, "params.yaml")
    assert str(raised.value).startswith("params.yaml: ") and message in str(raised.value)
    assert str(raised.value).isprintable() and len(str(raised.value)) <= 400


def test_plain_values_are_what_yaml_says() -> None:
    text = "a: &a {b: 1, c: [0.5, x, null, true]}\nd: {<<: *a, b: 2}\ne: '2024'\nf: 1e-05\ng: !!str 5\nh: -1.0e+3"
    assert parse_yaml(text, "params.yaml") == {
        "a": {"b": 1, "c": [0.5, "x", None, True]},
        "d": {"b": 2, "c": [0.5, "x", None, True]},
        "e": "2024",
        "f": "1e-05",
        "g": "5",
        "h": -1000.0,
    }
    assert parse_yaml("# nothing\n", "params.yaml") is None


def test_a_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"no such file; run from the repository's top folder$"):
        read_yaml(tmp_path / "params.yaml")
    (tmp_path / "params.yaml").write_bytes(b"#" * (LARGEST_FILE + 1))
    with pytest.raises(MspeError, match=r"params.yaml: too large, allowed: up to 1,000,000 bytes"):
        read_yaml(tmp_path / "params.yaml")
