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
from mspe.influence.trace import Trace, device_of, run_traced

OUTPUT = "output"


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
    device = device_of(model)
    final = OUTPUT if on_nodes else list(sites.layers)[-1]
    found = _Tally()
    rows: dict[int, np.ndarray] = {}
    for drawn in sample.batches:
        batch = drawn.batch.to(device)
        trace = run_traced(model, batch, sites)
        inputs = trace.inputs
        for turn, sources in drawn.turns():
            for name, target in _outputs(trace, on_nodes).items():
                read = inputs if name == final else inputs[:1]
                norms = block_norms(target, read, sources.to(device), probes, generator)
                influence = _over_channels(norms[0])
                found.add(("targets", name), turn, influence)
                if name == final:
                    rows |= {graph.number: influence[graph.nodes] for graph, place in turn if place == 0}
                    by_channel = norms[1].T if trace.channels is not None else ()
                    for channel, one in zip(sites.channel_names, by_channel, strict=True):
                        found.add(("channels", channel), turn, one.cpu().numpy())
        for way, blocked in _others(sites.paths).items():
            trace = run_traced(model, batch, sites, blocked)
            for turn, sources in drawn.turns():
                target = _outputs(trace, on_nodes)[final]
                norms = block_norms(target, trace.inputs[:1], sources.to(device), probes, generator)
                found.add(("paths", way), turn, _over_channels(norms[0]))
    return GradientInfluence(
        output=found.spread(("targets", final), sample),
        layers={name: found.spread(("targets", name), sample) for name in sites.layers},
        paths={name: found.spread(("paths", name), sample) for name in sites.paths},
        channels={name: found.spread(("channels", name), sample) for name in sites.channel_names},
        example=_example(sample, rows),
    )


class _Tally:
    """Influence on the drawn nodes, by what is influenced and by graph."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], dict[int, list[NodeSpread]]] = defaultdict(lambda: defaultdict(list))

    def add(self, kind: tuple[str, str], turn: list[tuple[DrawnGraph, int]], influence: np.ndarray) -> None:
        for graph, place in turn:
            resistance = None if graph.resistance is None else graph.resistance[place]
            spread = NodeSpread.of(influence[graph.nodes], graph.hops[place], resistance)
            self.found[kind][graph.number].append(spread)

    def spread(self, kind: tuple[str, str], sample: Sample) -> Spread:
        return Spread.of(self.found[kind], sample.sizes, sample.graphs)


def _over_channels(norms: Tensor) -> np.ndarray:
    return norms.square().sum(dim=1).sqrt().cpu().numpy()


def _others(paths: Mapping[str, Sequence[nn.Module]]) -> dict[str, list[nn.Module]]:
    """By way, the modules of all others."""
    return {name: [module for other, modules in paths.items() if other != name for module in modules] for name in paths}


def _outputs(trace: Trace, on_nodes: bool) -> dict[str, Tensor]:
    """States by layer and, where there is a row for each node, the output."""
    if not on_nodes:
        return trace.states
    assert trace.output is not None
    return {**trace.states, OUTPUT: trace.output}


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
