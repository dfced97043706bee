"""`mspe recipe`: a recipe put into `params.yaml`."""

from typing import TYPE_CHECKING

from mspe.commands.subcommand import Subcommand

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def _add_arguments(parser: "ArgumentParser") -> None:
    parser.add_argument("recipe", help="a YAML file of parameters, such as recipes/zinc_graphgps.yaml")


def _run(arguments: "Namespace") -> int:
    from mspe.pipeline.recipe import PARAMS, put_recipe

    changed = put_recipe(arguments.recipe)
    if not changed:
        print(f"nothing changes: {PARAMS} has every value of {arguments.recipe}")
        return 0
    print(*changed, sep="\n")
    print(f"{PARAMS} is written; next: dvc repro (and `git checkout {PARAMS}` takes the recipe back)")
    return 0


RECIPE = Subcommand(
    name="recipe",
    summary="put a recipe into params.yaml, and print what that changes",
    examples=("mspe recipe recipes/zinc_graphgps.yaml",),
    add_arguments=_add_arguments,
    run=_run,
)
