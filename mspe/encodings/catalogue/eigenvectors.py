"""Laplacian eigenvectors as a node encoding (Dwivedi and Bresson 2020, arXiv 2012.09699)."""

from functools import reduce
from itertools import combinations_with_replacement
from typing import ClassVar

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.sparse import csr_array
from torch import Tensor

from mspe.common.section import Channels, Section
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.spectrum.chebyshev import sparse_operator

_SAME = 1e-4  # eigenvalues closer than this, in the single precision that is stored, are one eigenspace
_TIED = 1e-5  # entries whose sizes differ by less, in single precision, are of one size


class Eigenvectors(Encoding):
    """Eigenvectors of the smallest eigenvalues, without the trivial one, as node channels.

    Relabelling the nodes of a graph permutes them, where its eigenvalues are distinct: signs are fixed by a rule that
    does not depend on the order of nodes (`fix_signs`). Two things no rule can fix. A symmetry of the graph may turn a
    vector into its negative: then the channels are those of the relabelled graph up to such a symmetry. And the basis
    of a repeated eigenvalue, also of 0 in a graph of several components, is arbitrary, so another order of the nodes
    gives other channels, and a model another output. Models therefore see random signs while training, as the authors
    do (`model.eigenvector_encoder: flip`), or use SignNet; neither makes up for an arbitrary basis. Filters, whose
    channels are the same for any sign and basis, are free of both.

    Where the count would split an eigenspace, PyG's `AddLaplacianEigenvectorPE` keeps an arbitrary part of it; here
    none is kept. Self-loops stay in the Laplacian, from which PyG drops them.

    Parameters
    ----------
    count
        How many, at least 1; of a graph with fewer, or where the cut would split an eigenspace, zeros take their place.
    """

    name = "eigenvectors"
    off = 0
    needs: ClassVar[frozenset[Need]] = frozenset({"spectrum", "edges"})
    signed = True

    class Params(Section):
        """Number of eigenvectors."""

        count: Channels

    def __init__(self, count: int) -> None:
        super().__init__(count=count)
        self.count = count

    @property
    def node_channels(self) -> list[str]:
        """Numbered from 1, in ascending order of the eigenvalues."""
        return [f"eigenvector({k})" for k in range(1, self.count + 1)]

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes count"]:
        """Return the eigenvectors: from the spectrum, or from the edges where graphs are too large for one."""
        if graphs.spectral_weights is not None:
            return self._of_large(graphs)
        spectrum = graphs.spectrum
        vectors = laplacian_eigenvectors(spectrum.eigenvalues, spectrum.eigenvectors, spectrum.sqrt_degree, self.count)
        return graphs.layout.flatten(vectors)

    def _of_large(self, graphs: GraphView) -> Float[Tensor, "nodes count"]:
        """One graph after the other: the edges of each are those that start at its nodes."""
        index, weight = graphs.edge_index, graphs.edge_weight
        parts, first = [], 0
        for size in graphs.layout.mask.sum(dim=1).tolist():
            inside = (index[0] >= first) & (index[0] < first + size)
            own = None if weight is None else weight[inside]
            parts.append(sparse_eigenvectors(index[:, inside] - first, own, size, self.count))
            first += size
        return torch.cat(parts)


def laplacian_eigenvectors(
    eigenvalues: Float[Tensor, "group found"],
    eigenvectors: Float[Tensor, "group size found"],
    sqrt_degree: Float[Tensor, "group size"],
    count: int,
) -> Float[Tensor, "group size {count}"]:
    """The eigenvectors of the smallest eigenvalues, without the trivial one (D^½1), as columns.

    Whole eigenspaces are kept together: where the count would split one, it is left out, and zeros take its place, as
    they do where a graph has too few nodes. Signs are fixed by `fix_signs`.
    """
    vectors = _without_trivial(eigenvalues, eigenvectors, sqrt_degree)
    group, size, _ = vectors.shape
    if eigenvalues.size(1) > count + 1:
        cut = eigenvalues[:, count + 1, None]  # the first eigenvalue left out
        whole = eigenvalues[:, 1 : count + 1] < cut - _SAME  # [group, count]
        return fix_signs(vectors[..., :count] * whole[:, None], sqrt_degree)
    padding = vectors.new_zeros(group, size, max(0, count - vectors.size(2)))
    return fix_signs(torch.cat([vectors, padding], dim=-1)[..., :count], sqrt_degree)


