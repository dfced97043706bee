"""A verb of the command, and the help that it gives its parser."""

from argparse import ArgumentParser

from mspe.commands.subcommand import Subcommand


def test_a_verb_without_arguments_declares_none() -> None:
    verb = Subcommand("greet", "print a greeting", ("mspe greet",), lambda arguments: 0)
    parser = ArgumentParser()
    before = len(parser._actions)
    verb.add_arguments(parser)
    assert len(parser._actions) == before


def test_its_help_has_every_example_on_a_line_of_its_own() -> None:
    verb = Subcommand("greet", "print Ada's name", ("mspe greet", "mspe greet --loud"), lambda arguments: 0)
    assert verb.epilog.splitlines() == ["examples:", "  mspe greet", "  mspe greet --loud"]
    assert verb.description == "Print Ada's name."
