"""What the pipeline's stages have stored, as a model needs it: of the graphs as they are now, or refused."""

from collections.abc import Sequence
from pathlib import Path

from mspe.common.errors import MspeError
from mspe.encodings import EncodingSet
from mspe.encodings.spectrum import NORMALIZED, further, operator_slug
from mspe.graphs import GraphSchema, PackedGraphs, ShardedGraphs
from mspe.graphs.content_key import join_derived
from mspe.graphs.features import Features
from mspe.graphs.packing import BANK_KEY, FEATURE_KEY
from mspe.graphs.store import shard_paths

GRAPHS, SPECTRUM, OPERATORS, ENCODINGS = "data/graphs", "data/spectrum", "data/operators", "data/encodings"


def read_encoded(split: str, bank: EncodingSet) -> ShardedGraphs:
    """Open a split with its stored encodings and, where an encoding needs it in every batch, its spectrum.

    Raises
    ------
    MspeError
        If a stage has not been run, or not since what it reads has changed, or its output is damaged.
    """
    graphs = read_derived(split, derived_folders(bank))
    for shard in graphs.shards:
        if not is_of(bank, shard):
            raise MspeError(
                f"{ENCODINGS}/{split}: stale: it was not computed with {ENCODINGS}/bank.json; run `dvc repro`"
            )
        shard.release()
    return graphs


def read_derived(split: str, folders: Sequence[str]) -> ShardedGraphs:
    """Open a split with the fields that folders hold of it.

    Raises
    ------
    MspeError
        If a folder was not made of the graphs as they are now.
    """
    schema = GraphSchema.load(f"{GRAPHS}/schema.json")
    own = shard_paths(GRAPHS, split)
    shards = [_open_marked(path, split, schema) for path in own]
    for folder in folders:
        place, paths = f"{folder}/{split}", shard_paths(folder, split)
        if len(paths) != len(own):
            raise MspeError(f"{place}: stale: it has {len(paths)} shards, the graphs {len(own)}; run `dvc repro`")
        shards = [_join(shard, path, place) for shard, path in zip(shards, paths, strict=True)]
    return ShardedGraphs(shards)


def _join(graphs: PackedGraphs, path: Path, place: str) -> PackedGraphs:
    joined = join_derived(graphs, PackedGraphs.load(path), place)
    joined.release()
    return joined


def read_graphs(split: str, schema: GraphSchema) -> PackedGraphs:
    """Read a split's graphs.

    Raises
    ------
    MspeError
        If their features are not those that the schema describes.
    """
    return ShardedGraphs([_open_marked(path, split, schema) for path in shard_paths(GRAPHS, split)]).whole()


def _open_marked(path: Path, split: str, schema: GraphSchema) -> PackedGraphs:
    graphs = PackedGraphs.load(path)
    key = graphs.fields.get(FEATURE_KEY)
    if key is None or bool((key != Features.of(schema).key).any()):
        raise MspeError(
            f"{GRAPHS}/{split}: stale: it does not say that {GRAPHS}/schema.json is of its features; run `dvc repro`"
        )
    return graphs


def derived_folders(bank: EncodingSet) -> list[str]:
    """Return the folders whose fields a bank needs."""
    operators = bank.batch_operators
    own = [SPECTRUM] if NORMALIZED in operators else []
    return [*own, *(f"{OPERATORS}/{operator_slug(operator)}" for operator in further(operators)), ENCODINGS]


def is_of(bank: EncodingSet, graphs: PackedGraphs) -> bool:
    """Return whether graphs carry stored encodings of this bank."""
    key = graphs.fields.get(BANK_KEY)
    return key is not None and bool((key == bank.key).all())
