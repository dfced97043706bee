"""Refuse bad parameters before DVC deletes or computes anything.

DVC removes a stage's outputs before it runs it. Every other stage follows this one, whose outputs change only where the
encodings read the spectra of other operators than before: so a mistake in `params.yaml` stops the pipeline here, and a
correct change reruns nothing by itself.
"""

from mspe.common.command import begin, command

if __name__ == "__main__":
    begin(__doc__)

from collections.abc import Sequence
from pathlib import Path

from mspe.common.files import write_text
from mspe.common.json_files import write_json
from mspe.config import load_params
from mspe.dataset.path import check_path


def keep_copies_of(folder: str, plugins: Sequence[str]) -> None:
    """Remove what is left of plug-ins that are no longer listed."""
    listed = {Path(folder, plugin) for plugin in plugins}
    for path in Path(folder).rglob("*.py"):
        if path not in listed:
            path.unlink()


if __name__ == "__main__":
    with command():
        params = load_params()
        check_path(params.dataset)
        keep_copies_of("data/plugins", params.encodings.plugins)
        write_text("data/plugins/none", "Copies of plug-ins stand here, if there are any.\n")
        write_json("data/operators.json", {"operators": params.encodings.operators()})
        write_text("data/params.valid", "The parameters were found valid.\n")
