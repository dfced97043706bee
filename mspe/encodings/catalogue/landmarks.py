"""Shortest-path distances to chosen nodes, for graphs of any size."""

from typing import ClassVar

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.sparse import csr_array
from torch import Tensor

from mspe.common.section import Channels, Section
from mspe.encodings.about import About
from mspe.encodings.colours import canonical_ranks
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.structure import components, simple_adjacency


class Landmarks(Encoding):
    """log(1 + d) of the shortest-path distances d from each node to some landmarks of its component.

    Where all pairs of nodes do not fit into memory, these are the distances that do: by the triangle inequality those
    to one landmark bound the distance of two nodes from both sides. The first landmark is the node of the highest
    degree, each further one the node farthest from those before (Gonzalez 1985; as anchors of a graph network, P-GNN,
    arXiv 1906.04817, which draws them at random). A component of fewer nodes than landmarks repeats its own.

    Ties are broken by degree and by colour (`canonical_ranks`), so another order of the nodes permutes the channels
    unless nodes of one colour are equally far: then it may choose another of them.

    Edges are followed either way, without weights; repeated edges are one, self-loops are left out. A disjoint union is
    encoded as its parts; a node without edges, or a single one, is its own landmark and has zeros. Cost: count searches
    of m edges each, at any size: on 200,000 nodes and 1,000,000 edges a tenth of a second each.

    Parameters
    ----------
    count
        Landmarks per component, 16 by default.

    Examples
    --------
    >>> Landmarks(2).node_channels
    ['landmarks(1)', 'landmarks(2)']
    """

    name = "landmarks"
    about = About("distances to landmarks", "Gonzalez 1985", "m", ("node",))
    equivariant = False
    needs: ClassVar[frozenset[Need]] = frozenset({"edges"})

    class Params(Section):
        """Number of landmarks."""

        count: Channels = 16

    def __init__(self, count: int = 16) -> None:
        super().__init__(count=count)
        self.count = count

    @property
    def node_channels(self) -> list[str]:
        """One per landmark, in the order in which they are chosen."""
        return [f"landmarks({number})" for number in range(1, self.count + 1)]

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes channels"]:
        """Return the logarithms."""
        distances = landmark_distances(simple_adjacency(graphs), self.count)
        return torch.from_numpy(np.log1p(distances)).to(graphs.layout.slot.device)


def landmark_distances(adjacency: csr_array, count: int) -> Float[np.ndarray, "nodes count"]:
    """Return the steps to the landmarks of each node's component, one landmark of every component at a time."""
    from scipy.sparse.csgraph import dijkstra

    component, ranks = components(adjacency), canonical_ranks(adjacency)
    found = np.empty((component.size, count))
    nearest = np.full(component.size, np.inf)  # to the landmarks so far
    for number in range(count):
        chosen = _farthest(component, nearest, ranks)
        found[:, number] = dijkstra(adjacency, unweighted=True, indices=chosen, min_only=True)
        np.minimum(nearest, found[:, number], out=nearest)
    size = np.bincount(component)[component]
    return np.take_along_axis(found, np.arange(count) % np.minimum(size, count)[:, None], axis=1)


def _farthest(
    component: Int[np.ndarray, " nodes"], nearest: Float[np.ndarray, " nodes"], ranks: Int[np.ndarray, " nodes"]
) -> Int[np.ndarray, " components"]:
    """Return, of each component, the node farthest from its landmarks, of several the first by rank."""
    order = np.lexsort((ranks, -nearest, component))
    return order[np.r_[True, np.diff(component[order]) > 0]]
