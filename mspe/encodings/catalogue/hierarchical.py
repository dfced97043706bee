"""Shortest-path distances at several levels of a coarsening (HDSE, Luo et al., arXiv 2308.11129)."""

from itertools import pairwise
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from jaxtyping import Float, Int
from pydantic import Field
from scipy.sparse import csr_array
from torch import Tensor

from mspe.common.section import Channels, Section
from mspe.encodings.about import About
from mspe.encodings.catalogue.distance import distance_channels
from mspe.encodings.coarsening import Coarsening, cluster_levels
from mspe.encodings.colours import canonical_ranks
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.structure import components, simple_adjacency

_MOST_KEPT = 2**18  # components whose clusters are kept: of molecules, some hundred MB


class Hierarchical(Encoding):
    """One-hot shortest-path distances between two nodes, between their clusters, between clusters of these, and so on.

    Level 0 is the graph itself, so `distance`. Each further level joins the nodes of the one below it to clusters, of
    which two are adjacent where an edge joins nodes of both. Each component is coarsened as if it were alone. What
    Louvain and spectral clustering find depends on the order of the nodes: they get them by degree and colour
    (`canonical_ranks`), so another order permutes the channels where no two nodes of a component have one colour;
    otherwise, as where a graph has a symmetry, which of several equally good clusterings is taken may change with it.

    The clusters of a component are computed when it is first seen and then kept while the process lasts, so the first
    epoch is slower than those after it: on molecules of ZINC by 1 ms (Louvain) or 2.5 ms (spectral) per graph.

    Edges are followed either way, without weights; repeated edges are one. Pairs of different components have
    "unreachable" of level 0 alone.

    Parameters
    ----------
    levels
        Of clusters, 1 to 5, above the graph itself; more are not always better (in the paper's Table 5, one is best on
        ZINC).
    coarsening
        `louvain` or `spectral` (`cluster_levels`).
    cap
        The largest distance told apart, at least 1; a longer one counts as it.
    nodes_per_cluster
        Of `spectral`, on average; the authors' five clusters of a molecule of ZINC are 5.
    seed
        Of the coarsening.

    Examples
    --------
    >>> Hierarchical(cap=1).pair_channels[2:]
    ['hierarchical(0; unreachable)', 'hierarchical(1; 0)', 'hierarchical(1; 1+)']
    """

    name = "hierarchical"
    about = About("distances of clusters, one-hot", "arXiv 2308.11129", "n³", ("pair",))
    equivariant = False
    for_large = "landmarks"
    needs: ClassVar[frozenset[Need]] = frozenset({"edges"})

    class Params(Section):
        """Levels, and how they are found."""

        levels: Annotated[int, Field(ge=1, le=5)] = 1
        coarsening: Coarsening = "louvain"
        cap: Channels = 10
        nodes_per_cluster: Annotated[int, Field(ge=2, le=1000)] = 5
        seed: Annotated[int, Field(ge=0, lt=2**32)] = 0

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._chosen = dict(self.params)
        self.cap: int = self._chosen.pop("cap")
        self.levels: int = self._chosen["levels"]
        self._known: dict[bytes, Int[np.ndarray, "levels nodes"]] = {}

    @property
    def pair_channels(self) -> list[str]:
        """By level, distances from 0 to the cap; "unreachable" behind those of level 0."""
        distances = [*map(str, range(self.cap)), f"{self.cap}+"]
        above = [f"hierarchical({level}; {d})" for level in range(1, self.levels + 1) for d in distances]
        return [*(f"hierarchical(0; {d})" for d in distances), "hierarchical(0; unreachable)", *above]

    def pair(self, graphs: GraphView) -> Float[Tensor, "graphs size size channels"]:
        """Return the distances, and zeros on padding."""
        layout, (row, column) = graphs.layout, graphs.edge_index + graphs.layout.nodes.start
        number, size = layout.shape
        graph = torch.arange(number, device=layout.slot.device)[:, None, None]
        parts = [distance_channels(graphs.adjacency, self.cap)]
        for clusters in torch.from_numpy(self.clusters(simple_adjacency(graphs))).to(layout.slot.device):
            adjacent = torch.zeros(number, size, size, device=layout.slot.device)
            first, second = (clusters[ends - layout.nodes.start] + layout.nodes.start for ends in (row, column))
            adjacent.view(-1)[layout.pair_slot(first, second)] = 1.0
            places = clusters.new_zeros(number * size).index_copy(0, layout.slot, layout.slot[clusters] % size)
            place = places.view(number, size)
            distances = distance_channels(adjacent, self.cap)[..., :-1]
            parts.append(distances[graph, place[:, :, None], place[:, None, :]])
        return torch.cat(parts, dim=-1) * layout.pair_mask[..., None]

    def clusters(self, adjacency: csr_array) -> Int[np.ndarray, "levels nodes"]:
        """Return the cluster of each node at each level, as the number of one of its nodes."""
        component = components(adjacency)
        order = np.lexsort((canonical_ranks(adjacency), component))
        sorted_ = adjacency[order][:, order].sorted_indices()
        ends = np.cumsum(np.bincount(component)).tolist()
        blocks = [self._clusters_of(sorted_, start, end) for start, end in pairwise([0, *ends])]
        found = np.empty((self.levels, component.size), dtype=np.int64)
        found[:, order] = order[np.concatenate(blocks, axis=1)]
        return found

    def _clusters_of(self, adjacency: csr_array, start: int, end: int) -> Int[np.ndarray, "levels nodes"]:
        """The first node of the cluster of each of a component's nodes, which stand in these rows."""
        pointers = adjacency.indptr[start : end + 1]
        columns = adjacency.indices[pointers[0] : pointers[-1]] - start
        pointers = pointers - pointers[0]
        key = np.concatenate([pointers, columns]).astype(np.int32).tobytes()
        if key not in self._known:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            block = csr_array((np.ones(columns.size), columns, pointers), shape=(end - start, end - start))
            levels = cluster_levels(block, **self._chosen)
            self._known[key] = np.stack([np.unique(one, return_index=True)[1][one] for one in levels])
        return self._known[key] + start
