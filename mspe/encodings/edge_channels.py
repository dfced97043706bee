"""Pair channels at the edges of graphs, for message passing: of large graphs, too, whose other pairs are too many.

The channels of an edge j → i are those of the pair (i, j), which attention of i to j would read.
"""

import logging
import math
from collections.abc import Iterator, Mapping, Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.encodings.catalogue.filter import ROUNDING, Filter
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView
from mspe.encodings.packed_views import view_group
from mspe.encodings.spectrum.chebyshev import EXACT_MAX_NODES, sparse_operator
from mspe.encodings.spectrum.mixed import split_spectra
from mspe.encodings.spectrum.pair_values import estimated_pair_values, exact_pair_values
from mspe.encodings.spectrum.probes import sampled_nodes
from mspe.graphs import PackedGraphs

logger = logging.getLogger(__name__)

_GROUP_ELEMENTS = 2**18  # entries of the n² grids that are computed together

Estimate = tuple[Float[Tensor, "edges channels"], Float[Tensor, "estimated channels"], Bool[Tensor, " estimated"]]


def edge_channels(
    encodings: Sequence[Encoding], graphs: GraphView, edge_index: Int[Tensor, "2 edges"]
) -> Float[Tensor, "edges channels"]:
    """Return the pair channels of some encodings at edges of graphs that have eigenvectors.

    Parameters
    ----------
    encodings
        With pair channels.
    graphs
        As encodings see them.
    edge_index
        Their edges, those of weight 0 too, in the numbers of the view's nodes.
    """
    source, target = edge_index + graphs.layout.nodes.start
    place = graphs.layout.pair_slot(target, source)
    limited = (one.pair(graphs.limited_to(one.needs, one.name, one.operators)) for one in encodings)
    parts = [pair.permute(3, 0, 1, 2).flatten(1)[:, place] for pair in limited]  # the channel comes first in memory
    return torch.cat(parts).T


def encode_edges(
    encodings: Sequence[Encoding], spectrum: PackedGraphs, graphs: PackedGraphs
) -> Float[Tensor, "edges channels"]:
    """Compute the pair channels of some encodings at every edge of packed graphs.

    Parameters
    ----------
    encodings
        With pair channels.
    spectrum
        The graphs' packed spectra or spectral measures. Graphs that are measured exactly, or have up to 10,000 nodes,
        have exact channels; those of others are estimated, and the log says how well.
    graphs
        The same graphs, with their edges.

    Returns
    -------
    Tensor
        A row per edge, in the order of the graphs' edges.

    Raises
    ------
    MspeError
        If a graph is too large for eigenvectors, and an encoding is no filter, or has too sharp a scale.
    """
    width, device = sum(len(one.pair_channels) for one in encodings), graphs.num_nodes.device
    values = torch.empty(graphs.edge_index.size(1), width, device=device)
    for index, part in split_spectra(spectrum):
        chosen = graphs[index]
        measured = "spectral_weights" in part.fields
        encode = _of_measured(_filters(encodings), part, chosen) if measured else _of_groups(encodings, part, chosen)
        for rows, channels in encode:
            values[graphs.rows("edge", index)[rows]] = channels.to(values)
    return values


def _of_groups(
    encodings: Sequence[Encoding], spectrum: PackedGraphs, graphs: PackedGraphs
) -> Iterator[tuple[Tensor, Tensor]]:
    """Rows of edges and their channels, of graphs with eigenvectors: those of one size together."""
    for size, group in graphs.groups_by_size(_GROUP_ELEMENTS):
        view = view_group(spectrum, size, group, lambda: graphs)
        yield graphs.rows("edge", group), edge_channels(encodings, view, graphs.collate(group).edge_index)


def _filters(encodings: Sequence[Encoding]) -> list[Filter]:
    """The encodings, which are all filters."""
    filters = [one for one in encodings if isinstance(one, Filter)]
    for one in encodings:
        if not isinstance(one, Filter):
            raise MspeError(
                f"encoding {one.name}: needs eigenvectors for its channels on edges, and a graph is too large for "
                "them; take filters (walk, heat, wavelet, ppr), or set encodings.backend=dense where memory allows"
            )
    return filters