def _without_trivial(
    eigenvalues: Float[Tensor, "group found"],
    eigenvectors: Float[Tensor, "group size found"],
    sqrt_degree: Float[Tensor, "group size"],
) -> Float[Tensor, "group size others"]:
    """Turn each null space so that its first vector is D^½1, by a Householder reflection, and drop that one.

    A graph of c components has c zero eigenvalues, whose basis is arbitrary; only the trivial direction is the same
    for every graph.
    """
    trivial = sqrt_degree / sqrt_degree.norm(dim=-1, keepdim=True)
    null = eigenvalues < _SAME
    coordinates = (eigenvectors.transpose(1, 2) @ trivial[..., None]).squeeze(-1) * null  # [group, size]
    coordinates = coordinates / coordinates.norm(dim=-1, keepdim=True)
    mirror = coordinates.clone()
    sign = torch.where(coordinates[:, :1] >= 0, 1.0, -1.0)
    mirror[:, :1] += sign  # from the coordinates onto ∓e_1, away from cancellation
    mirror = mirror / mirror.norm(dim=-1, keepdim=True)
    turned = eigenvectors - 2 * (eigenvectors @ mirror[..., None]) * mirror[:, None]
    return turned[..., 1:]


def fix_signs(
    vectors: Float[Tensor, "group size count"], sqrt_degree: Float[Tensor, "group size"]
) -> Float[Tensor, "group size count"]:
    """Turn each column so that its largest entry is positive, by a rule that does not depend on the order of nodes.

    Where the largest positive and the largest negative entry are of one size, the next ones decide, and so on. A column
    whose entries are symmetric about 0 is multiplied by √degree, by each column before it, and by each product of two
    of these; the first product that is not symmetric decides. Where none decides, the sign stays as it is.
    """
    columns: list[Tensor] = []
    for column in vectors.unbind(-1):
        sign = _majority(column[..., None])[..., 0]
        factors = [sqrt_degree, *columns]
        for order in (1, 2):
            open_ = torch.nonzero(sign == 0).flatten()
            if open_.numel():
                chosen = combinations_with_replacement([factor[open_] for factor in factors], order)
                witnesses = [reduce(torch.mul, product) for product in chosen]
                sign[open_] = _first_decided(_majority(column[open_, :, None] * torch.stack(witnesses, dim=-1)))
        columns.append(column * torch.where(sign < 0, -1.0, 1.0)[:, None])
    return torch.stack(columns, dim=-1)


def _majority(values: Float[Tensor, "group size columns"]) -> Float[Tensor, "group columns"]:
    """1 where a column's entries, in descending order, exceed those of its negative at the first difference; else −1.

    0 where there is no difference.
    """
    descending = values.sort(dim=-2, descending=True).values
    difference = descending + descending.flip(-2)  # minus the negative's, which is −ascending
    return _first_decided((difference * (difference.abs() > _TIED)).sign().transpose(-1, -2))


def _first_decided(signs: Float[Tensor, "... candidates"]) -> Float[Tensor, "..."]:
    """The first that is not 0; 0 where all are."""
    first = (signs != 0).int().argmax(dim=-1, keepdim=True)
    return signs.gather(-1, first).squeeze(-1)


def sparse_eigenvectors(
    edge_index: Int[Tensor, "2 edges"], edge_weight: Float[Tensor, " edges"] | None, num_nodes: int, count: int
) -> Float[Tensor, "nodes {count}"]:
    """Return `laplacian_eigenvectors` of a large graph, by Lanczos iteration from a fixed start: always the same."""
    matrix, root = sparse_operator(edge_index, edge_weight, num_nodes)
    values, vectors = _smallest(matrix, count)
    return laplacian_eigenvectors(values[None], vectors[None], root[None], count)[0]


def _smallest(matrix: csr_array, count: int) -> tuple[Tensor, Tensor]:
    from scipy.sparse.linalg import eigsh

    size = matrix.shape[0]
    wanted = min(size - 1, count + 2)
    start = np.random.default_rng(0).standard_normal(size)
    values, vectors = eigsh(matrix, k=wanted, which="LA", v0=start)
    order = np.argsort(-values)
    return torch.from_numpy(1.0 - values[order]).clamp(0.0, 2.0), torch.from_numpy(vectors[:, order].copy())
