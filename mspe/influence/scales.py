"""Scales of a model's filters: how far each reaches by itself, how much the model makes of it, and what comes of it."""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.data import Batch

from mspe.encodings import EncodingSet
from mspe.encodings.batch import BatchEncodings
from mspe.encodings.catalogue.filter import ScaleFilter
from mspe.graphs import DenseLayout
from mspe.influence.estimate import Estimate, two_stage
from mspe.influence.sample import DrawnBatch, DrawnGraph, Sample
from mspe.influence.spread import Spread


@dataclass(frozen=True)
class ScaleUse:
    """One scale of a filter.

    Attributes
    ----------
    channel, filter, scale
        As the bank names them; a scale that was trained as it is now.
    reach
        Σ_v |K(u, v)| d(u, v) / Σ_v |K(u, v)| of the filter's kernel K, the mean over the measured nodes u: what range
        the scale has on these graphs, whatever the model makes of it.
    weights
        Of the channel under `node` and `pair`, as far as the model has gates there; the mean over channels is 1.
    range
        Of the influence through the node channel; None where the filter has none.
    """

    channel: str
    filter: str
    scale: float
    reach: Estimate
    weights: dict[str, float]
    range: Estimate | None


def measure_scales(model: nn.Module, sample: Sample, channels: Mapping[str, Spread]) -> list[ScaleUse]:
    """Return all scales of the filters of a model of `get_model`, in the order of its bank; none of any other module.

    Parameters
    ----------
    model
        Whose `bank` has the filters.
    sample
        The graphs and nodes.
    channels
        By node channel, the influence through it.
    """
    filters = [encoding for encoding in getattr(model, "bank", ()) if isinstance(encoding, ScaleFilter)]
    if not filters:
        return []
    weights = model.scale_weights()  # type: ignore[operator]  # of a model of get_model
    reach = _reach(EncodingSet(filters, node=False, pair=True), sample)
    return [
        ScaleUse(
            channel=channel,
            filter=one.name,
            scale=float(scale),
            reach=reach[channel],
            weights={place: by_name[channel] for place, by_name in weights.items() if channel in by_name},
            range=channels[channel].range if channel in channels else None,
        )
        for one in filters
        for channel, scale in zip(one.channel_names, one.scales.tolist(), strict=True)
    ]


@torch.no_grad()
def _reach(bank: EncodingSet, sample: Sample) -> dict[str, Estimate]:
    """By channel, the mean distance that its kernel has."""
    found: dict[str, dict[int, list[float]]] = {name: defaultdict(list) for name in bank.pair_channels}
    for drawn in sample.batches:
        for graph in drawn.graphs:
            rows = _kernels(bank, drawn, graph)[torch.from_numpy(graph.sources)].abs().double()
            hops = torch.from_numpy(graph.hops)
            hops = torch.where(hops.isfinite(), hops, 0.0)  # no kernel joins components
            mean = (rows * hops[..., None]).sum(dim=1) / rows.sum(dim=1)  # [sources, channels]
            for name, values in zip(bank.pair_channels, mean.T.tolist(), strict=True):
                found[name][graph.number] += [
                    value for value in values if not math.isnan(value)
                ]  # as of a kernel of zeros
    return {name: two_stage(values, sample.sizes, sample.graphs) for name, values in found.items()}


def _kernels(bank: EncodingSet, drawn: DrawnBatch, graph: DrawnGraph) -> Float[Tensor, "size size channels"]:
    """Pair channels of one graph of a batch, on the processor."""
    inside = drawn.batch.batch == drawn.batch.batch[graph.first]
    kept = inside[drawn.batch.edge_index[0]]
    weight = drawn.batch.get("edge_weight")
    one = Batch(
        edge_index=drawn.batch.edge_index[:, kept] - graph.first,
        edge_weight=None if weight is None else weight[kept],
        batch=torch.zeros(graph.size, dtype=torch.long),
        ptr=torch.tensor([0, graph.size]),
        num_nodes=graph.size,
    )
    one._num_graphs = 1
    return BatchEncodings(bank, one, DenseLayout.blocks(one.ptr)).pair()[0][0]
