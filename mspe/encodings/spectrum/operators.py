"""The operators of graphs whose eigenvectors encodings read, by name.

`normalized`, the normalised Laplacian, whose filters do without eigenvectors on large graphs; and further ones, each
decomposed only where an encoding reads it: `adjacency` (A), `combinatorial` (D − A) and, of directed edges,
`magnetic(q)` at each potential q.
"""

import re
from collections.abc import Iterable
from typing import Final

import torch
from jaxtyping import Float, Inexact, Int
from torch import Tensor
from torch_geometric.utils import coalesce

from mspe.common.errors import MspeError
from mspe.common.parallel import for_each
from mspe.encodings.spectrum.laplacian import (
    combinatorial_laplacian,
    dense_adjacency,
    directed_adjacency,
    magnetic_laplacian,
)
from mspe.graphs import PackedGraphs
from mspe.graphs.packing import Level

NORMALIZED: Final = "normalized"
ADJACENCY: Final = "adjacency"
COMBINATORIAL: Final = "combinatorial"

GROUP_ELEMENTS = 2**18  # entries of the n² grids that are decomposed together: 2 MiB in float64, which stays in cache

_HALF_TURN = 0.5 * (1 - 1e-6)  # but for rounding of weights in single precision
_MAGNETIC = re.compile(r"magnetic\((\d[\d.e-]*)\)")


def magnetic(potential: float) -> str:
    """Return the name of the magnetic Laplacian's operator at a potential q.

    Examples
    --------
    >>> magnetic(0.25)
    'magnetic(0.25)'
    """
    return f"magnetic({potential:.12g})"


def eigen_fields(operator: str) -> tuple[str, str]:
    """Return the names of the fields that hold an operator's eigenvalues and eigenvectors.

    Examples
    --------
    >>> eigen_fields("adjacency")
    ('adjacency_eigenvalues', 'adjacency_eigenvectors')
    >>> eigen_fields("normalized"), eigen_fields(magnetic(0.25))[0]
    (('eigenvalues', 'eigenvectors'), 'magnetic_0p25_eigenvalues')
    """
    prefix = "" if operator == NORMALIZED else f"{operator_slug(operator)}_"
    return f"{prefix}eigenvalues", f"{prefix}eigenvectors"


def operator_slug(operator: str) -> str:
    """Return an operator's name as a part of names of attributes and folders.

    Examples
    --------
    >>> operator_slug(magnetic(0.25))
    'magnetic_0p25'
    """
    return operator.translate({ord("("): "_", ord(")"): None, ord("."): "p", ord("-"): "m"})


def eigen_levels(operator: str) -> dict[str, Level]:
    """Return what a row of each of an operator's fields belongs to."""
    eigenvalues, eigenvectors = eigen_fields(operator)
    return {eigenvalues: "node", eigenvectors: "pair"}


def further(operators: Iterable[str]) -> list[str]:
    """Return those beside the normalised Laplacian, sorted.

    Examples
    --------
    >>> further({"normalized", "combinatorial", "adjacency"})
    ['adjacency', 'combinatorial']
    """
    return sorted(set(operators) - {NORMALIZED})


def decompose_operator(graphs: PackedGraphs, operator: str, dtype: torch.dtype = torch.float32) -> PackedGraphs:
    """Decompose one further operator H = U Λ Uᴴ of each graph, in float64.

    Parameters
    ----------
    graphs
        Their edges and, where present, their `edge_weight`.
    operator
        Its name.
    dtype
        Of the result; eigenvectors of a magnetic Laplacian are complex, of the same precision.

    Returns
    -------
    PackedGraphs
        The same graphs without edges, with the fields `eigen_fields(operator)`: n eigenvalues a graph, ascending, and
        n² entries of eigenvectors, row-major, a column an eigenvector.

    Raises
    ------
    MspeError
        If there is no such operator, or an edge turns its phase by half a circle or more.
    """
    (eigenvalues, eigenvectors), potential = eigen_fields(operator), _potential(operator)
    if potential:
        _refuse_half_turns(graphs, potential)
    device, pairs = graphs.edge_index.device, int((graphs.num_nodes**2).sum())
    values = torch.empty(int(graphs.num_nodes.sum()), dtype=dtype, device=device)
    vectors = torch.empty(pairs, dtype=dtype if potential is None else dtype.to_complex(), device=device)

    def decompose(size: int, group: Int[Tensor, " group"]) -> None:
        found, columns = torch.linalg.eigh(_matrix(operator, potential, graphs, size, group))
        if operator != ADJACENCY:
            found = found.clamp(min=0.0)
        graphs.scatter_rows(values, "node", group, found)
        graphs.scatter_rows(vectors, "pair", group, columns)

    for_each(decompose, graphs.groups_by_size(GROUP_ELEMENTS), threaded=device.type == "cpu")
    return graphs.without_edges({eigenvalues: values, eigenvectors: vectors}, eigen_levels(operator))


def _matrix(
    operator: str, potential: float | None, graphs: PackedGraphs, size: int, group: Int[Tensor, " group"]
) -> Inexact[Tensor, "group {size} {size}"]:
    if potential is not None:
        return magnetic_laplacian(directed_adjacency(graphs, size, group), potential)
    adjacency = dense_adjacency(graphs, size, group)
    return adjacency if operator == ADJACENCY else combinatorial_laplacian(adjacency)


def _potential(operator: str) -> float | None:
    """Of a magnetic Laplacian; None of another operator."""
    match = _MAGNETIC.fullmatch(operator)
    if match is None and operator not in (ADJACENCY, COMBINATORIAL):
        raise MspeError(
            f"operator {operator!r}: unknown; known: {NORMALIZED}, {ADJACENCY}, {COMBINATORIAL}, magnetic(q) of a "
            "number q"
        )
    return None if match is None else float(match[1])


def _refuse_half_turns(graphs: PackedGraphs, potential: float) -> None:
    """Refuse a potential at which the phase of an edge, 2πq · weight, reaches π: there a phase has no direction.

    Beyond, an edge is taken for one that leads the other way.
    """
    net = _net_weights(graphs)
    heaviest = int(net.argmax())
    if potential * net[heaviest] < _HALF_TURN:
        return
    weight = float(net[heaviest])
    raise MspeError(
        f"encodings: got the potential {potential:g} of a magnetic Laplacian, and graph {heaviest} has an edge of "
        f"weight {weight:.6g} (less that of its way back), allowed: potentials below {0.5 / weight:.3g}, so that no "
        "phase 2πq · weight reaches π; lower potentials of `magnetic`, or scale edge_weight down"
    )


def _net_weights(graphs: PackedGraphs) -> Float[Tensor, " graphs"]:
    """Return the largest difference of the weights of two directions in each graph, max |A − Aᵀ|."""
    first = torch.repeat_interleave(graphs.num_nodes.cumsum(0) - graphs.num_nodes, graphs.num_edges)
    index = graphs.edge_index.long() + first
    weight, nodes = graphs.fields.get("edge_weight"), int(graphs.num_nodes.sum())
    if weight is None:
        weight = torch.ones(index.size(1), device=index.device)
        index, weight = coalesce(index, weight, nodes, reduce="max")  # repeated ones count once
    signed = torch.where(index[0] < index[1], 1.0, -1.0) * weight.double() * (index[0] != index[1])
    (low, _), net = coalesce(index.sort(dim=0).values, signed, nodes, reduce="add")
    graph = torch.repeat_interleave(torch.arange(len(graphs), device=low.device), graphs.num_nodes)[low]
    return net.new_zeros(len(graphs)).scatter_reduce(0, graph, net.abs(), "amax")
