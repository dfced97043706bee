"""Distances of nodes in the space of eigenvectors (PEG, Wang et al., arXiv 2203.00199)."""

from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from mspe.common.section import Channels, Section
from mspe.encodings.about import About
from mspe.encodings.catalogue.eigenvectors import smallest_eigenspaces
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need


class EigenvectorDistance(Encoding):
    """‖p_i − p_j‖ as a pair channel, p the eigenvectors of the smallest eigenvalues without the trivial one.

    The network that turns pair channels into attention biases takes the place of PEG's network of the distance, which
    GraphGPS calls EquivStableLapPE. The distance is the same for any sign and basis of the eigenvectors, as whole
    eigenspaces are kept together: where the count would split one, it is left out. In a graph of several components the
    space of the eigenvalue 0 is one of them, without the trivial direction D^½1, so a disjoint union is not encoded
    as its parts.

    Relabelling the nodes permutes it. Edges are followed either way, by their weights. It is 0 where a graph has a
    single node. Draws no random numbers. Cost: nodes² · count, once the spectrum is there; graphs of more than 512
    nodes have no pair channels unless `encodings.backend=dense`.

    Parameters
    ----------
    count
        Eigenvectors, at least 1; a graph with fewer has all of its own.

    Examples
    --------
    >>> EigenvectorDistance(8).pair_channels
    ['eigenvector_distance(8)']
    """

    name = "eigenvector_distance"
    about = About("distances of eigenvectors", "arXiv 2203.00199", "spectrum", ("pair",), weighted=True)
    off = 0
    needs: ClassVar[frozenset[Need]] = frozenset({"spectrum"})

    class Params(Section):
        """Number of eigenvectors."""

        count: Channels

    def __init__(self, count: int) -> None:
        super().__init__(count=count)
        self.count = count

    @property
    def pair_channels(self) -> list[str]:
        """One channel."""
        return [f"eigenvector_distance({self.count})"]

    def pair(self, graphs: GraphView) -> Float[Tensor, "graphs size size 1"]:
        """Return the distances, and zeros on padding."""
        spectrum, layout = graphs.spectrum, graphs.layout
        beyond = torch.where(layout.mask, spectrum.eigenvalues, torch.inf)  # those of padding come last
        places = smallest_eigenspaces(beyond, spectrum.eigenvectors, spectrum.sqrt_degree, self.count)
        distances = torch.cdist(places, places, compute_mode="donot_use_mm_for_euclid_dist")
        return (distances * layout.pair_mask)[..., None]
