"""Homomorphism counts of small rooted trees and cycles (MoSE, Bao et al., arXiv 2410.18676)."""

from collections.abc import Sequence
from functools import cache
from itertools import combinations_with_replacement
from typing import Annotated, ClassVar

import numpy as np
import torch
from jaxtyping import Float
from pydantic import Field
from scipy.sparse import csr_array
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.common.section import Distinct, Section
from mspe.encodings.about import About
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.structure import components, simple_adjacency

Length = Annotated[int, Field(ge=3, le=20)]
Tree = tuple
"""A rooted tree: the trees below its root, in ascending order."""

_MOST_WORK = 3 * 10**10  # operations: some minutes
_MOST_ENTRIES = 2**22  # of a power's rows that are held


class Homomorphisms(Encoding):
    """log(1 + h) of the number h of homomorphisms from a small rooted graph that map its root to the node.

    A homomorphism maps each edge of the small graph to an edge; unlike a subgraph's nodes, two nodes may have the same
    image. Of a tree, h_v is the product over the trees below the root of Σ h_u over the neighbours u of v. Of a cycle
    of k nodes it is the number (A^k)_vv of closed walks.

    Direction and weights are ignored, repeated edges are one, self-loops are left out; an isolated node or a single
    one has 0 of each; components are counted apart. Counts are exact up to 2⁵³ and to sixteen digits above. Of n nodes
    and m edges, trees take m operations, cycles n · m, and far fewer where few nodes lie within half a cycle's length.

    Parameters
    ----------
    tree_nodes
        All rooted trees of 2 to so many nodes have a channel, up to 8: 1, 2, 4, 9, 20, 48, 115 of each size. A channel
        is named by its tree, a pair of parentheses per node: `(())` is an edge, `(()())` has a root with two leaves.
    cycles
        Lengths from 3 to 20.

    Examples
    --------
    >>> Homomorphisms(tree_nodes=3, cycles=[3]).node_channels
    ['homomorphisms(())', 'homomorphisms((()))', 'homomorphisms(()())', 'homomorphisms(cycle 3)']
    """

    name = "homomorphisms"
    about = About("homomorphisms: trees and cycles", "arXiv 2410.18676", "n·m", ("node",))
    needs: ClassVar[frozenset[Need]] = frozenset({"edges"})

    class Params(Section):
        """Small graphs."""

        tree_nodes: Annotated[int, Field(ge=2, le=8)] = 4
        cycles: Distinct[Length] = (3, 4, 5, 6, 7, 8)

    def __init__(self, tree_nodes: int = 4, cycles: Sequence[int] = (3, 4, 5, 6, 7, 8)) -> None:
        super().__init__(tree_nodes=tree_nodes, cycles=tuple(cycles))
        self.trees = [tree for nodes in range(2, tree_nodes + 1) for tree in rooted_trees(nodes)]
        self.cycles = tuple(cycles)

    @property
    def node_channels(self) -> list[str]:
        """One per tree, then one per cycle."""
        return [
            *(f"homomorphisms{tree_name(tree)}" for tree in self.trees),
            *(f"homomorphisms(cycle {length})" for length in self.cycles),
        ]

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes channels"]:
        """Return the logarithms."""
        adjacency = simple_adjacency(graphs)
        counts = [*tree_counts(adjacency, self.trees), *closed_walks(adjacency, self.cycles)]
        return torch.from_numpy(np.log1p(np.stack(counts, axis=1))).to(graphs.layout.slot.device)


@cache
def rooted_trees(nodes: int) -> tuple[Tree, ...]:
    """Return all rooted trees of so many nodes.

    Examples
    --------
    >>> [len(rooted_trees(nodes)) for nodes in range(1, 8)]  # OEIS A000081
    [1, 1, 2, 4, 9, 20, 48]
    """
    return tuple(tuple(below) for below in _forests(nodes - 1, nodes - 1))


def _forests(nodes: int, largest: int) -> list[list[Tree]]:
    """Multisets of rooted trees with so many nodes in all, the larger trees first, none above `largest`."""
    if nodes == 0:
        return [[]]
    found = []
    for size in range(min(nodes, largest), 0, -1):
        for count in range(1, nodes // size + 1):
            for first in combinations_with_replacement(rooted_trees(size), count):
                found += [[*first, *rest] for rest in _forests(nodes - size * count, size - 1)]
    return found


def tree_name(tree: Tree) -> str:
    """Return a pair of parentheses per node, around those of the trees below it."""
    return f"({''.join(map(tree_name, tree))})"


def tree_counts(adjacency: csr_array, trees: Sequence[Tree]) -> list[Float[np.ndarray, " nodes"]]:
    """Count the homomorphisms from each tree; trees share what is below."""
    single = np.ones(adjacency.shape[0])
    below: dict[Tree, np.ndarray] = {}  # Σ h_u over the neighbours

    def count(tree: Tree) -> Float[np.ndarray, " nodes"]:
        product = single
        for part in tree:
            if part not in below:
                below[part] = adjacency @ count(part)
            product = product * below[part]
        return product

    return [count(tree) for tree in trees]


def closed_walks(adjacency: csr_array, lengths: Sequence[int]) -> list[Float[np.ndarray, " nodes"]]:
    """Count closed walks: (A^(a + b))_vv is the row sum of A^a ∘ A^b, so powers up to half the length are enough.

    Powers are sparse, some rows at a time: their entries are the nodes so many steps away, in large graphs few.
    """
    half = (max(lengths) + 1) // 2
    _check_work(adjacency, half)
    largest = int(np.bincount(components(adjacency)).max(initial=1))
    rows = max(1, _MOST_ENTRIES // largest)
    blocks = []
    for first in range(0, adjacency.shape[0], rows):
        powers = [None, adjacency[first : first + rows]]
        for _ in range(half - 1):
            powers.append(powers[-1] @ adjacency)
        blocks.append([(powers[k // 2] * powers[k - k // 2]).sum(axis=1) for k in lengths])
    return [np.concatenate(parts) for parts in zip(*blocks, strict=True)]


def _check_work(adjacency: csr_array, half: int) -> None:
    """Refuse powers that would take too long: a step of a row has at most its walks, and at most all edges."""
    work, walks = 0.0, adjacency.sum(axis=1)
    for _ in range(half - 1):
        walks = adjacency @ walks
        work += float(np.minimum(walks, adjacency.nnz).sum())
    if work > _MOST_WORK:
        raise MspeError(
            f"encodings.homomorphisms.cycles: closed walks in a graph of {adjacency.shape[0]} nodes would take "
            f"{work:.0e} operations, allowed: {_MOST_WORK:.0e}; leave out long cycles, or use encodings.filters.walk"
        )
