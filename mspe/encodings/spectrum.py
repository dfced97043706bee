"""The spectrum of every graph, computed once for all filters and scales."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch_geometric.data import Batch

from mspe.encodings.laplacian import dense_adjacency, normalized_laplacian
from mspe.graphs import DenseLayout, PackedGraphs
from mspe.graphs.checks import check_structure
from mspe.graphs.packed import Level

SPECTRUM_LEVELS: dict[str, Level] = {"eigenvalues": "node", "eigenvectors": "pair", "sqrt_degree": "node"}
_GROUP_ELEMENTS = 2**22  # entries of the n² grids that are decomposed together: 32 MiB in float64


def compute_spectrum(graphs: PackedGraphs, dtype: torch.dtype = torch.float32) -> PackedGraphs:
    """Decompose each graph's normalised Laplacian L = U Λ Uᵀ in float64, graphs of one size together.

    Parameters
    ----------
    graphs
        Their edges and, where present, their `edge_weight`.
    dtype
        Of the result; float32 is what the pipeline stores.

    Returns
    -------
    PackedGraphs
        The same graphs without edges, with `eigenvalues` (n a graph, ascending, within [0, 2]), `eigenvectors`
        (n² a graph, row-major, a column an eigenvector) and `sqrt_degree` (D^½; 1 for an isolated node).

    Raises
    ------
    MspeError
        If a graph has no nodes, an edge out of range, or an unusable weight.
    """
    check_structure(graphs)
    device = graphs.edge_index.device
    lengths = {name: int(graphs.rows(level, _all(graphs)).numel()) for name, level in SPECTRUM_LEVELS.items()}
    fields = {name: torch.empty(length, dtype=dtype, device=device) for name, length in lengths.items()}
    for size, group in graphs.groups_by_size(_GROUP_ELEMENTS):
        laplacian, sqrt_degree = normalized_laplacian(dense_adjacency(graphs, size, group))
        eigenvalues, eigenvectors = torch.linalg.eigh(laplacian)
        nodes, pairs = graphs.rows("node", group), graphs.rows("pair", group)
        fields["eigenvalues"][nodes] = eigenvalues.clamp(0.0, 2.0).flatten().to(dtype)
        fields["eigenvectors"][pairs] = eigenvectors.flatten().to(dtype)
        fields["sqrt_degree"][nodes] = sqrt_degree.flatten().to(dtype)
    return without_edges(graphs, fields, SPECTRUM_LEVELS)


def without_edges(graphs: PackedGraphs, fields: dict[str, Tensor], levels: dict[str, Level]) -> PackedGraphs:
    """Fields of the same graphs, to be stored beside them: the edges are not stored twice."""
    no_edges = graphs.edge_index.new_zeros(2, 0)
    return PackedGraphs(graphs.num_nodes, torch.zeros_like(graphs.num_nodes), no_edges, fields, levels)


def _all(graphs: PackedGraphs) -> Tensor:
    return torch.arange(len(graphs), device=graphs.num_nodes.device)


@dataclass(frozen=True)
class Spectrum:
    """The spectra of a batch, padded to its largest graph; padded entries are zero, padded `sqrt_degree` is one."""

    eigenvalues: Float[Tensor, "graphs size"]
    eigenvectors: Float[Tensor, "graphs size size"]
    sqrt_degree: Float[Tensor, "graphs size"]

    @classmethod
    def from_batch(cls, batch: Batch, layout: DenseLayout) -> "Spectrum":
        """Take the spectrum that the batch carries, or compute it from the batch's edges: the same numbers, slower."""
        fields = {name: batch.get(name) for name in SPECTRUM_LEVELS}
        if any(field is None for field in fields.values()):
            fields = dict(compute_spectrum(PackedGraphs.from_batch(batch)).fields)
        root = layout.pad(fields["sqrt_degree"])
        return cls(
            eigenvalues=layout.pad(fields["eigenvalues"]),
            eigenvectors=layout.pad_pairs(fields["eigenvectors"]),
            sqrt_degree=torch.where(layout.mask, root, 1.0),
        )
