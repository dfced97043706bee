"""Keys of content: what is derived holds the key of what it was derived from, and so is known when it is stale."""

import hashlib

import torch
from jaxtyping import Int
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.graphs.packed import PackedGraphs
from mspe.graphs.packing import STRUCTURE_KEY


def text_key(text: str) -> int:
    """Return a 63-bit key of a text.

    Examples
    --------
    >>> text_key("a") == text_key("a"), text_key("a") == text_key("b")
    (True, False)
    """
    return _number(text.encode())


def structure_keys(graphs: PackedGraphs) -> Int[Tensor, " graphs"]:
    """Return a key of each graph's nodes, edges and, where present, edge weights: all that encodings are computed of.

    Examples
    --------
    >>> from torch_geometric.data import Data
    >>> edge = torch.tensor([[0, 1], [1, 0]])
    >>> keys = structure_keys(PackedGraphs.from_list([Data(edge_index=edge, num_nodes=n) for n in (2, 3, 2)]))
    >>> bool(keys[0] == keys[2]), bool(keys[0] == keys[1])
    (True, False)
    """
    ends = graphs.num_edges.cumsum(0).tolist()
    edges = graphs.edge_index.T.int().contiguous().numpy()
    weights = graphs.fields.get("edge_weight")
    weight = None if weights is None else weights.float().contiguous().numpy()
    keys = []
    for size, start, end in zip(graphs.num_nodes.tolist(), [0, *ends], ends, strict=False):
        content = size.to_bytes(8, "little") + edges[start:end].tobytes()
        keys.append(_number(content if weight is None else content + weight[start:end].tobytes()))
    return torch.tensor(keys, dtype=torch.long)


def with_structure_keys(derived: PackedGraphs, graphs: PackedGraphs) -> PackedGraphs:
    """Return what was computed of graphs, with the key of each, by which `join_derived` knows it again."""
    return derived.with_fields({STRUCTURE_KEY: structure_keys(graphs)}, {STRUCTURE_KEY: "graph"})


def is_derived(derived: PackedGraphs, graphs: PackedGraphs) -> bool:
    """Return whether it was computed of these graphs, in this order, and not of others or before they changed.

    Graphs that are themselves computed of others, as spectra are, stand for these.
    """
    stored, own = (of.fields.get(STRUCTURE_KEY) for of in (derived, graphs))
    return stored is not None and torch.equal(stored, structure_keys(graphs) if own is None else own)


def join_derived(graphs: PackedGraphs, derived: PackedGraphs, place: str) -> PackedGraphs:
    """Return graphs with the fields of what was computed of them.

    Raises
    ------
    MspeError
        If it was computed of others; it begins with `place`, a folder.
    """
    if not is_derived(derived, graphs):
        raise MspeError(f"{place}: stale: it was not computed of the graphs as they are now; run `dvc repro`")
    return graphs.with_fields_of(derived.without_fields([STRUCTURE_KEY]))


def _number(content: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little") >> 1
