"""A page's figures as files to take away: SVG, PDF and PNG, and what they show as CSV and JSON."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

from mspe.common.csv_files import write_csv
from mspe.common.files import atomic_file
from mspe.common.json_files import write_json
from mspe.page.drawing import Format, Picture


def is_folder(path: str | Path) -> bool:
    """Return whether a path names a folder: it ends with a slash, or is there as one.

    Examples
    --------
    >>> is_folder("figures/"), is_folder("page.html")
    (True, False)
    """
    return str(path).endswith(("/", os.sep)) or Path(path).is_dir()


def save_figures(folder: str | Path, pictures: Iterable[Picture]) -> None:
    """Write each figure five times: `<name>.svg`, `.pdf`, `.png`, `.csv` and `.json`.

    The JSON file holds the caption and a description in words beside the columns of the CSV file.

    Raises
    ------
    MspeError
        If a file cannot be written.
    """
    for picture in pictures:
        name = Path(folder) / picture.drawing.name
        for kind in get_args(Format):
            with atomic_file(f"{name}.{kind}") as file:
                picture.drawing.write(file, kind)
        write_csv(f"{name}.csv", picture.data)
        told = {"caption": picture.caption, "alt": picture.drawing.alt}
        write_json(f"{name}.json", {**told, "data": {key: list(values) for key, values in picture.data.items()}})
