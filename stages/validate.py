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


def keep_alone(names: Sequence[str], folder: str, suffix: str) -> None:
    """Remove what is left of files that are no longer listed."""
    listed = {Path(folder, name) for name in names}
    for path in Path(folder).rglob(f"*{suffix}"):
        if path not in listed:
            path.unlink()


if __name__ == "__main__":
    with command():
        params = load_params()
        check_path(params.dataset)
        params.encodings.check_files()
        keep_alone(params.encodings.plugins, "data/plugins", ".py")
        keep_alone([f"{file}.checksum" for file in params.encodings.files], "data/files", ".checksum")
        write_text("data/plugins/none", "Copies of plug-ins stand here, if there are any.\n")
        write_text("data/files/none", "Checksums of files that encodings read stand here, if there are any.\n")
        write_json("data/operators.json", {"operators": params.encodings.operators()})
        write_text("data/params.valid", "The parameters were found valid.\n")
