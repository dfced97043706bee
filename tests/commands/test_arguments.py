"""Arguments that several verbs have mean the same in each."""

from argparse import ArgumentParser

import pytest

from mspe.cli import SUBCOMMANDS
from mspe.commands.arguments import add_checkpoint, add_plugins


def options(name: str) -> dict[str, tuple[object, str | None]]:
    """Default and help of each option of a verb."""
    parser = ArgumentParser()
    SUBCOMMANDS[name].add_arguments(parser)
    return {flag: (action.default, action.help) for action in parser._actions for flag in action.option_strings}


@pytest.mark.parametrize("flag", ["--device", "--overwrite", "--plugin", "--root", "--smiles-column"])
def test_a_shared_option_has_one_default_and_one_help(flag: str) -> None:
    given = [found[flag] for name in SUBCOMMANDS if flag in (found := options(name))]
    assert len(given) >= 3 and all(other == given[0] for other in given)


def test_plugins_are_gathered_and_belong_to_one_call() -> None:
    parser = ArgumentParser()
    add_plugins(parser)
    assert parser.parse_args(["--plugin", "a.py", "--plugin", "b.py"]).plugin == ["a.py", "b.py"]
    assert parser.parse_args([]).plugin == []


def test_a_checkpoint_comes_with_its_device() -> None:
    parser = ArgumentParser()
    add_checkpoint(parser)
    parsed = parser.parse_args(["best.pt"])
    assert (parsed.checkpoint, parsed.device) == ("best.pt", "auto")
