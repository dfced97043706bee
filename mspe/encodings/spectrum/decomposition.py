"""The spectrum of every graph, computed once for all filters and scales."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from mspe.common.parallel import for_each
from mspe.encodings.spectrum.chebyshev import (
    EXACT_MAX_NODES,
    estimated_spectral_weights,
    sparse_operator,
    sparse_spectral_range,
    spectral_weights,
)
from mspe.encodings.spectrum.laplacian import dense_adjacency, normalized_laplacian
from mspe.graphs import DenseLayout, PackedGraphs
from mspe.graphs.checks import check_graphs
from mspe.graphs.packing import Level

Backend = Literal["dense", "chebyshev", "stochastic"]

DENSE_MAX_NODES = 512
_GROUP_ELEMENTS = 2**18  # entries of the n² grids that are decomposed together: 2 MiB in float64, which stays in cache

SPECTRUM_LEVELS: dict[str, Level] = {"eigenvalues": "node", "eigenvectors": "pair", "sqrt_degree": "node"}
_ZERO = 1e-6  # an eigenvalue below is zero but for rounding


def choose_backend(backend: Backend | Literal["auto"], max_nodes: int) -> Backend:
    """The rule behind `encodings.backend: auto`, by the dataset's largest graph.

    Up to 512 nodes: `dense`, a full eigendecomposition of every graph. Up to 50,000: `chebyshev`, the exact spectral
    measure of every node from the sparse Laplacian. Above: `stochastic`, the same measure estimated with random
    probes, its error reported.
    """
    if backend != "auto":
        return backend
    if max_nodes <= DENSE_MAX_NODES:
        return "dense"
    return "chebyshev" if max_nodes <= EXACT_MAX_NODES else "stochastic"


def compute_spectrum(
    graphs: PackedGraphs, dtype: torch.dtype = torch.float32, backend: Backend | Literal["auto"] = "dense"
) -> PackedGraphs:
    """Decompose each graph's normalised Laplacian L = U Λ Uᵀ, in float64.

    Parameters
    ----------
    graphs
        Their edges and, where present, their `edge_weight`.
    dtype
        Of the result; float32 is what the pipeline stores.
    backend
        `dense`, graphs of one size together; `chebyshev` or `stochastic`, node measures without eigenvectors; `auto`
        picks by the largest graph (`choose_backend`).

    Returns
    -------
    PackedGraphs
        The same graphs without edges. `dense`: `eigenvalues` (n a graph, ascending, within [0, 2]), `eigenvectors`
        (n² a graph, row-major, a column an eigenvector). Otherwise: `spectral_weights` [nodes, points], and from
        `stochastic` also `spectral_weights_error`. Always `sqrt_degree` (D^½; 1 for an isolated node) and
        `spectral_range` [graphs, 2], the largest eigenvalue and the smallest above zero.

    Raises
    ------
    MspeError
        If a graph has no nodes, an edge out of range, or an unusable weight.
    """
    check_graphs(graphs)
    chosen = choose_backend(backend, int(graphs.num_nodes.max()))
    return _decompose(graphs, dtype) if chosen == "dense" else _measure(graphs, dtype, chosen)


def _decompose(graphs: PackedGraphs, dtype: torch.dtype) -> PackedGraphs:
    device = graphs.edge_index.device
    total = {"node": int(graphs.num_nodes.sum()), "pair": int((graphs.num_nodes**2).sum())}
    fields = {name: torch.empty(total[level], dtype=dtype, device=device) for name, level in SPECTRUM_LEVELS.items()}
    fields["spectral_range"] = torch.empty(len(graphs), 2, dtype=dtype, device=device)

    def decompose(size: int, group: Tensor) -> None:
        laplacian, sqrt_degree = normalized_laplacian(dense_adjacency(graphs, size, group))
        eigenvalues, eigenvectors = torch.linalg.eigh(laplacian)
        eigenvalues = eigenvalues.clamp(0.0, 2.0)
        graphs.scatter_rows(fields["eigenvalues"], "node", group, eigenvalues)
        graphs.scatter_rows(fields["eigenvectors"], "pair", group, eigenvectors)
        graphs.scatter_rows(fields["sqrt_degree"], "node", group, sqrt_degree)
        graphs.scatter_rows(fields["spectral_range"], "graph", group, _spectral_range(eigenvalues))

    for_each(decompose, graphs.groups_by_size(_GROUP_ELEMENTS), threaded=device.type == "cpu")
    return graphs.without_edges(fields, {**SPECTRUM_LEVELS, "spectral_range": "graph"})


def _spectral_range(eigenvalues: Float[Tensor, "group size"]) -> Float[Tensor, "group 2"]:
    """The largest eigenvalue and the smallest above zero; NaN where a graph has no such."""
    above = torch.where(eigenvalues > _ZERO, eigenvalues, torch.inf).amin(dim=1)
    both = torch.stack([eigenvalues[:, -1], above], dim=1)
    return torch.where(above[:, None].isfinite(), both, torch.nan)


def _measure(graphs: PackedGraphs, dtype: torch.dtype, backend: Backend) -> PackedGraphs:
    parts = []
    for graph in graphs:
        matrix, root = sparse_operator(graph.edge_index, graph.get("edge_weight"), graph.num_nodes)
        part = {"sqrt_degree": root, "spectral_range": torch.tensor([sparse_spectral_range(matrix)])}
        if backend == "chebyshev":
            part["spectral_weights"] = spectral_weights(matrix)
        else:
            part["spectral_weights"], part["spectral_weights_error"] = estimated_spectral_weights(matrix)
        parts.append(part)
    fields = {name: torch.cat([part[name] for part in parts]).to(graphs.edge_index.device, dtype) for name in parts[0]}
    levels: dict[str, Level] = {name: "graph" if name == "spectral_range" else "node" for name in fields}
    return graphs.without_edges(fields, levels)


@dataclass(frozen=True)
class Spectrum:
    """The spectra of some graphs, padded to the largest one; padded entries are zero, padded `sqrt_degree` is one."""

    eigenvalues: Float[Tensor, "graphs size"]
    eigenvectors: Float[Tensor, "graphs size size"]
    sqrt_degree: Float[Tensor, "graphs size"]

    @classmethod
    def padded(cls, fields: Mapping[str, Tensor], layout: DenseLayout) -> "Spectrum":
        """Pad the flat fields of a batch, named as in `SPECTRUM_LEVELS`."""
        root = layout.pad(fields["sqrt_degree"])
        return cls(
            eigenvalues=layout.pad(fields["eigenvalues"]),
            eigenvectors=layout.pad_pairs(fields["eigenvectors"]),
            sqrt_degree=torch.where(layout.mask, root, 1.0),
        )
