"""What a stage depends on, as its pipeline's `dvc.yaml` declares it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mspe.common.errors import MspeError
from mspe.common.yaml_files import read_yaml

_ITEM = re.compile(r"\$\{item\.(\w+)\}")


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
    declared = read_yaml(pipeline)
    for key in ("stages", stage, "deps"):
        declared = declared.get(key) if isinstance(declared, Mapping) else None
    if not isinstance(declared, list) or not all(isinstance(path, str) for path in declared):
        raise MspeError(f"{pipeline}: no stage {stage} with dependencies; run from the repository's top folder")
    return [Path(_ITEM.sub(lambda match: str(item[match[1]]), path)) for path in declared]
