"""Packed graphs and their spectra as encodings see them."""

from collections.abc import Callable
from typing import NoReturn

import torch
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.encodings.graph_view import GraphView, collated_edges
from mspe.encodings.spectrum import Eigen, Spectrum, eigen_fields
from mspe.graphs import DenseLayout, PackedGraphs


def view_group(
    spectrum: PackedGraphs, size: int, group: Tensor, graphs: Callable[[], PackedGraphs] | None
) -> GraphView:
    """Return the view of graphs that all have `size` nodes."""
    fields = spectrum.fields

    def read_fields() -> dict[str, Tensor]:
        return {"sqrt_degree": spectrum.gather_rows(fields["sqrt_degree"], "node", group).flatten()}

    def read_spectrum() -> Spectrum:
        return Spectrum(
            eigenvalues=spectrum.gather_rows(fields["eigenvalues"], "node", group).view(-1, size),
            eigenvectors=spectrum.gather_rows(fields["eigenvectors"], "pair", group).view(-1, size, size),
            sqrt_degree=spectrum.gather_rows(fields["sqrt_degree"], "node", group).view(-1, size),
        )

    def read_eigen(operator: str) -> Eigen:
        eigenvalues, eigenvectors = (fields[name] for name in eigen_fields(operator))
        return Eigen(
            eigenvalues=spectrum.gather_rows(eigenvalues, "node", group).view(-1, size),
            eigenvectors=spectrum.gather_rows(eigenvectors, "pair", group).view(-1, size, size),
        )

    layout = DenseLayout.from_sizes([size] * len(group), spectrum.num_nodes.device)
    return GraphView(layout, read_fields, read_spectrum, lambda: _edges(graphs, group), read_eigen)


def view_edges(spectrum: PackedGraphs, group: Tensor, graphs: Callable[[], PackedGraphs] | None) -> GraphView:
    """Return the view of some graphs for what reads their edges alone."""
    layout = DenseLayout.from_sizes(spectrum.num_nodes[group].tolist(), spectrum.num_nodes.device)
    return GraphView(layout, _no_spectrum, _no_spectrum, lambda: _edges(graphs, group), _no_spectrum)


def view_measures(spectrum: PackedGraphs, graphs: Callable[[], PackedGraphs] | None) -> GraphView:
    """Return the view of all graphs of packed spectral measures."""
    layout = DenseLayout.from_sizes(spectrum.num_nodes.tolist(), spectrum.num_nodes.device)
    everything = torch.arange(len(spectrum), device=spectrum.num_nodes.device)
    return GraphView(layout, lambda: spectrum.fields, _no_spectrum, lambda: _edges(graphs, everything), _no_spectrum)


def _no_spectrum(*_: str) -> NoReturn:
    raise MspeError(
        "an encoding needs eigenvectors, of which such large graphs have none; set encodings.backend=dense where "
        "memory allows, or take filters, which need no eigenvectors: walk, heat, wavelet, ppr, learned"
    )


def _edges(graphs: Callable[[], PackedGraphs] | None, group: Tensor) -> tuple[Tensor, Tensor | None]:
    if graphs is None:
        raise MspeError("an encoding is computed from edges, which were not given; give encode_nodes the graphs")
    return collated_edges(graphs(), group)
