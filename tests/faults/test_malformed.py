"""Malformed parameters, recipes and declarations of an ablation: read as what they say, or refused in one line.

The everyday test reads a hundred of them, the slow one three hundred, with `MSPE_FAULTS=full` ten thousand.
"""

import copy
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mspe.ablation.config import load_ablation
from mspe.ablation.declarations import expand_variants
from mspe.common.errors import MspeError
from mspe.common.section import Section
from mspe.common.yaml_files import read_yaml
from mspe.config import load_params
from mspe.encodings import GraphStatistics
from mspe.pipeline.recipe import put_recipe
from tests.conftest import ROOT
from tests.faults import FULL

LONGEST = 600
"""Characters of a message, its file's path included."""

PARAMS = read_yaml(ROOT / "params.yaml")
STATISTICS = GraphStatistics(max_nodes=40, largest_eigenvalue=1.9, spectral_gap=0.05, sizes={40: 10})

ODD: list[Any] = [
    None, True, False, "", "abc", "auto", "none", "1", "nan", 0, -1, 1, 2, 3, 10**6, 10**9, 10**12, 10**30, -(10**30),
    10**400, 0.5, -0.5, 1e300, 1e-300, [], {}, [[]], [[1, [2, [3]]]], [None], [True], ["a", 1], {"a": {"b": {"c": 1}}},
    list(range(2000)), "x" * 9000, "naïve → ± 😀", "a\nb", "two words", "../..", "/dev/zero", "a; rm -rf b", "${seeds}",
    "geometric(1, 2, 1000000000)", "geometric(0.25, 32, 8)", "geometric(1e-300, 1e300, 1000)", "geometric(,,)", "[1, 2",
]  # fmt: skip
RAW = [
    "2024-01-01", "2024-01-01 10:00:00", "!!python/object:os.system x", "!!binary R0lG", "!!set {a}", "!foo [1]",
    "!!timestamp 5", "!!int x", "1e400", "-1e400", ".inf", "-.inf", ".nan", "0x" + "f" * 999, "0b101", "010", "1:30",
    "1_000", "~", "yes", "*unknown", "&a [*a]", "{<<: 5}", "=", "<<", '"\\0"', '"\\ud800"', "\t1", "'", "{", "- 1",
    "|\n  text", "? x", "%", "@", "`", "\x1b[31m", "\x7f", "\ufeff", "\u2028", "9" * 5000, "[" * 500,
]  # fmt: skip


def containers(tree: Any) -> Iterator[Any]:
    """All mappings and lists that are not empty."""
    if isinstance(tree, dict | list) and tree:
        yield tree
        for child in tree.values() if isinstance(tree, dict) else tree:
            yield from containers(child)


def keys(container: Any) -> list[Any]:
    return list(container) if isinstance(container, dict) else list(range(len(container)))


def change_value(tree: Any, chance: random.Random) -> str:
    container = chance.choice(list(containers(tree)))
    container[chance.choice(keys(container))] = copy.deepcopy(chance.choice(ODD))
    return dumped(tree)


def change_to_raw_text(tree: Any, chance: random.Random) -> str:
    container = chance.choice(list(containers(tree)))
    container[chance.choice(keys(container))] = "PLACE"
    return dumped(tree).replace("PLACE", chance.choice(RAW), 1)


def delete(tree: Any, chance: random.Random) -> str:
    container = chance.choice(list(containers(tree)))
    del container[chance.choice(keys(container))]
    return dumped(tree)


def rename(tree: Any, chance: random.Random) -> str:
    container = chance.choice([part for part in containers(tree) if isinstance(part, dict)])
    key = chance.choice(list(container))
    container[chance.choice([f"{key}s", key.upper(), "x" * 3000, "a\nb", "", "é", "<<", "null", 5, None, 2.5])] = (
        container.pop(key)
    )
    return dumped(tree)


def swap(tree: Any, chance: random.Random) -> str:
    one, other = (chance.choice(list(containers(tree))) for _ in range(2))
    first, second = chance.choice(keys(one)), chance.choice(keys(other))
    one[first], other[second] = copy.deepcopy(other[second]), copy.deepcopy(one[first])
    return dumped(tree)


def duplicate_line(tree: Any, chance: random.Random) -> str:
    lines = dumped(tree).splitlines()
    lines.insert(chance.randrange(len(lines)), chance.choice(lines))
    return "\n".join(lines)


