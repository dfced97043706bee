"""What the pipeline's stages have stored, as a model needs it: of the graphs as they are now, or refused."""

from collections.abc import Sequence

from mspe.common.errors import MspeError
from mspe.encodings import EncodingSet
from mspe.encodings.spectrum import NORMALIZED, further, operator_slug
from mspe.graphs import GraphSchema, PackedGraphs, read_split
from mspe.graphs.content_key import join_derived
from mspe.graphs.features import Features
from mspe.graphs.packing import BANK_KEY, FEATURE_KEY

GRAPHS, SPECTRUM, OPERATORS, ENCODINGS = "data/graphs", "data/spectrum", "data/operators", "data/encodings"


def read_encoded(split: str, bank: EncodingSet) -> PackedGraphs:
    """Read a split with its stored encodings and, where an encoding needs it in every batch, its spectrum.

    Raises
    ------
    MspeError
        If a stage has not been run, or not since what it reads has changed, or its output is damaged.
    """
    graphs = read_derived(split, derived_folders(bank))
    if not is_of(bank, graphs):
        raise MspeError(f"{ENCODINGS}/{split}: stale: it was not computed with {ENCODINGS}/bank.json; run `dvc repro`")
    return graphs


def read_derived(split: str, folders: Sequence[str]) -> PackedGraphs:
    """Read a split with the fields that folders hold of it.

    Raises
    ------
    MspeError
        If a folder was not made of the graphs as they are now.
    """
    graphs = read_graphs(split, GraphSchema.load(f"{GRAPHS}/schema.json"))
    for folder in folders:
        graphs = join_derived(graphs, read_split(folder, split), f"{folder}/{split}")
    return graphs


def read_graphs(split: str, schema: GraphSchema) -> PackedGraphs:
    """Read a split's graphs.

    Raises
    ------
    MspeError
        If their features are not those that the schema describes.
    """
    graphs = read_split(GRAPHS, split)
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
