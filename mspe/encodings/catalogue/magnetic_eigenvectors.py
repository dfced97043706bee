"""Eigenvectors of the magnetic Laplacian, for directed graphs (Geisler et al., arXiv 2302.00049)."""

from itertools import product
from typing import Annotated, Any, ClassVar

import torch
from jaxtyping import Complex, Float
from pydantic import Field
from torch import Tensor
from torch_geometric.utils import coalesce, scatter

from mspe.common.section import Channels, Section
from mspe.common.section import Float as Number
from mspe.encodings.about import About
from mspe.encodings.catalogue.eigenvectors import fix_signs, whole_spaces
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.scales import Listed
from mspe.encodings.spectrum import magnetic

Potential = Annotated[Number, Field(ge=0, le=0.5)]

_NO_PHASE = 1e-3  # a sum of squares so small, of vectors of length 1, tells no phase


class MagneticEigenvectors(Encoding):
    """Real and imaginary parts of the eigenvectors of the magnetic Laplacian's smallest eigenvalues (MagLapPE).

    L^(q) is that of `magnetic`, whose kernels are free of what follows: an eigenvector is known up to a phase, and the
    basis of a repeated eigenvalue is arbitrary. Phases are fixed by a rule that does not depend on the order of nodes:
    Σ_i v_i² is made real and positive, so that the real part is the larger one, and where it vanishes Σ_i d_i v_i², d
    the degrees; what is left is a sign, which `fix_signs` fixes by the real part. So another order of nodes permutes
    the channels, and reversing all edges conjugates them, where eigenvalues are distinct and a sum does not vanish; of
    a one-way cycle both do, and the phase stays as it is found. The authors turn all vectors by the phase of one node,
    that of the largest imaginary part of the first, which reversing all edges makes another node.

    The first eigenvector counts, unlike that of `eigenvectors`: where an edge leads one way it holds directions. Of a
    connected graph whose edges all lead both ways, and at q = 0, it is D^½1, of length 1, the others are those of
    `eigenvectors`, and imaginary parts are 0. Where the count would split an eigenspace, zeros take its place, and
    where a graph has fewer. Models see the channels as they are: flipping signs of the parts one by one while
    training, as of `eigenvectors`, would turn edges around.

    Weights count, as for `magnetic`. The eigenvectors are those of the whole graph, so of several components each is 0
    on some; a single node has 1. Cost: n³ per potential; graphs of more than 512 nodes need `encodings.backend=dense`.

    Parameters
    ----------
    count
        Eigenvectors per potential, at least 1.
    potentials
        q from 0 to ½, as of `magnetic`; several tell apart what one does not (Huang et al., arXiv 2407.20912).

    Examples
    --------
    >>> MagneticEigenvectors(count=2).node_channels[:3]
    ['magnetic_eigenvector(0.25; re 1)', 'magnetic_eigenvector(0.25; re 2)', 'magnetic_eigenvector(0.25; im 1)']
    """

    name = "magnetic_eigenvectors"
    about = About("eigenvectors with phases", "arXiv 2302.00049", "n³", ("node",), weighted=True, directed=True)
    off = 0
    equivariant = False
    needs: ClassVar[frozenset[Need]] = frozenset({"spectrum", "edges"})

    class Params(Section):
        """Number of eigenvectors, and potentials."""

        count: Channels
        potentials: Listed[Potential] = (0.25,)

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        values = dict(self.params)
        self.count: int = values["count"]
        self.potentials: tuple[float, ...] = values["potentials"]

    @classmethod
    def operators_of(cls, params: Section) -> frozenset[str]:
        """Return the magnetic Laplacian at each potential."""
        return frozenset(magnetic(potential) for potential in dict(params)["potentials"])

    @property
    def node_channels(self) -> list[str]:
        """By potential, the real parts, ascending by their eigenvalues, and the imaginary ones."""
        places = product(self.potentials, ("re", "im"), range(1, self.count + 1))
        return [f"magnetic_eigenvector({q:.6g}; {part} {k})" for q, part, k in places]

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes channels"]:
        """Return the parts of the eigenvectors."""
        root = _root_degree(graphs)
        parts = []
        for potential in self.potentials:
            eigen = graphs.eigen(magnetic(potential))
            vectors = fix_phases(whole_spaces(eigen.eigenvalues, eigen.eigenvectors, self.count), root)
            parts += [vectors.real, vectors.imag]
        return graphs.layout.flatten(torch.cat(parts, dim=-1))


def fix_phases(
    vectors: Complex[Tensor, "group size count"], root: Float[Tensor, "group size"]
) -> Complex[Tensor, "group size count"]:
    """Turn each column v by the phase that makes Σ_i v_i² real and positive, and by a sign.

    Turned by e^{iθ}, Σ v_i² is turned by e^{2iθ}, so it leaves ±1 open, and `fix_signs` decides by the real part, whose
    squares are at least half of Σ |v_i|². Where Σ_i v_i² vanishes, Σ_i d_i v_i² takes its place, d the squares of
    `root`; where both do, the phase stays as it is.
    """
    squares = vectors.square()  # [group, size, count]
    sums = squares.sum(dim=1), (squares * root.square()[..., None]).sum(dim=1)  # [group, count]
    first, second = (torch.where(total.abs() > _NO_PHASE, total, 0.0) for total in sums)
    phase = torch.where(first != 0, first, second).angle() / 2  # 0 where both vanish
    turned = vectors * torch.polar(torch.ones_like(phase), -phase)[:, None]
    sign = (fix_signs(turned.real, root) * turned.real).sum(dim=1)
    return turned * torch.where(sign < 0, -1.0, 1.0)[:, None]


def _root_degree(graphs: GraphView) -> Float[Tensor, "graphs size"]:
    """D^½ in the grid, half of each edge's weight counting at either end: of a graph without direction, its degrees.

    As everywhere, repeated edges without weights are one, and a node without edges has 1.
    """
    index, weight, nodes = graphs.edge_index, graphs.edge_weight, graphs.layout.slot.numel()
    if weight is None:
        index = coalesce(index, num_nodes=nodes)
        weight = torch.ones(index.size(1), device=index.device)
    degree = scatter(weight.repeat(2) / 2, index.flatten(), dim=0, dim_size=nodes)
    root = torch.where(degree > 0, degree, 1.0).sqrt()
    return root.new_zeros(graphs.layout.mask.numel()).index_copy(0, graphs.layout.slot, root).view(graphs.layout.shape)
