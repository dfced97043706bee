"""Shard by shard: memory is bounded by a shard, and an interrupted run resumes at the shard it had reached."""

import logging
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from mspe.common.errors import MspeError
from mspe.common.files import atomic_directory
from mspe.common.json_files import write_sealed_json
from mspe.common.resume import discard, resume_folder
from mspe.graphs import PackedGraphs
from mspe.graphs.store import SPLITS, shard_paths, write_index

logger = logging.getLogger(__name__)


def map_shards(
    source: str | Path,
    target: str | Path,
    function: Callable[[PackedGraphs, Path], PackedGraphs],
    settings: Mapping[str, Any],
    inputs: Sequence[str | Path],
    beside: Mapping[str, Mapping[str, Any]] | None = None,
) -> None:
    """Apply a function to every shard of every split and write the results under the same names.

    A finished shard is kept outside `target` until all are done and stand in `target`, so a run that was killed, whose
    outputs DVC deletes before it starts again, is resumed. A kept shard that is damaged is computed anew.

    Parameters
    ----------
    source, target
        Folders of packed graphs; `target` is replaced whole at the end.
    function
        Of the shard and its path relative to `source`.
    settings
        Plain values that decide the result.
    inputs
        Files and folders that decide the result, `source` and code among them.
    beside
        JSON files that stand in `target`, too, by their names.
    """
    source = Path(source)
    paths = [path for split in SPLITS for path in shard_paths(source, split)]
    kept = resume_folder(settings, inputs)
    done = {path for path in paths if _is_whole(kept / path.relative_to(source))}
    if done:
        logger.info("resuming after %d of %d shards, kept in %s", len(done), len(paths), kept)
    for path in tqdm(paths, desc=Path(target).name, unit="shard", disable=not sys.stderr.isatty()):
        if path not in done:
            name = path.relative_to(source)
            function(PackedGraphs.load(path), name).save(kept / name)
    with atomic_directory(target) as folder:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        for file, content in (beside or {}).items():
            write_sealed_json(folder / file, content)
        for split in SPLITS:
            write_index(folder / split, split)
    discard(kept)


def _is_whole(kept: Path) -> bool:
    if not kept.exists():
        return False
    try:
        PackedGraphs.load(kept)
    except MspeError as error:
        logger.warning("%s; it is computed anew", error)
        return False
    return True