def _of_measured(
    filters: Sequence[Filter], spectrum: PackedGraphs, graphs: PackedGraphs
) -> Iterator[tuple[Tensor, Tensor]]:
    """Rows of edges and their channels, of graphs without eigenvectors, one graph after the other."""
    coefficients = torch.cat([one.chebyshev_coefficients() for one in filters], dim=1)
    estimating = "spectral_weights_error" in spectrum.fields
    names = [name for one in filters for name in one.pair_channels]
    for number, graph in enumerate(graphs.to("cpu")):
        exactly = not estimating or graph.num_nodes <= EXACT_MAX_NODES
        channels, error, sampled = _of_graph(filters, graph, coefficients, exactly)
        for name, (stated, found) in stated_errors(names, error, sampled).items():
            message = "%s of edges: estimated with random probes, 95 %% of its errors are at most %.1e (sampled: %.1e)"
            logger.info(message, name, stated, found)
        yield graphs.rows("edge", torch.tensor([number], device=graphs.num_nodes.device)), channels


def _of_graph(filters: Sequence[Filter], graph: Data, coefficients: Tensor, exactly: bool) -> Estimate:
    """The channels of a graph's edges, their error, which exact ones have none of, and which edges' error is known.

    U g(Λ) Uᵀ is symmetric: a pair's value is found once, for both directions.
    """
    matrix, root = sparse_operator(graph.edge_index, graph.get("edge_weight"), graph.num_nodes)
    source, target = graph.edge_index
    low, high = graph.edge_index.sort(dim=0).values
    keys, place = torch.unique(low * graph.num_nodes + high, return_inverse=True)
    pairs = torch.stack([keys // graph.num_nodes, keys % graph.num_nodes])
    if exactly:
        values = exact_pair_values(matrix, pairs, coefficients)
        error = values.new_empty(0, values.size(1))
        sampled = torch.zeros(0, dtype=torch.bool)
    else:
        values, error = estimated_pair_values(matrix, root, pairs, coefficients)
        sampled = torch.isin(pairs[1], sampled_nodes(graph.num_nodes))[place]
    conjugated = torch.tensor([one.conjugated for one in filters for _ in one.pair_channels])
    scale = torch.where(conjugated, (root[source] / root[target])[:, None], 1.0).to(values)
    lowest = [0.0 if "pair" in one.non_negative else -math.inf for one in filters for _ in one.pair_channels]
    channels = torch.maximum(values[place] * scale, values.new_tensor(lowest))
    return channels, error if exactly else error[place] * scale, sampled


def stated_errors(
    names: Sequence[str], error: Float[Tensor, "edges channels"], sampled: Bool[Tensor, " edges"]
) -> Mapping[str, tuple[float, float]]:
    """Return by channel a bound on 95 % of the errors of estimated channels; nothing where none is.

    As `Filter.estimated_error` states that of nodes: 1.2 times the 95 % quantile of the differences of two independent
    halves of the probes, but no less than the quantile of the errors of the sampled edges, whose exact values were
    computed, which is given beside it, and than what single precision rounds.
    """
    if not len(error):
        return {}
    stated, found = _quantile(error[~sampled]), _quantile(error[sampled])
    bounds = torch.maximum(1.2 * stated, found).clamp(min=ROUNDING)
    return dict(zip(names, zip(bounds.tolist(), found.tolist(), strict=True), strict=True))


def _quantile(error: Float[Tensor, "edges channels"]) -> Float[Tensor, " channels"]:
    """The size that 95 % of the errors have at most; by `torch.quantile`, only of up to 16 million values."""
    if not len(error):
        return error.new_zeros(error.size(1))
    return error.abs().kthvalue(math.ceil(0.95 * len(error)), dim=0).values
