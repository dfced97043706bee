"""Eigenvectors as a node encoding: of a Laplacian (Dwivedi and Bresson, arXiv 2012.09699), or of the adjacency."""

import logging
from collections.abc import Callable
from functools import reduce
from itertools import combinations_with_replacement
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import torch
from jaxtyping import Float, Inexact, Int
from pydantic import WrapValidator
from scipy.sparse import csr_array
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.common.section import Channels, Section
from mspe.encodings.about import About
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.scales import AUTO
from mspe.encodings.spectrum import ADJACENCY, COMBINATORIAL, NORMALIZED, Eigen
from mspe.encodings.spectrum.chebyshev import EXACT_MAX_NODES, sparse_operator
from mspe.encodings.spectrum.lanczos import extreme_eigenpairs
from mspe.encodings.statistics import GraphStatistics

logger = logging.getLogger(__name__)

_LARGE_TOLERANCE = 1e-6  # of eigenvalues of very large graphs
_SAME = 1e-4  # eigenvalues closer than this, in the single precision that is stored, are one eigenspace
_TIED = 1e-5  # entries whose sizes differ by less, in single precision, are of one size


_MOST = 16  # eigenvectors that `auto` takes

Laplacian = Literal["normalized", "combinatorial", "adjacency"]


def _auto_or_count(value: Any, check: Callable[[Any], int]) -> Any:
    return AUTO if value == AUTO else check(value)


class Eigenvectors(Encoding):
    """Eigenvectors of a Laplacian's smallest eigenvalues, without the trivial one, as node channels.

    Relabelling the nodes of a graph permutes them, where its eigenvalues are distinct: signs are fixed by a rule that
    does not depend on the order of nodes (`fix_signs`). Two things no rule can fix. A symmetry of the graph may turn a
    vector into its negative: then the channels are those of the relabelled graph up to such a symmetry. And the basis
    of a repeated eigenvalue, also of 0 in a graph of several components, is arbitrary, so another order of the nodes
    gives other channels, and a model another output. Models therefore see random signs while training, as the authors
    do (`model.eigenvector_encoder: flip`), or use SignNet; neither makes up for an arbitrary basis. Filters, whose
    channels are the same for any sign and basis, are free of both.

    Where the count would split an eigenspace, PyG's `AddLaplacianEigenvectorPE` keeps an arbitrary part of it; here
    none is kept. Self-loops stay in the normalised Laplacian, from which PyG drops them, and cancel in D − A.

    Of the adjacency matrix they are those of the largest eigenvalues, none of which is trivial: the first is
    eigenvector centrality. Edges are followed either way; weights count by their ratios alone. With several components
    a vector is one of the whole graph and may be 0 on some; a single node has zeros, and of the adjacency 1.

    Parameters
    ----------
    count
        How many, at least 1; of a graph with fewer, or where the cut would split an eigenspace, zeros take their place.
        `auto`: as many as half of the training graphs have, at most 16.
    laplacian
        `normalized`, `combinatorial` (D − A) or `adjacency`; of graphs too large for eigenvectors the first alone.
    """

    name = "eigenvectors"
    about = About("eigenvectors, whole eigenspaces", "arXiv 2012.09699", "spectrum", ("node",), weighted=True)
    off = 0
    needs: ClassVar[frozenset[Need]] = frozenset({"spectrum", "edges"})
    signed = True
    equivariant = False

    class Params(Section):
        """Number of eigenvectors, and the operator that has them."""

        count: Annotated[Channels, WrapValidator(_auto_or_count)]
        laplacian: Laplacian = NORMALIZED

    def __init__(self, count: int | Literal["auto"], laplacian: Laplacian = NORMALIZED) -> None:
        super().__init__(count=count, laplacian=laplacian)
        if isinstance(count, str):
            raise MspeError(
                "encoding eigenvectors: count: got auto, which is read off a dataset's graphs; give "
                "EncodingParams(…).resolve(GraphStatistics.of(…)) as the bank, or a number"
            )
        self.count = count
        self.laplacian = laplacian

    @classmethod
    def operators_of(cls, params: Section) -> frozenset[str]:
        """Return the operator that is chosen."""
        return frozenset({dict(params)["laplacian"]})

    @classmethod
    def resolve(cls, params: Section, statistics: GraphStatistics) -> Section:
        """Return the parameters with `auto` replaced by a number."""
        values = dict(params)
        if values["count"] != AUTO:
            return params
        return cls.Params(count=max(1, min(_MOST, statistics.median_nodes - 1)), laplacian=values["laplacian"])

    @property
    def node_channels(self) -> list[str]:
        """Numbered from 1, by their eigenvalues: ascending, of the adjacency descending."""
        operator = "" if self.laplacian == NORMALIZED else f"{self.laplacian} "
        return [f"{operator}eigenvector({k})" for k in range(1, self.count + 1)]

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes count"]:
        """Return the eigenvectors: from the spectrum, or from the edges where graphs are too large for one."""
        if self.laplacian == ADJACENCY:
            return graphs.layout.flatten(adjacency_eigenvectors(graphs.eigen(ADJACENCY), self.count))
        if self.laplacian == COMBINATORIAL:
            return graphs.layout.flatten(combinatorial_eigenvectors(graphs.eigen(COMBINATORIAL), self.count))
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

    Those of `smallest_eigenspaces`, with signs fixed by `fix_signs`.
    """
    return fix_signs(smallest_eigenspaces(eigenvalues, eigenvectors, sqrt_degree, count), sqrt_degree)


def smallest_eigenspaces(
    eigenvalues: Float[Tensor, "group found"],
    eigenvectors: Float[Tensor, "group size found"],
    sqrt_degree: Float[Tensor, "group size"],
    count: int,
) -> Float[Tensor, "group size {count}"]:
    """Return the eigenvectors of the smallest eigenvalues, without the trivial one (D^½1), of any sign and basis.

    Whole eigenspaces are kept together: where the count would split one, it is left out, and zeros take its place, as
    they do where a graph has too few nodes. Eigenvalues are in ascending order; of padding they are infinite, and its
    vectors zero.
    """
    others = _without_trivial(eigenvalues, eigenvectors, sqrt_degree)
    return whole_spaces(eigenvalues[:, 1:], others, count)


def combinatorial_eigenvectors(eigen: Eigen, count: int) -> Float[Tensor, "group size {count}"]:
    """The same of the combinatorial Laplacian, whose trivial eigenvector is constant.

    Eigenvalues are told apart as shares of the largest, which here depends on the degrees: scaled to 2. Signs are fixed
    by √L_ii, the root of the degree, as of the normalised Laplacian.
    """
    scaled = _scaled(eigen.eigenvalues)
    others = _without_trivial(scaled, eigen.eigenvectors, torch.ones_like(scaled))
    degree = (eigen.eigenvectors.square() @ eigen.eigenvalues[..., None]).squeeze(-1)
    return fix_signs(whole_spaces(scaled[:, 1:], others, count), _shares(degree).sqrt())


def adjacency_eigenvectors(eigen: Eigen, count: int) -> Float[Tensor, "group size {count}"]:
    """The eigenvectors of the adjacency matrix's largest eigenvalues, as columns, in descending order of these.

    Eigenvalues are told apart as shares of the largest, and signs are fixed by the root of (A²)_ii, which without
    weights is the degree.
    """
    descending = -_scaled(eigen.eigenvalues).flip(-1)
    degree = (eigen.eigenvectors.square() @ eigen.eigenvalues.square()[..., None]).squeeze(-1)
    return fix_signs(whole_spaces(descending, eigen.eigenvectors.flip(-1), count), _shares(degree).sqrt())


def _scaled(eigenvalues: Float[Tensor, "group size"]) -> Float[Tensor, "group size"]:
    """Eigenvalues whose largest size is 2, as a normalised Laplacian's may be; zeros where all are 0."""
    largest = eigenvalues.abs().amax(dim=-1, keepdim=True)
    return 2.0 * eigenvalues / torch.where(largest > 0, largest, 1.0)


