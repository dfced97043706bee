"""What a stage depends on, as its pipeline's `dvc.yaml` declares it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from mspe.common.errors import MspeError
from mspe.common.files import read_json, write_json

_ITEM = re.compile(r"\$\{item\.(\w+)\}")


def keep_parameters(folder: str | Path, section: str, values: Mapping[str, Any]) -> None:
    """Write beside a stage's output the section of parameters that it was made with."""
    write_json(Path(folder) / "params.json", {section: dict(values)})


def check_parameters(folder: str | Path, section: str, values: Mapping[str, Any]) -> None:
    """See that a stage's output was made with the parameters as they are now, also where DVC did not start the next.

    Raises
    ------
    MspeError
        If it was not.
    """
    kept = read_json(Path(folder) / "params.json")[section]
    for name in [*values, *(name for name in kept if name not in values)]:
        if kept.get(name) != values.get(name):
            raise MspeError(
                f"{folder}: stale: it was made with {section}.{name} {kept.get(name)}, which is {values.get(name)} "
                "now; run `dvc repro`"
            )


def stage_dependencies(stage: str, pipeline: str | Path = "dvc.yaml", **item: Any) -> list[Path]:
    """Return the files and folders, code and data, that decide what a stage makes.

    Parameters
    ----------
    stage
        Its name in the pipeline.
    pipeline
        The `dvc.yaml`, whose stages run in the working folder.
    **item
        The values of `${item.…}` in the stage of a matrix.

    Raises
    ------
    MspeError
        If the file is missing or has no such stage.
    """
    try:
        stages = yaml.safe_load(Path(pipeline).read_text())["stages"]
        declared = stages[stage]["deps"]
    except (FileNotFoundError, KeyError) as error:
        raise MspeError(f"{pipeline}: no stage {stage} ({error}); run from the repository's top folder") from None
    return [Path(_ITEM.sub(lambda match: str(item[match[1]]), path)) for path in declared]
