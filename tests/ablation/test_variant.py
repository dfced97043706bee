"""A variant's way through its file."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mspe.ablation.variant import Variant, operators_of
from mspe.common.errors import MspeError
from mspe.config import load_params
from mspe.encodings import BankConfig, EncodingSet
from tests.conftest import BANK, ROOT

PARAMS = load_params(ROOT / "params.yaml")
WHOLE = EncodingSet.from_config(BANK).config()
VARIANT = Variant("mine", WHOLE, PARAMS.model, PARAMS.training)


def edited(path: Path) -> dict[str, Any]:
    """The content of a variant's file, without its checksum, as an editor of it is told to remove it."""
    content = json.loads(path.read_text())
    del content["checksum"]
    return content


@pytest.mark.parametrize("bank", [WHOLE, EncodingSet.from_config({}).config()], ids=["whole", "empty"])
def test_a_variant_survives_its_file(tmp_path: Path, bank: BankConfig) -> None:
    variant = replace(VARIANT, bank=bank)
    variant.save(tmp_path / "mine.json")
    assert Variant.load(tmp_path / "mine.json") == variant


@pytest.mark.parametrize(("section", "key"), [("bank", "node"), ("model", "heads"), ("training", "epochs")])
def test_a_wrong_value_is_one_line_with_the_file_and_the_keys_path(tmp_path: Path, section: str, key: str) -> None:
    path = tmp_path / "mine.json"
    VARIANT.save(path)
    content = edited(path)
    content[section][key] = "many"
    path.write_text(json.dumps(content))
    with pytest.raises(MspeError) as raised:
        Variant.load(path)
    assert str(raised.value).startswith(f"{path}: {section}: {key}: got 'many', ")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("key", ["name", "bank", "model", "training"])
def test_a_missing_part_is_one_line_with_the_file(tmp_path: Path, key: str) -> None:
    path = tmp_path / "mine.json"
    VARIANT.save(path)
    content = edited(path)
    for changed in ({name: value for name, value in content.items() if name != key}, {**content, "seed": 0}, {}):
        path.write_text(json.dumps(changed))
        with pytest.raises(MspeError, match="expected name, bank, model, training; run the stage") as raised:
            Variant.load(path)
        assert str(raised.value).startswith(f"{path}: holds {', '.join(changed) or 'nothing'}, ")
        assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"mine\.json: no such file"):
        Variant.load(tmp_path / "mine.json")


def test_a_file_of_another_variant_is_refused(tmp_path: Path) -> None:
    VARIANT.save(tmp_path / "yours.json")
    with pytest.raises(MspeError, match=r"yours\.json: holds the variant 'mine'; run the stage"):
        Variant.load(tmp_path / "yours.json")


def test_the_operators_of_variants_are_those_of_all_their_encodings() -> None:
    banks = [{}, {"filters": {}, "katz": [0.5]}, {"filters": {}, "biharmonic": True, "katz": [0.8]}]
    variants = [replace(VARIANT, bank=EncodingSet.from_config(bank).config()) for bank in banks]
    assert operators_of(variants) == {"normalized", "adjacency", "combinatorial"} and operators_of([]) == frozenset()