def _shares(degree: Float[Tensor, "group size"]) -> Float[Tensor, "group size"]:
    """Degrees as shares of the largest, none below 0 by rounding."""
    positive = degree.clamp(min=0.0)
    largest = positive.amax(dim=-1, keepdim=True)
    return positive / torch.where(largest > 0, largest, 1.0)


def whole_spaces(
    eigenvalues: Float[Tensor, "group found"], vectors: Inexact[Tensor, "group size found"], count: int
) -> Inexact[Tensor, "group size {count}"]:
    """The first vectors, with zeros for those of an eigenspace that the count would split, and where there are fewer.

    Eigenvalues ascend.
    """
    group, size, found = vectors.shape
    if found > count:
        cut = eigenvalues[:, count, None]  # the first eigenvalue left out
        whole = eigenvalues[:, :count] < cut - _SAME  # [group, count]
        return vectors[..., :count] * whole[:, None]
    return torch.cat([vectors, vectors.new_zeros(group, size, count - found)], dim=-1)


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
    for column, sign in zip(vectors.unbind(-1), _majority(vectors).unbind(-1), strict=True):
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
    """Return `laplacian_eigenvectors` of a large graph, by Lanczos iteration from a fixed start: always the same.

    A warning says where all are zeros, as on a large grid, whose smallest eigenvalues count as one.
    """
    matrix, root = sparse_operator(edge_index, edge_weight, num_nodes)
    values, vectors = _smallest(matrix, count)
    found = laplacian_eigenvectors(values[None], vectors[None], root[None], count)[0]
    if num_nodes > count and not found.any():
        logger.warning(
            "eigenvectors: a graph of %d nodes has zeros alone: eigenvalues less than %g apart count as one, and %d "
            "would split it; take more, or the filters walk or heat",
            *(num_nodes, _SAME, count),
        )
    return found


def _smallest(matrix: csr_array, count: int) -> tuple[Tensor, Tensor]:
    size = matrix.shape[0]
    tolerance = _LARGE_TOLERANCE if size > EXACT_MAX_NODES else 0.0
    found = extreme_eigenpairs(matrix, min(size - 1, count + 2), tolerance=tolerance)
    if found is None:
        raise MspeError(
            f"encodings.eigenvectors.count: the {count} smallest eigenvalues of a graph of {size} nodes lie too close "
            "to be told apart in minutes; take fewer, or filters, which need no eigenvectors: walk, heat, wavelet, ppr"
        )
    values, vectors = found
    order = np.argsort(-values)
    return torch.from_numpy(1.0 - values[order]).clamp(0.0, 2.0), torch.from_numpy(vectors[:, order].copy())