def dumped(tree: Any) -> str:
    return yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)


def truncate(text: bytes, chance: random.Random) -> bytes:
    return text[: chance.randrange(len(text))]


def insert_bytes(text: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(text))
    return text[:place] + chance.randbytes(chance.randint(1, 8)) + text[place:]


def insert_signs(text: bytes, chance: random.Random) -> bytes:
    place, signs = chance.randrange(len(text)), chance.choices("{}[]:,-&*!|>'\"%@#? \t\n0", k=chance.randint(1, 4))
    return text[:place] + "".join(signs).encode() + text[place:]


def flip(text: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(text))
    return text[:place] + bytes([text[place] ^ 1 << chance.randrange(8)]) + text[place + 1 :]


TREE_CHANGES = [change_value] * 4 + [change_to_raw_text] * 2 + [delete, rename, swap, duplicate_line]
TEXT_CHANGES = [truncate, insert_bytes, insert_signs, flip]


def malformed(text: str, chance: random.Random) -> bytes:
    """The file with one to three changes."""
    content = text.encode()
    for _ in range(chance.randint(0, 2)):
        try:
            tree = yaml.load(content, Loader=yaml.CSafeLoader)
            assert list(containers(tree))
            content = chance.choice(TREE_CHANGES)(tree, chance).encode()
        except Exception:  # damaged already beyond a tree
            break
    return chance.choice(TEXT_CHANGES)(content, chance) if chance.random() < 0.4 else content


def assert_sane(section: Section) -> None:
    """Every field holds what its annotation says: no date, no truth value where a number stands."""
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, Section):
            assert_sane(value)
        if field.annotation in (int, float, str, bool):
            assert type(value) is field.annotation, (name, value)
        if field.annotation in (int, float):
            assert abs(value) <= 1e30


def read_params(folder: Path) -> None:
    assert_sane(load_params(folder / "params.yaml"))


def read_recipe(folder: Path) -> None:
    put_recipe(folder / "recipe.yaml")


def read_declaration(folder: Path) -> None:
    ablation = load_ablation(folder / "ablation.yaml")
    assert_sane(ablation)
    for variant in expand_variants(ablation, PARAMS, STATISTICS):
        assert_sane(variant.model)
        assert_sane(variant.training)


READERS: dict[str, tuple[Path, str, Callable[[Path], None]]] = {
    "params": (ROOT / "params.yaml", "params.yaml", read_params),
    "recipe": (ROOT / "recipes/zinc_graphgps.yaml", "recipe.yaml", read_recipe),
    "ablation": (ROOT / "ablation/params.yaml", "ablation.yaml", read_declaration),
}


def check_outcomes(folder: Path, count: int, seed: int) -> Counter[str]:
    """Read so many malformed files, of each kind in turn; how many were read, and how many refused."""
    chance = random.Random(seed)
    outcomes: Counter[str] = Counter()
    originals = {kind: without_comments(source.read_text()) for kind, (source, _, _) in READERS.items()}
    for number in range(count):
        kind = chance.choices(list(READERS), [6, 1, 3])[0]
        if kind == "recipe":
            Path("params.yaml").write_text(dumped(PARAMS))
        content = malformed(originals[kind], chance)
        (folder / READERS[kind][1]).write_bytes(content)
        try:
            READERS[kind][2](folder)
            outcomes[f"{kind} read"] += 1
        except MspeError as error:
            outcomes[f"{kind} refused"] += 1
            assert str(error).isprintable() and len(str(error)) <= LONGEST, (seed, number, str(error))
        except Exception as error:
            raise AssertionError(f"seed {seed}, file {number}: {error!r} of {content[-3000:]!r}") from error
    return outcomes


def without_comments(text: str) -> str:
    """For speed: they are most of a file."""
    return re.sub(r" *#.*", "", text)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_hundred_malformed_files_give_values_or_one_line(folder: Path) -> None:
    outcomes = check_outcomes(folder, 100, seed=0)
    assert sum(outcomes.values()) == 100 and outcomes["params refused"] >= 10


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 6 if FULL else 2))
def test_many_malformed_files_give_values_or_one_line(folder: Path, seed: int) -> None:
    count = 2000 if FULL else 300
    outcomes = check_outcomes(folder, count, seed)
    print(dict(outcomes))
    assert sum(outcomes.values()) == count
