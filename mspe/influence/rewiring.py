"""Other edges between the same nodes: ends of two edges are exchanged, so that each node keeps its degrees."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor


def swap_ends(
    edge_index: Int[Tensor, "2 edges"],
    graph: Int[Tensor, " nodes"],
    eligible: Bool[Tensor, " edges"],
    generator: torch.Generator,
) -> Int[Tensor, "2 edges"]:
    """Return edges of which the eligible ones have exchanged their ends in random pairs.

    Of a pair a→b and c→d of one graph come a→d and c→b (Maslov and Sneppen 2002), unless one of them would be a loop or
    an edge that is there, or comes of another pair; such a pair stays. In- and out-degrees are kept, as is the place of
    each edge, hence its features. Where every edge stands in both directions, both are exchanged alike, and the edge
    b→a becomes d→a.

    Parameters
    ----------
    edge_index
        Of a batch of graphs without multiple edges.
    graph
        Of each node.
    eligible
        Edges that may be exchanged; of a pair of directions both, or neither.
    generator
        Draws the pairs.
    """
    twin = _twins(edge_index, len(graph))
    sources, ends = edge_index
    free = eligible & (sources != ends)
    if twin is not None:
        free = free & (sources < ends)
    first, second = _random_pairs(graph[sources], free, generator)
    a, b, c, d = sources[first], ends[first], sources[second], ends[second]
    kept = _are_new(edge_index, torch.stack([a, d]), torch.stack([c, b]), len(graph), undirected=twin is not None)
    first, second, a, b, c, d = (values[kept] for values in (first, second, a, b, c, d))
    swapped = edge_index.clone()
    swapped[1, first], swapped[1, second] = d, b
    if twin is not None:
        swapped[0, twin[first]], swapped[0, twin[second]] = d, b
    return swapped


def _twins(edge_index: Int[Tensor, "2 edges"], nodes: int) -> Int[Tensor, " edges"] | None:
    """The place of each edge's other direction; None unless every edge has one."""
    keys, reverse = (from_ * nodes + to for from_, to in (edge_index, edge_index.flip(0)))
    ascending, order = keys.sort()
    places = torch.searchsorted(ascending, reverse).clamp(max=max(0, len(keys) - 1))
    return order[places] if bool((ascending[places] == reverse).all()) else None


def _random_pairs(
    graph: Int[Tensor, " edges"], free: Bool[Tensor, " edges"], generator: torch.Generator
) -> tuple[Int[Tensor, " pairs"], Int[Tensor, " pairs"]]:
    """Disjoint pairs of free edges of one graph each, at random; one edge of an odd number stays alone."""
    places = free.nonzero().flatten()
    places = places[torch.randperm(len(places), generator=generator).to(places.device)]
    places = places[graph[places].argsort(stable=True)]
    owner = graph[places]
    start = torch.searchsorted(owner, owner)  # the first of the same graph
    leads = (torch.arange(len(places), device=places.device) - start) % 2 == 0
    leads[:-1] &= owner[:-1] == owner[1:]
    leads[-1:] = False
    at = leads.nonzero().flatten()
    return places[at], places[at + 1]


def _are_new(
    edge_index: Int[Tensor, "2 edges"],
    first: Int[Tensor, "2 pairs"],
    second: Int[Tensor, "2 pairs"],
    nodes: int,
    undirected: bool,
) -> Bool[Tensor, " pairs"]:
    """Whether both edges that a pair becomes are no loops, are not there, and come of no other pair."""

    def keys(edges: Tensor) -> Tensor:
        ordered = edges.sort(dim=0).values if undirected else edges
        return ordered[0] * nodes + ordered[1]

    wanted = torch.cat([keys(first), keys(second)])
    _, place, count = wanted.unique(return_inverse=True, return_counts=True)
    loops = torch.cat([first[0] == first[1], second[0] == second[1]])
    good = ~loops & (count[place] == 1) & ~torch.isin(wanted, keys(edge_index))
    return good.reshape(2, -1).all(dim=0)
