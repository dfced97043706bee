"""Shard by shard: memory is bounded by a shard, and an interrupted run resumes at the shard it had reached."""

import logging
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from mspe.common.cluster import appears
from mspe.common.errors import MspeError
from mspe.common.files import atomic_directory
from mspe.common.json_files import read_json, write_sealed_json
from mspe.common.parallel import call_elsewhere, is_spread
from mspe.common.resume import discard, hold, resume_folder
from mspe.common.terminal import progress_bar
from mspe.graphs import PackedGraphs
from mspe.graphs.content_key import is_derived
from mspe.graphs.store import SPLITS, shard_paths, write_index

logger = logging.getLogger(__name__)

_MADE = "made.json"


def map_shards(
    source: str | Path,
    target: str | Path,
    function: Callable[[PackedGraphs, Path], PackedGraphs],
    settings: Mapping[str, Any],
    inputs: Sequence[str | Path],
    beside: Mapping[str, Mapping[str, Any]] | None = None,
) -> None:
    """Apply a function to every shard of every split and write the results under the same names.

    Inside a cluster's block its workers make the shards, in folders that they share with this process.

    A finished shard is kept outside `target` until all are done and stand in `target`, so a run that was killed, whose
    outputs DVC deletes before it starts again, is resumed. A kept shard that is damaged is computed anew. Graphs that
    are the same in several splits, as is one whose nodes are split, are computed once, where results name their
    structure.

    Parameters
    ----------
    source, target
        Folders of packed graphs; `target` is replaced whole at the end.
    function
        Of the shard and its path relative to `source`; for a cluster one that can be sent to another process.
    settings
        Plain values that decide the result.
    inputs
        Files and folders that decide the result, `source` and code among them.
    beside
        JSON files that stand in `target`, too, by their names.
    """
    source = Path(source)
    names = [path.relative_to(source) for split in SPLITS for path in shard_paths(source, split)]
    kept = resume_folder(settings, inputs)
    with hold(kept / "shards"):
        done = {name for name in names if _is_whole(kept / name)}
        if done:
            logger.info("resuming after %d of %d shards, kept in %s", len(done), len(names), kept)
        made = _made(source, kept, [name for name in names if name not in done], function)
        for name in progress_bar(made, Path(target).name, len(names), len(done), unit="shard"):
            appears(kept / name)
        with atomic_directory(target) as folder:
            _adopt(kept, names, folder)
            for file, content in (beside or {}).items():
                write_sealed_json(folder / file, content)
        discard(kept)


def _made(
    source: Path, kept: Path, names: Sequence[Path], function: Callable[[PackedGraphs, Path], PackedGraphs]
) -> Iterator[Path]:
    """Make shards one by one, or on the workers of a cluster, a task those of one number: they may be the same."""
    if not is_spread():
        for name in names:
            _make(source, kept, name, function)
            yield name
        return
    groups: dict[str, list[Path]] = {}
    for name in names:
        groups.setdefault(name.name, []).append(name)
    for group in call_elsewhere(partial(_make_all, source, kept, function), groups.values(), "generator_unordered"):
        yield from group


def _make_all(
    source: Path, kept: Path, function: Callable[[PackedGraphs, Path], PackedGraphs], names: Sequence[Path]
) -> Sequence[Path]:
    for name in names:
        _make(source, kept, name, function)
    return names


def _make(source: Path, kept: Path, name: Path, function: Callable[[PackedGraphs, Path], PackedGraphs]) -> None:
    """Compute a shard, or copy the one of the same number of another split whose graphs are the same."""
    shard = PackedGraphs.load(source / name)
    for split in SPLITS:
        other = kept / split / name.name
        if other != kept / name and other.exists() and is_derived(PackedGraphs.load(other), shard):
            (kept / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(other, kept / name)
            return
    function(shard, name).save(kept / name)


def map_shards_once(
    source: str | Path,
    target: str | Path,
    function: Callable[[PackedGraphs, Path], PackedGraphs],
    settings: Mapping[str, Any],
    inputs: Sequence[str | Path],
) -> None:
    """Do as `map_shards`, unless `target` holds what the same settings and inputs made, whole: then leave it as it is.

    `made.json` in `target` says of what it was made.
    """
    made = {"key": resume_folder(settings, inputs).name}
    if _is_made(Path(target), made):
        logger.info("%s: kept, made of the same graphs by the same code", target)
        return
    map_shards(source, target, function, settings, inputs, beside={_MADE: made})


def _is_made(target: Path, made: Mapping[str, Any]) -> bool:
    if not (target / _MADE).exists():
        return False
    try:
        return read_json(target / _MADE) == made and all(shard_paths(target, split) for split in SPLITS)
    except MspeError as error:
        logger.warning("%s; it is computed anew", error)
        return False


def _adopt(kept: Path, names: Sequence[Path], folder: Path) -> None:
    """Copy the shards that a stage has made, and no other file, into the folder of its output."""
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(kept / name, folder / name)
    for split in SPLITS:
        write_index(folder / split, split)


def _is_whole(kept: Path) -> bool:
    if not kept.exists():
        return False
    try:
        PackedGraphs.load(kept)
    except MspeError as error:
        logger.warning("%s; it is computed anew", error)
        return False
    return True
