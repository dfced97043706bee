"""Influence of nodes on nodes by gradients: I(u, v) = ‖∂out_u / ∂x_v‖, the Frobenius norm of the Jacobian's block.

x_v are the embedded features of v, out_u the output at u; of a model that scores graphs or pairs, u's state before it
is pooled (arXiv 2506.05971 takes mixed second derivatives there, which the layers' gradients, written by hand, do not
have). The Frobenius norm is the same in every orthonormal basis of the features and of the outputs.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from mspe.influence.jacobian import block_norms
from mspe.influence.sample import DrawnGraph, Sample
from mspe.influence.sites import Sites
from mspe.influence.spread import NodeSpread, Spread
from mspe.influence.trace import Trace, run_traced

OUTPUT = "output"

Found = dict[int, list[NodeSpread]]


@dataclass(frozen=True)
class GradientInfluence:
    """Influence against distance, by what is influenced, by its way, and by the channel from which it comes.

    Attributes
    ----------
    output
        On the output, or where a model scores no nodes, on the states behind the last layer.
    layers
        On the states behind each layer.
    paths
        On the output by one way alone between nodes, such as attention: the others keep their values and pass no
        gradient on. Each has the residual connections; ways that mix two are in neither.
    channels
        Of each channel of the encodings, normalised as the model has it, on the output.
    example
        Graph, its edges and I(u, v) on one of its nodes u.
    """

    output: Spread
    layers: dict[str, Spread]
    paths: dict[str, Spread]
    channels: dict[str, Spread]
    example: "Example"


@dataclass(frozen=True)
class Example:
    """Influence of the nodes of one graph on one of them.

    Attributes
    ----------
    graph, node
        Numbers of the graph among those given, and of the node u in it.
    edges
        Pairs of nodes.
    influence
        I(u, v) by node v.
    """

    graph: int
    node: int
    edges: list[tuple[int, int]]
    influence: list[float]


def measure(
    model: nn.Module, sample: Sample, sites: Sites, on_nodes: bool, probes: int, seed: int
) -> GradientInfluence:
    """Measure the influence on every drawn node.

    Parameters
    ----------
    model
        In evaluation mode.
    sample
        The graphs and nodes.
    sites
        The model's parts.
    on_nodes
        Whether the model's output has a row per node; otherwise the states behind the last layer are taken for it.
    probes
        Backward passes per node; see `block_norms`.
    seed
        Of random signs.
    """
    generator = torch.Generator().manual_seed(seed)
    device = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
    final = OUTPUT if on_nodes else list(sites.layers)[-1]
    found: dict[tuple[str, str], Found] = defaultdict(lambda: defaultdict(list))
    rows: dict[int, np.ndarray] = {}
    ways: dict[str, Sequence[nn.Module]] = {"": (), **_others(sites.paths)}
    for drawn in sample.batches:
        batch = drawn.batch.to(device)
        for way, blocked in ways.items():
            trace = run_traced(model, batch, sites, blocked)
            read_at = _outputs(trace, on_nodes)
            targets = {final: read_at[final]} if way else read_at
            inputs = [one for one in (trace.features, trace.channels) if one is not None]
            for turn, sources in drawn.turns():
                for name, target in targets.items():
                    read = inputs if name == final and not way else inputs[:1]
                    norms = block_norms(target, read, sources.to(device), probes, generator)
                    influence = norms[0].square().sum(dim=1).sqrt().cpu().numpy()
                    kind = ("paths", way) if way else ("targets", name)
                    _add(found[kind], turn, influence)
                    if kind == ("targets", final):
                        rows.update({graph.number: influence[graph.nodes] for graph, place in turn if place == 0})
                    for channel, one in zip(sites.channel_names, norms[1].T if len(norms) > 1 else (), strict=False):
                        _add(found["channels", channel], turn, one.cpu().numpy())
    spreads = {kind: Spread.of(nodes, sample.sizes, sample.graphs) for kind, nodes in found.items()}

    def of(kind: str, names: Sequence[str]) -> dict[str, Spread]:
        return {name: spreads[kind, name] for name in names if (kind, name) in spreads}

    return GradientInfluence(
        output=spreads["targets", final],
        layers=of("targets", list(sites.layers)),
        paths=of("paths", list(sites.paths)),
        channels=of("channels", list(sites.channel_names)),
        example=_example(sample, rows),
    )


def _others(paths: Mapping[str, Sequence[nn.Module]]) -> dict[str, list[nn.Module]]:
    """By way, the modules of all others."""
    return {name: [module for other, modules in paths.items() if other != name for module in modules] for name in paths}


def _outputs(trace: Trace, on_nodes: bool) -> dict[str, Tensor]:
    """States by layer and, where there is a row for each node, the output."""
    if not on_nodes:
        return trace.states
    assert trace.output is not None
    return {**trace.states, OUTPUT: trace.output}


def _add(found: Found, turn: list[tuple[DrawnGraph, int]], influence: np.ndarray) -> None:
    for graph, place in turn:
        resistance = None if graph.resistance is None else graph.resistance[place]
        found[graph.number].append(NodeSpread.of(influence[graph.nodes], graph.hops[place], resistance))


def _example(sample: Sample, rows: Mapping[int, np.ndarray]) -> Example:
    """The drawn graph whose size is the median."""
    graphs = sorted((graph.size, graph.number) for drawn in sample.batches for graph in drawn.graphs)
    number = graphs[len(graphs) // 2][1]
    drawn, graph = next((d, g) for d in sample.batches for g in d.graphs if g.number == number)
    source, target = drawn.batch.edge_index.cpu().numpy()
    inside = (source >= graph.first) & (source < graph.first + graph.size) & (source != target)
    pairs = np.sort(np.stack([source[inside], target[inside]]) - graph.first, axis=0)
    edges = sorted(set(map(tuple, pairs.T.tolist())))
    return Example(number, int(graph.sources[0]), edges, rows[number].tolist())
