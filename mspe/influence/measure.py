"""All measures of one model on some graphs."""

import numpy as np
import torch
from torch import Tensor, nn

from mspe.common.errors import MspeError
from mspe.graphs import PackedGraphs
from mspe.influence.causal import cut, occlude, rewire
from mspe.influence.distances import MOST_NODES
from mspe.influence.estimate import Estimate
from mspe.influence.gradient import measure
from mspe.influence.readout import read_out
from mspe.influence.report import About, RangeReport
from mspe.influence.sample import Sample, draw
from mspe.influence.scales import measure_scales
from mspe.influence.sites import Sites
from mspe.influence.spread import NodeSpread, Spread


def measure_range(
    model: nn.Module,
    graphs: PackedGraphs,
    level: str,
    most_graphs: int = 32,
    most_nodes: int = 4,
    probes: int = 8,
    batch_size: int = 32,
    seed: int = 0,
    sites: Sites | None = None,
    checkpoint: str = "",
    dataset: str = "",
) -> RangeReport:
    """Measure how far a model looks.

    Parameters
    ----------
    model
        Of `get_model`; any other module of PyG batches with its `sites`.
    graphs
        In the form that the model takes.
    level
        What the model scores: `graph`, `node` or `edge`. Where it scores nodes of graphs with a target `y`, nodes with
        a known target are asked about; else all.
    most_graphs, most_nodes
        Graphs, and nodes of each, that are measured at most: all, or as many, drawn at random.
    probes
        Backward passes per node: outputs with no more columns are exact, wider ones estimated.
    batch_size
        Graphs per batch.
    seed
        Of what is random.
    sites
        The model's parts; None: found.
    checkpoint, dataset
        Names, for the report.

    Raises
    ------
    MspeError
        If a number is too small, the model is another one, or there is no node to ask about.
    """
    _check_numbers(most_graphs=most_graphs, most_nodes=most_nodes, probes=probes, batch_size=batch_size, seed=seed)
    sites = Sites.of(model) if sites is None else sites
    on_nodes = level == "node"
    if not on_nodes and not sites.layers:
        raise MspeError("sites.layers: has none; name the modules that give nodes' states, the last one at the end")
    sample = draw(graphs, most_graphs, most_nodes, batch_size, seed, _known(graphs) if on_nodes else None)
    training = model.training
    model.eval()
    try:
        influence = measure(model, sample, sites, on_nodes, probes, seed)
        occlusion = occlude(model, sample, sites, on_nodes, seed)
        small = sample.largest <= MOST_NODES
        removal = cut(model, sample, sites, on_nodes) if small else None
        rewiring = rewire(model, sample, sites, on_nodes, seed) if small else None
        readouts = read_out(model, sample, sites, seed)
        scales = measure_scales(model, sample, influence.channels) if small else []
    finally:
        model.train(training)
    measured = "output" if on_nodes else "last layer"
    drawn = len(sample.sizes)
    about = About(checkpoint, dataset, measured, drawn, influence.output.nodes, sample.graphs, probes, seed)
    return RangeReport(about, _alike(sample), influence, occlusion, removal, rewiring, readouts, scales)


def _check_numbers(**given: int) -> None:
    for name, value in given.items():
        least = 0 if name == "seed" else 1
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise MspeError(f"{name}: got {value!r}, allowed: an integer of at least {least}")


def _known(graphs: PackedGraphs) -> Tensor | None:
    """Nodes with a known target; NaN means unknown."""
    if graphs.levels.get("y") != "node":
        return None
    target = graphs.fields["y"]
    return ~torch.isnan(target.flatten(1).float()).all(dim=1)


def _alike(sample: Sample) -> Estimate:
    """Mean distance to all nodes of a node's component."""
    found: dict[int, list[NodeSpread]] = {}
    for drawn in sample.batches:
        for graph in drawn.graphs:
            found[graph.number] = [NodeSpread.of(np.ones(graph.size), hops, None) for hops in graph.hops]
    return Spread.of(found, sample.sizes, sample.graphs).range
