"""Laplacian eigenvectors as a node encoding (Dwivedi and Bresson 2020, arXiv 2012.09699)."""

import numpy as np
import torch
from jaxtyping import Float
from scipy.sparse import csr_array
from scipy.sparse.linalg import eigsh
from torch import Tensor

from mspe.encodings.chebyshev import sparse_operator
from mspe.graphs import PackedGraphs

_SAME = 1e-4  # eigenvalues closer than this, in the single precision that is stored, are one eigenspace


def laplacian_eigenvectors(
    eigenvalues: Float[Tensor, "group found"],
    eigenvectors: Float[Tensor, "group size found"],
    sqrt_degree: Float[Tensor, "group size"],
    count: int,
) -> Float[Tensor, "group size {count}"]:
    """The eigenvectors of the smallest eigenvalues, without the trivial one (D^½1), as columns.

    Whole eigenspaces are kept together: where the count would split one, it is left out, and zeros take its place, as
    they do where a graph has too few nodes. Each sign is fixed: the entry of largest size is positive.
    """
    vectors = _without_trivial(eigenvalues, eigenvectors, sqrt_degree)
    group, size, _ = vectors.shape
    if eigenvalues.size(1) > count + 1:
        cut = eigenvalues[:, count + 1, None]  # the first eigenvalue left out
        whole = eigenvalues[:, 1 : count + 1] < cut - _SAME  # [group, count]
        return fix_signs(vectors[..., :count] * whole[:, None])
    padding = vectors.new_zeros(group, size, max(0, count - vectors.size(2)))
    return fix_signs(torch.cat([vectors, padding], dim=-1)[..., :count])


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


def fix_signs(vectors: Float[Tensor, "... size count"]) -> Float[Tensor, "... size count"]:
    """Make the entry of largest size of each column positive."""
    largest = vectors.gather(-2, vectors.abs().argmax(dim=-2, keepdim=True))
    return vectors * torch.where(largest < 0, -1.0, 1.0)


def packed_eigenvectors(
    spectrum: PackedGraphs, count: int, max_elements: int = 2**20
) -> Float[Tensor, "nodes {count}"]:
    """`laplacian_eigenvectors` of packed graphs, from their packed spectrum."""
    fields = spectrum.fields
    result = fields["eigenvalues"].new_empty(int(spectrum.num_nodes.sum()), count)
    for size, group in spectrum.groups_by_size(max_elements):
        vectors = laplacian_eigenvectors(
            spectrum.take_rows(fields["eigenvalues"], "node", group).view(-1, size),
            spectrum.take_rows(fields["eigenvectors"], "pair", group).view(-1, size, size),
            spectrum.take_rows(fields["sqrt_degree"], "node", group).view(-1, size),
            count,
        )
        spectrum.put_rows(result, "node", group, vectors)
    return result


def sparse_eigenvectors(graphs: PackedGraphs, count: int) -> Float[Tensor, "nodes {count}"]:
    """`laplacian_eigenvectors` of large graphs, by Lanczos iteration from a fixed start, so the same every time."""
    parts = []
    for graph in graphs:
        matrix, root = sparse_operator(graph.edge_index, graph.get("edge_weight"), graph.num_nodes)
        values, vectors = _smallest(matrix, count)
        parts.append(laplacian_eigenvectors(values[None], vectors[None], root[None], count)[0])
    return torch.cat(parts)


def _smallest(matrix: csr_array, count: int) -> tuple[Tensor, Tensor]:
    size = matrix.shape[0]
    wanted = min(size - 1, count + 2)
    start = np.random.default_rng(0).standard_normal(size)
    values, vectors = eigsh(matrix, k=wanted, which="LA", v0=start)
    order = np.argsort(-values)
    return torch.from_numpy(1.0 - values[order]).clamp(0.0, 2.0), torch.from_numpy(vectors[:, order].copy())
