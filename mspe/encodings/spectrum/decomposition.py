"""The spectra of every graph, each computed once for all encodings and scales."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Literal

import torch
from jaxtyping import Float, Inexact
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.common.parallel import for_each
from mspe.encodings.spectrum.chebyshev import (
    EXACT_MAX_NODES,
    quadrature_nodes,
    sparse_operator,
    spectral_weights,
)
from mspe.encodings.spectrum.lanczos import sparse_spectral_range
from mspe.encodings.spectrum.laplacian import dense_adjacency, normalized_laplacian
from mspe.encodings.spectrum.mixed import join_spectra
from mspe.encodings.spectrum.operators import GROUP_ELEMENTS, NORMALIZED, decompose_operator, eigen_fields, further
from mspe.encodings.spectrum.probes import estimated_spectral_weights
from mspe.graphs import DenseLayout, PackedGraphs
from mspe.graphs.checks import check_graphs
from mspe.graphs.packing import Level

Backend = Literal["dense", "chebyshev", "stochastic"]

DENSE_MAX_NODES = 512

SPECTRUM_LEVELS: dict[str, Level] = {"eigenvalues": "node", "eigenvectors": "pair", "sqrt_degree": "node"}
_ZERO = 1e-6  # an eigenvalue below is zero but for rounding


def choose_backend(backend: Backend | Literal["auto"], num_nodes: int) -> Backend:
    """The rule behind `encodings.backend: auto`, for each graph by its number of nodes.

    Up to 512: `dense`, a full eigendecomposition. Up to 10,000: `chebyshev`, the exact spectral measure of every node
    from the sparse Laplacian. Above: `stochastic`, the same measure from local walks and random probes, its error
    reported.
    """
    if backend != "auto":
        return backend
    if num_nodes <= DENSE_MAX_NODES:
        return "dense"
    return "chebyshev" if num_nodes <= EXACT_MAX_NODES else "stochastic"


def compute_spectrum(
    graphs: PackedGraphs,
    dtype: torch.dtype = torch.float32,
    backend: Backend | Literal["auto"] = "dense",
    beside: Collection[Backend] = (),
    operators: Collection[str] = (NORMALIZED,),
    state: Path | None = None,
) -> PackedGraphs:
    """Decompose each graph's normalised Laplacian L = U Λ Uᵀ, or other operators, in float64.

    Parameters
    ----------
    graphs
        Their edges and, where present, their `edge_weight`.
    dtype
        Of the result; float32 is what the pipeline stores.
    backend
        `dense`, graphs of one size together; `chebyshev` or `stochastic`, node measures without eigenvectors; `auto`
        picks for each graph (`choose_backend`).
    beside
        Backends of other graphs, in files that are to be joined with this one: the result has their fields too.
    operators
        By name, at least one: `normalized`, `adjacency`, `combinatorial`, `magnetic(q)`; all but the first are
        decomposed densely, or refused.
    state
        Folder in which what is finished of a graph without eigenvectors is kept while that takes long, so that an
        interrupted call, made again, resumes inside the graph; to be removed when the result stands elsewhere. None:
        nowhere.

    Returns
    -------
    PackedGraphs
        The same graphs without edges. Of operators but the normalised Laplacian, the fields that `decompose_operator`
        gives; of that one, by `dense`: `eigenvalues` (n a graph, ascending, within [0, 2]), `eigenvectors`
        (n² a graph, row-major, a column an eigenvector). Otherwise: `spectral_weights` [nodes, points], and from
        `stochastic` also `spectral_weights_error`. Of graphs of both kinds, both, with `has_pairs` [graphs], which says
        which graphs have eigenvectors. Always `sqrt_degree` (D^½; 1 for an isolated node) and
        `spectral_range` [graphs, 2], the largest eigenvalue and the smallest above zero.

    Raises
    ------
    MspeError
        If a graph has no nodes, an edge out of range, or an unusable weight, there is no such operator, or a graph is
        too large for one.
    """
    check_graphs(graphs)
    refuse_large(graphs.num_nodes.tolist(), backend, operators)
    parts = [decompose_operator(graphs, operator, dtype) for operator in further(operators)]
    if NORMALIZED in operators:
        parts.insert(0, _normalized(graphs, dtype, backend, beside, state))
    return reduce(PackedGraphs.with_fields_of, parts)


def refuse_large(sizes: Collection[int], backend: Backend | Literal["auto"], operators: Collection[str]) -> None:
    """Refuse operators whose eigenvectors are needed where a graph is too large for any.

    Raises
    ------
    MspeError
        If there is such a graph.
    """
    largest, others = max(sizes, default=0), further(operators)
    if others and choose_backend(backend, largest) != "dense":
        limit = f"of graphs of up to {DENSE_MAX_NODES} nodes" if backend == "auto" else "by backend dense alone"
        raise MspeError(
            f"encodings: one of them needs eigenvectors of the operator {others[0]}, which are computed {limit} "
            f"(encodings.backend={backend}), and the largest graph has {largest} nodes; set encodings.backend=dense "
            "where memory allows, or take filters, which need no eigenvectors: walk, heat, wavelet, ppr, learned"
        )


def _normalized(
    graphs: PackedGraphs,
    dtype: torch.dtype,
    backend: Backend | Literal["auto"],
    beside: Collection[Backend],
    state: Path | None,
) -> PackedGraphs:
    backends = [choose_backend(backend, size) for size in graphs.num_nodes.tolist()]
    occurring = {*backends, *beside}
    if occurring == {"dense"}:
        return _decompose(graphs, dtype)
    if "dense" not in occurring:
        return _measure(graphs, dtype, backends, "stochastic" in occurring, state)
    paired = torch.tensor([one == "dense" for one in backends], device=graphs.num_nodes.device)
    large = [one for one in backends if one != "dense"]
    measures = _measure(graphs[(~paired).nonzero().flatten()], dtype, large, "stochastic" in occurring, state)
    return join_spectra(graphs, paired, [_decompose(graphs[paired.nonzero().flatten()], dtype), measures])


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

    for_each(decompose, graphs.groups_by_size(GROUP_ELEMENTS), threaded=device.type == "cpu")
    return graphs.without_edges(fields, {**SPECTRUM_LEVELS, "spectral_range": "graph"})


def _spectral_range(eigenvalues: Float[Tensor, "group size"]) -> Float[Tensor, "group 2"]:
    """The largest eigenvalue and the smallest above zero; NaN where a graph has no such."""
    above = torch.where(eigenvalues > _ZERO, eigenvalues, torch.inf).amin(dim=1)
    both = torch.stack([eigenvalues[:, -1], above], dim=1)
    return torch.where(above[:, None].isfinite(), both, torch.nan)


def _measure(
    graphs: PackedGraphs, dtype: torch.dtype, backends: Sequence[Backend], with_error: bool, state: Path | None
) -> PackedGraphs:
    """The measures of each graph by its backend; the error of those that are exact is zero."""
    points = quadrature_nodes().numel()
    nothing = {"sqrt_degree": torch.empty(0), "spectral_range": torch.empty(0, 2)}
    parts = [{**nothing, "spectral_weights": torch.empty(0, points), "spectral_weights_error": torch.empty(0, points)}]
    for graph, backend in zip(graphs, backends, strict=True):
        matrix, root = sparse_operator(graph.edge_index, graph.get("edge_weight"), graph.num_nodes)
        part = {"sqrt_degree": root, "spectral_range": torch.tensor([sparse_spectral_range(matrix)])}
        if backend == "chebyshev":
            part["spectral_weights"] = spectral_weights(matrix, state=state)
            part["spectral_weights_error"] = torch.zeros_like(part["spectral_weights"])
        else:
            estimate = estimated_spectral_weights(matrix, root, state=state)
            part["spectral_weights"], part["spectral_weights_error"] = estimate
        parts.append(part)
    names = [name for name in parts[0] if with_error or name != "spectral_weights_error"]
    fields = {name: torch.cat([part[name].to(dtype) for part in parts]).to(graphs.edge_index.device) for name in names}
    levels: dict[str, Level] = {name: "graph" if name == "spectral_range" else "node" for name in fields}
    return graphs.without_edges(fields, levels)


@dataclass(frozen=True)
class Eigen:
    """An operator's eigenvalues and eigenvectors of some graphs, padded to the largest one with zeros."""

    eigenvalues: Float[Tensor, "graphs size"]
    eigenvectors: Inexact[Tensor, "graphs size size"]

    @staticmethod
    def of(operator: str, fields: Mapping[str, Tensor], layout: DenseLayout) -> "Eigen":
        """Pad an operator's flat fields of a batch, named by `eigen_fields`."""
        eigenvalues, eigenvectors = eigen_fields(operator)
        return Eigen(layout.pad(fields[eigenvalues]), layout.pad_pairs(fields[eigenvectors]))


@dataclass(frozen=True)
class Spectrum(Eigen):
    """The normalised Laplacian's spectra; padded `sqrt_degree` is one."""

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
