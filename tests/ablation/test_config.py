"""`ablation/params.yaml`: what may be declared, and how a mistake is reported."""

from pathlib import Path
from typing import Any

import pytest

from mspe.ablation.config import AblationParams, load_ablation
from mspe.common.errors import MspeError
from mspe.common.section import validate


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"baseline": "rwse"}, "baseline is rwse, allowed: one of variants, none, all"),
        ({"variants": ["none", "none"]}, "variants: got .*duplicate entries"),
        ({"variants": ["none", "../all"]}, "variants.1: got '../all'"),
        ({"seed": 1}, "seed: unknown key; known here: baseline, by, confirm, definitions"),
        ({"named": ["rwse"]}, "named is rwse, allowed: one of variants, none, all"),
        ({"variants": ["none"]}, "variants is none alone; name another one to compare with it"),
        ({"minutes": 5, "confirm": {"seeds": 3}}, "minutes plan both rounds"),
        ({"screen": {"seeds": 3}}, "screen is given without confirm"),
        ({"confirm": {"seeds": 1}}, "confirm.seeds: got 1"),
        ({"margin": 0}, "margin: got 0"),
        ({"test_share": 0.6}, "test_share: got 0.6"),
        (
            {"definitions": {"mine": {"encodings": {"plugins": ["mine.py"]}}}},
            "definitions.mine.*plugins are allowed in params.yaml alone",
        ),
    ],
)
def test_the_declaration_is_checked(change: dict[str, Any], message: str) -> None:
    values = {"baseline": "none", "variants": ["none", "all"], **change}
    with pytest.raises(MspeError, match=message):
        validate(AblationParams, values, "ablation/params.yaml")


def test_mistakes_in_the_file_are_one_line_that_names_it_and_each_of_them(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("margin: 2\nbaseline: none\nvariants: [none, all]\nparameter_tolerance: 0\n")
    with pytest.raises(MspeError) as raised:
        load_ablation(path)
    problems = (
        "margin: got 2, input should be less than 1",
        "parameter_tolerance: got 0, input should be greater than 0",
    )
    assert str(raised.value) == f"{path}: {'; '.join(problems)}"


@pytest.mark.parametrize("name", ["a/b", "", "-x", "two words", "..", ".hidden", "a\n"])
def test_a_name_that_is_no_folder_is_refused(name: str) -> None:
    with pytest.raises(MspeError, match=r"^test: .*variants\.0: got"):
        validate(AblationParams, {"baseline": "none", "variants": [name]}, "test")
