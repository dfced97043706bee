"""Numbers of simple paths between nodes (SPSE, Airale et al., arXiv 2502.09365)."""

from typing import Annotated, ClassVar

import numpy as np
import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from mspe.common.section import Section
from mspe.encodings.about import About
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.paths import LONGEST_BY_FORMULA, enumerate_paths, path_counts
from mspe.encodings.structure import simple_adjacency


class SimplePaths(Encoding):
    """log(1 + p) of the number p of simple paths of each length between two nodes.

    Where random walks spread over a tree and a ring alike, numbers of simple paths tell them apart. The authors
    estimate them on large graphs; here they are exact: up to 4 edges by closed formulas of powers of A, beyond that by
    enumeration, which takes time with their number: it is refused on dense graphs.

    Direction and weights are ignored, repeated edges are one, self-loops are no paths; a node and itself, an isolated
    node, and nodes of different components have 0.

    Parameters
    ----------
    longest
        Edges of the longest paths, 1 to 20; each length from 1 has a channel.

    Examples
    --------
    >>> SimplePaths(2).pair_channels
    ['simple_paths(1)', 'simple_paths(2)']
    """

    name = "simple_paths"
    about = About("simple paths of each length", "arXiv 2502.09365", "paths", ("pair",))
    needs: ClassVar[frozenset[Need]] = frozenset({"edges"})

    class Params(Section):
        """Length of the paths."""

        longest: Annotated[int, Field(ge=1, le=20)] = 5

    def __init__(self, longest: int) -> None:
        super().__init__(longest=longest)
        self.longest = longest

    @property
    def pair_channels(self) -> list[str]:
        """One per length."""
        return [f"simple_paths({length})" for length in range(1, self.longest + 1)]

    def pair(self, graphs: GraphView) -> Float[Tensor, "graphs size size channels"]:
        """Return the logarithms."""
        if self.longest <= LONGEST_BY_FORMULA:
            either_way = torch.maximum(graphs.adjacency, graphs.adjacency.transpose(1, 2))
            loops = torch.diag_embed(either_way.diagonal(dim1=1, dim2=2))
            return path_counts(either_way - loops, self.longest).log1p().float()
        return self._enumerated(graphs)

    def _enumerated(self, graphs: GraphView) -> Float[Tensor, "graphs size size channels"]:
        """The same, path by path."""
        count, size = graphs.layout.shape
        slot = graphs.layout.slot.cpu().numpy()  # of a node: its graph · size + its place there
        counts = np.zeros((self.longest, count * size * size))
        for paths in enumerate_paths(simple_adjacency(graphs), self.longest, "encodings.simple_paths"):
            pairs = slot[paths[0]] * size + slot[paths[-1]] % size
            counts[len(paths) - 2] += np.bincount(pairs, minlength=counts.shape[1])
        grid = torch.from_numpy(np.log1p(counts)).float().to(graphs.layout.slot.device)
        return grid.view(-1, count, size, size).permute(1, 2, 3, 0)
