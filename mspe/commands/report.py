"""`mspe report`: the summary over seeds, and what to try next."""

from typing import TYPE_CHECKING

from mspe.commands.subcommand import Subcommand

if TYPE_CHECKING:
    from argparse import Namespace


def next_commands(seed: int) -> str:
    """Return three commands that go on from the pipeline's outputs, a line each under a heading."""
    commands = {
        f"mspe range models/{seed}/best.pt": "how far the model looks, as a page",
        f"mspe profile models/{seed}/best.pt": "what a training step costs, and how that grows",
        "dvc exp run -S encodings.preset=rwse": "another encoding; `dvc metrics diff` compares",
    }
    width = max(map(len, commands))
    lines = [f"  {command:<{width}}  {purpose}" for command, purpose in commands.items()]
    return "\n".join(["next, after `. .venv/bin/activate`:", *lines])


def _run(arguments: "Namespace") -> int:
    from mspe.common.json_files import read_json
    from mspe.pipeline.summary import read_summary

    print(read_summary())
    print(next_commands(read_json("metrics/summary.json")["seeds"][0]))
    return 0


REPORT = Subcommand(
    name="report",
    summary="print the summary over seeds that `dvc repro` wrote, and what to try next",
    examples=("mspe report",),
    run=_run,
)
