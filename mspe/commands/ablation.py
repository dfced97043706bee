"""`mspe ablation`: the comparison that `ablation/params.yaml` declares."""

from typing import TYPE_CHECKING

from mspe.commands.subcommand import Subcommand

if TYPE_CHECKING:
    from argparse import Namespace


def _run(arguments: "Namespace") -> int:
    import subprocess

    return subprocess.run(["dvc", "--wait-for-lock", "repro", "ablation/dvc.yaml"], check=False).returncode


ABLATION = Subcommand(
    name="ablation",
    summary="compare the encodings that ablation/params.yaml declares, recorded by DVC",
    examples=("mspe ablation",),
    run=_run,
)
