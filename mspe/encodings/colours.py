"""Colours of the Weisfeiler-Leman refinement, and the order of nodes that they give.

A colour is a number of 64 bits that is the same in every graph and on every machine; two different ones are taken for
one with a probability of some 10^-19.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Int, UInt64
from scipy.sparse import csr_array

_ROUNDS = 16  # after which nodes are ordered: what is farther away than that tells none apart


def canonical_ranks(adjacency: csr_array) -> Int[np.ndarray, " nodes"]:
    """Number the nodes from 0, those of the highest degree first, and of one degree by their colour.

    Relabelling the nodes permutes the ranks but for nodes of one colour, which are numbered as they come: of those that
    a symmetry of the graph exchanges no rule could choose.
    """
    (colours,) = colours_after(adjacency, [_ROUNDS])
    order = np.lexsort((colours, -np.diff(adjacency.indptr)))
    ranks = np.empty_like(order)
    ranks[order] = np.arange(order.size)
    return ranks


def colours_after(adjacency: csr_array, rounds: Sequence[int]) -> list[UInt64[np.ndarray, " nodes"]]:
    """Return the colours of the nodes after each of some rounds, as numbers that do not depend on the other nodes."""
    found = dict(zip(range(1, max(rounds) + 1), _refined(adjacency), strict=False))
    return [found[number] for number in rounds]


def _refined(adjacency: csr_array) -> Iterator[UInt64[np.ndarray, " nodes"]]:
    """Yield the colours after one round, two, …: a sum modulo 2^64 of mixed numbers stands for a multiset."""
    colours = np.zeros(adjacency.shape[0], dtype=np.uint64)
    while True:
        mixed = _mix(colours)
        sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed[adjacency.indices], dtype=np.uint64)])
        around = sums[adjacency.indptr[1:]] - sums[adjacency.indptr[:-1]]  # of each row, modulo 2^64
        colours = _mix(mixed * np.uint64(0xD6E8FEB86659FD93) + around)
        yield colours


def _mix(numbers: UInt64[np.ndarray, " nodes"]) -> UInt64[np.ndarray, " nodes"]:
    """Return well-mixed numbers, different ones of different ones: a step of SplitMix64 (Steele et al. 2014)."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
