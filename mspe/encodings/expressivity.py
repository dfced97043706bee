"""Which graphs an encoding tells apart before anything is trained.

Two graphs are told apart by node channels X [nodes, channels] if the multisets of their rows differ, and by pair
channels P [nodes, nodes, channels] if the multisets of nodes differ, each node standing for the multiset of its row and
of its own entry; isomorphic graphs never are. A multiset of vectors is compared by sorted projections onto a random
direction: equal multisets have equal ones, and different ones have them with probability 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch_geometric.data import Batch, Data

from mspe.common.errors import MspeError
from mspe.encodings.batch import BatchEncodings
from mspe.encodings.config import BankConfig
from mspe.encodings.encoding_set import EncodingSet
from mspe.graphs import DenseLayout

TOLERANCE = 1e-4
"""Share of the largest channel by which rounding in single precision may move a value."""
_PROJECTIONS = 4


@dataclass(frozen=True)
class ToldApart:
    """Verdict on two graphs: whether they differ in the node channels of a bank, and in its pair channels."""

    node: bool
    pair: bool

    def __bool__(self) -> bool:
        return self.node or self.pair


@torch.no_grad()
def tell_apart(
    bank: EncodingSet | BankConfig | Mapping[str, Any] | str, first: Data, second: Data, tolerance: float = TOLERANCE
) -> ToldApart:
    """Return whether an encoding tells two graphs apart without any training.

    Parameters
    ----------
    bank
        An `EncodingSet` or its configuration, or a preset's name; channels may not depend on signs or bases, nor on
        random numbers.
    first, second
        Graphs of equally many nodes and edges: others are told apart by counting.
    tolerance
        Share of the largest value by which equal channels may differ.

    Raises
    ------
    MspeError
        If the graphs are of different sizes, a channel's sign is arbitrary, or channels are random or may depend on
        the order of the nodes: these tell a graph from itself with its nodes in another order.

    Examples
    --------
    >>> from torch_geometric.utils import from_networkx
    >>> import networkx as nx
    >>> hexagon, triangles = nx.cycle_graph(6), nx.disjoint_union(nx.cycle_graph(3), nx.cycle_graph(3))
    >>> tell_apart("rwse", from_networkx(hexagon), from_networkx(triangles))
    ToldApart(node=True, pair=False)
    """
    bank = bank if isinstance(bank, EncodingSet) else EncodingSet.from_config(bank)
    sizes = [(int(graph.num_nodes), int(graph.num_edges)) for graph in (first, second)]
    if sizes[0] != sizes[1]:
        raise MspeError(f"graphs: got {_sizes(*sizes[0])} and {_sizes(*sizes[1])}, expected equally many")
    if any(bank.signed):
        names = [name for name, signed in zip(bank.node_channels, bank.signed, strict=True) if signed]
        raise MspeError(f"bank: {names[0]} is known up to its sign, so it tells no graphs apart by itself")
    if ordered := [encoding.name for encoding in bank if not encoding.equivariant]:
        raise MspeError(f"bank: {ordered[0]} may change with the order of the nodes, so isomorphic graphs may differ")
    if drawing := [encoding.name for encoding in bank if encoding.draws]:
        raise MspeError(f"bank: {drawing[0]} has random numbers, which tell any graphs apart, isomorphic ones too")
    (node, pair), (other_node, other_pair) = (_channels(bank, graph) for graph in (first, second))
    return ToldApart(
        _differ(_of_nodes(node), _of_nodes(other_node), tolerance),
        _differ(_of_pairs(pair), _of_pairs(other_pair), tolerance),
    )


def _sizes(nodes: int, edges: int) -> str:
    return f"{nodes} nodes with {edges} edges"


def _channels(bank: EncodingSet, graph: Data) -> tuple[Float[Tensor, "nodes a"], Float[Tensor, "nodes nodes b"]]:
    plain = Data(edge_index=graph.edge_index, num_nodes=graph.num_nodes)
    batch = Batch.from_data_list([plain])
    encodings = BatchEncodings(bank, batch, DenseLayout.blocks(batch.ptr))
    size = int(batch.num_nodes)
    pair = encodings.pair()[0][0] if bank.pair_channels else torch.zeros(size, size, 0)
    return encodings.node(), pair


def _of_nodes(node: Float[Tensor, "nodes channels"]) -> Float[Tensor, "nodes projections"]:
    """A multiset of nodes as sorted columns: one for each channel, and one for each random direction."""
    return torch.cat([node, node @ _directions(node.size(-1), node)], dim=1).sort(dim=0).values


def _of_pairs(pair: Float[Tensor, "nodes nodes channels"]) -> Float[Tensor, "nodes projections"]:
    """The nodes' rows as sorted vectors, with the node's own entry, and the multiset of these."""
    own = pair.diagonal().T  # [nodes, channels]
    projected = torch.cat([pair, pair @ _directions(pair.size(-1), pair)], dim=-1)
    rows = projected.sort(dim=1).values.flatten(1)  # [nodes, nodes · projections]
    return _of_nodes(torch.cat([own, rows], dim=1))


def _directions(channels: int, like: Tensor) -> Float[Tensor, "channels projections"]:
    """Directions that are the same for every graph."""
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randn(channels, _PROJECTIONS, generator=generator, dtype=torch.float64)
    return (drawn / max(channels, 1) ** 0.5).to(like)


def _differ(first: Tensor, second: Tensor, tolerance: float) -> bool:
    """Whether sorted projections differ by more than rounding."""
    if not first.numel():
        return False
    scale = torch.maximum(first.abs().amax(), second.abs().amax()).clamp(min=1e-12)
    return bool(((first - second).abs() > tolerance * scale).any())
