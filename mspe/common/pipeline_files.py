"""What a stage depends on, as its pipeline's `dvc.yaml` declares it."""

import re
from pathlib import Path
from typing import Any

import yaml

from mspe.common.errors import MspeError

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
    try:
        stages = yaml.safe_load(Path(pipeline).read_text())["stages"]
        declared = stages[stage]["deps"]
    except (FileNotFoundError, KeyError) as error:
        raise MspeError(f"{pipeline}: no stage {stage} ({error}); run from the repository's top folder") from None
    return [Path(_ITEM.sub(lambda match: str(item[match[1]]), path)) for path in declared]
