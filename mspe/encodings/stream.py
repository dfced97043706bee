"""Shard by shard: memory is bounded by a shard, and an interrupted run resumes at the shard it had reached."""

import logging
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from mspe.common.files import atomic_directory
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
) -> None:
    """Apply a function to every shard of every split and write the results under the same names.

    A finished shard is kept outside `target` until all are done, so a run that was killed, whose outputs DVC deletes
    before it starts again, is resumed.

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
    """
    source = Path(source)
    paths = [path for split in SPLITS for path in shard_paths(source, split)]
    kept = resume_folder(settings, inputs)
    done = [path for path in paths if (kept / path.relative_to(source)).exists()]
    if done:
        logger.info("resuming after %d of %d shards, kept in %s", len(done), len(paths), kept)
    for path in tqdm(paths, desc=Path(target).name, unit="shard", disable=not sys.stderr.isatty()):
        name = path.relative_to(source)
        if not (kept / name).exists():
            function(PackedGraphs.load(path), name).save(kept / name)
    with atomic_directory(target) as folder:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        for split in SPLITS:
            write_index(folder / split, split)
    discard(kept)
