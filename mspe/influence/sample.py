"""Graphs and nodes whose influence is measured: all of them where they are few, else drawn by a seed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch_geometric.data import Batch

from mspe.common.errors import MspeError
from mspe.graphs import PackedGraphs
from mspe.influence.distances import MOST_NODES, adjacency_of, hops_from, resistance_from


@dataclass(frozen=True)
class DrawnGraph:
    """A graph with the nodes that are asked about.

    Attributes
    ----------
    number
        Among the graphs that were given.
    first, size
        Its first node in its batch, and its nodes.
    sources
        Nodes drawn, numbered within the graph.
    candidates
        Number of nodes from which they were drawn.
    degrees
        Neighbours of each node.
    hops, resistance
        From each source to every node; ∞ where no path leads; None for a graph too large for resistances.
    """

    number: int
    first: int
    size: int
    sources: Int[np.ndarray, " sources"]
    candidates: int
    degrees: Float[np.ndarray, " nodes"]
    hops: Float[np.ndarray, "sources nodes"]
    resistance: Float[np.ndarray, "sources nodes"] | None

    @property
    def nodes(self) -> slice:
        """Its rows in the batch."""
        return slice(self.first, self.first + self.size)


@dataclass(frozen=True)
class DrawnBatch:
    """Graphs of one batch."""

    batch: Batch
    graphs: list[DrawnGraph]

    def turns(self) -> Iterator[tuple[list[tuple[DrawnGraph, int]], Int[Tensor, " sources"]]]:
        """Yield one source per graph, as its place in `sources`, until all have had theirs; and their rows."""
        for place in range(max(len(graph.sources) for graph in self.graphs)):
            turn = [(graph, place) for graph in self.graphs if place < len(graph.sources)]
            yield turn, torch.tensor([graph.first + int(graph.sources[place]) for graph, _ in turn])


@dataclass(frozen=True)
class Sample:
    """Batches of drawn graphs, and the number of graphs from which these were drawn."""

    batches: list[DrawnBatch]
    graphs: int

    @property
    def sizes(self) -> dict[int, int]:
        """Nodes from which those of each graph were drawn."""
        return {graph.number: graph.candidates for batch in self.batches for graph in batch.graphs}

    @property
    def largest(self) -> int:
        """Nodes of the largest graph."""
        return max(graph.size for batch in self.batches for graph in batch.graphs)

    @property
    def farthest(self) -> int:
        """Most hops from a source to a node."""
        hops = [graph.hops[np.isfinite(graph.hops)].max() for batch in self.batches for graph in batch.graphs]
        return int(max(hops))


def draw(
    graphs: PackedGraphs,
    most_graphs: int,
    most_nodes: int,
    batch_size: int,
    seed: int,
    candidates: Tensor | None = None,
) -> Sample:
    """Draw graphs, and nodes of each, with their distances.

    Parameters
    ----------
    graphs
        From which up to `most_graphs` are drawn, and up to `most_nodes` of the nodes of each.
    batch_size
        Graphs per batch.
    seed
        Of the draw.
    candidates
        Which of all nodes, flat over the graphs, may be drawn; None: each.

    Raises
    ------
    MspeError
        If no graph has a candidate.
    """
    random = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(graphs.num_nodes.numpy())])
    allowed = np.ones(offsets[-1], dtype=bool) if candidates is None else candidates.numpy().astype(bool)
    usable = [number for number in range(len(graphs)) if allowed[offsets[number] : offsets[number + 1]].any()]
    if not usable:
        raise MspeError("graphs: none has a node to ask about, with a known target; give graphs that have")
    chosen = sorted(random.permutation(usable)[:most_graphs].tolist())
    drawn = []
    for start in range(0, len(chosen), batch_size):
        numbers = chosen[start : start + batch_size]
        batch, first, members = graphs.collate(numbers), 0, []
        for number in numbers:
            size = int(graphs.num_nodes[number])
            places = np.flatnonzero(allowed[offsets[number] : offsets[number + 1]])
            sources = np.sort(random.permutation(places)[:most_nodes])
            adjacency = adjacency_of(graphs[number].edge_index.numpy(), size)
            hops = hops_from(adjacency, sources)
            resistance = resistance_from(adjacency, sources, hops) if size <= MOST_NODES else None
            members.append(
                DrawnGraph(number, first, size, sources, len(places), adjacency.sum(axis=1), hops, resistance)
            )
            first += size
        drawn.append(DrawnBatch(batch, members))
    return Sample(drawn, len(usable))
