"""Edge prediction on one graph: message-passing views, their supervision edges and negative edges."""

from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.utils import remove_self_loops, to_undirected

from mspe.common.errors import MspeError
from mspe.dataset.spec import Samples
from mspe.graphs.packing import EDGE_LABEL_INDEX

VIEWS = 5
"""Parts of the training edges; each part is the supervision edges of one message-passing view."""


def edge_samples(
    graph: Data, seed: int, held_out: tuple[float, float] = (0.05, 0.1), standardize: bool = True
) -> Samples:
    """One graph as samples of edge prediction: `split_edges`, of which all but the last two train."""
    *views, val, test = split_edges(graph, seed, held_out)
    return Samples(
        items=[*views, val, test],
        predefined_split=(range(len(views)), [len(views)], [len(views) + 1]),
        classes=("no edge", "edge"),
        drawn=True,
        standardize=standardize,
    )


def split_edges(graph: Data, seed: int, held_out: tuple[float, float] = (0.05, 0.1), views: int = VIEWS) -> list[Data]:
    """Make message-passing views to train on, a validation graph and a test graph of one graph, without leakage.

    Held-out edges are in no graph's `edge_index`, in either direction, so neither encodings nor messages know them.
    The training edges are cut into parts. Each view has one part as its supervision edges and holds the others: every
    training edge supervises once per epoch, on a graph that lacks it. Validation and test hold all training edges, and
    no others.

    Parameters
    ----------
    graph
        Taken as undirected, without self-loops; node features, edge features and weights are kept.
    seed
        Of the parts and of the negative edges, of which every graph has as many as supervision edges: distinct pairs of
        nodes, none an edge of the whole graph.
    held_out
        Share of the edges for validation and for test.
    views
        Number of training graphs.

    Returns
    -------
    list of Data
        The views, then the validation graph, then the test graph, each with `edge_label_index` [2, pairs] and
        `edge_label` [pairs]: 1 for a supervision edge, 0 for a negative edge.

    Raises
    ------
    MspeError
        If there are too few edges for one in every part, or too few pairs of nodes for the negative edges.
    """
    random = np.random.default_rng(seed)
    edges = _undirected(graph)
    pairs = edges.edge_index[:, edges.edge_index[0] < edges.edge_index[1]].numpy()
    count = pairs.shape[1]
    num_val, num_test = (max(1, round(share * count)) for share in held_out)
    if count < num_val + num_test + views:
        raise MspeError(f"the graph has {count} edges, too few to hide some; at least {2 + views} are needed")
    order = random.permutation(count)
    val, test, *parts = np.split(order, [num_val, num_val + num_test, *_parts(num_val + num_test, count, views)])
    negatives = _draw_negatives(pairs, int(graph.num_nodes), count, random)
    hidden = np.concatenate([val, test])
    supervision = [*parts, val, test]
    graphs = []
    for part, negative in zip(supervision, _cut(negatives, [len(part) for part in supervision]), strict=True):
        visible = np.setdiff1d(order, np.concatenate([hidden, part]))
        graphs.append(_message_passing_view(edges, pairs[:, visible], pairs[:, part], negative))
    return graphs


def _undirected(graph: Data) -> Data:
    """Every edge once in each direction, its attributes those of the first of its copies."""
    attributes = {name: graph[name] for name in ("edge_attr", "edge_weight") if graph.get(name) is not None}
    result = Data(num_nodes=graph.num_nodes, **{n: v for n, v in graph.to_dict().items() if graph.is_node_attr(n)})
    rows = torch.arange(graph.num_edges)
    index, rows = remove_self_loops(graph.edge_index, rows)
    result.edge_index, rows = to_undirected(index, rows, graph.num_nodes, reduce="min")
    for name, values in attributes.items():
        result[name] = values[rows]
    return result


def _parts(first: int, count: int, views: int) -> list[int]:
    return [first + (count - first) * view // views for view in range(1, views)]


def _cut(pairs: np.ndarray, lengths: list[int]) -> Iterator[np.ndarray]:
    return iter(np.split(pairs, np.cumsum(lengths)[:-1], axis=1))


def _draw_negatives(pairs: np.ndarray, num_nodes: int, count: int, random: np.random.Generator) -> np.ndarray:
    """So many distinct negative edges [2, count], none a self-loop; drawn until there are enough."""
    if num_nodes * (num_nodes - 1) // 2 - pairs.shape[1] < count:
        raise MspeError(
            f"the graph has {num_nodes} nodes and {pairs.shape[1]} edges: more than half of all pairs are edges, too "
            "many to draw as many negative edges"
        )
    taken = pairs[0].astype(np.int64) * num_nodes + pairs[1]
    found = np.empty(0, dtype=np.int64)
    while found.size < count:
        drawn = np.sort(random.integers(0, num_nodes, (2, 2 * count)), axis=0)
        code = (drawn[0] * num_nodes + drawn[1])[drawn[0] < drawn[1]]
        _, first = np.unique(np.concatenate([found, code]), return_index=True)
        distinct = np.concatenate([found, code])[np.sort(first)]  # in the order drawn
        found = distinct[~np.isin(distinct, taken)]
    return np.stack([found[:count] // num_nodes, found[:count] % num_nodes])


def _message_passing_view(edges: Data, visible: np.ndarray, supervision: np.ndarray, negatives: np.ndarray) -> Data:
    """The graph with its visible edges alone, and its supervision edges and negative edges to be scored."""
    num_nodes = int(edges.num_nodes)
    code = edges.edge_index.min(dim=0).values * num_nodes + edges.edge_index.max(dim=0).values
    kept = torch.isin(code, torch.from_numpy(visible[0].astype(np.int64) * num_nodes + visible[1]))
    graph = edges.edge_subgraph(kept)
    scored: Int[Tensor, "2 pairs"] = torch.from_numpy(np.concatenate([supervision, negatives], axis=1)).long()
    graph[EDGE_LABEL_INDEX] = scored
    graph.edge_label = torch.cat([torch.ones(supervision.shape[1]), torch.zeros(negatives.shape[1])])
    return graph
