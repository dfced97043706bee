"""What a model sees: the encodings of a batch, taken from it where it carries them and computed where not."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch_geometric.data import Batch

from mspe.common.errors import MspeError
from mspe.encodings.encoding_set import EncodingSet, node_channels
from mspe.encodings.graph_view import GraphView
from mspe.encodings.spectrum import SPECTRUM_LEVELS, Spectrum, compute_spectrum
from mspe.graphs import DenseLayout, PackedGraphs
from mspe.graphs.packing import BANK_KEY


class _BatchGraphs:
    """The graphs of one batch with their spectrum, computed from the edges where the batch does not carry it.

    Apart from the encodings, so that views refer to this alone and not to who holds them: in a circle a batch's tensors
    would wait for Python's collector, which counts objects, not bytes.
    """

    def __init__(self, batch: Batch) -> None:
        self.batch = batch

    def view(self, block: DenseLayout) -> GraphView:
        """A block of the batch as encodings see it."""
        return GraphView(
            block,
            fields=lambda: {name: values[block.nodes] for name, values in self._node_fields.items()},
            spectrum=lambda: Spectrum.padded(self._spectrum_fields, block),
            edges=lambda: self._edges(block),
        )

    def _edges(self, block: DenseLayout) -> tuple[Tensor, Tensor | None]:
        target = self.batch.edge_index[1]
        inside = (target >= block.nodes.start) & (target < block.nodes.stop)
        weight = self.batch.get("edge_weight")
        return self.batch.edge_index[:, inside] - block.nodes.start, None if weight is None else weight[inside]

    @property
    def _node_fields(self) -> dict[str, Tensor]:
        """What a view reads flat: a row per node."""
        names = ("sqrt_degree", "spectral_weights", "spectral_weights_error")
        return {name: self._spectrum_fields[name] for name in names if name in self._spectrum_fields}

    @cached_property
    def _spectrum_fields(self) -> Mapping[str, Tensor]:
        """The spectrum or the spectral measures, flat over the batch."""
        if "spectral_weights" in self.batch:
            return {name: self.batch[name] for name in ("spectral_weights", "sqrt_degree")}
        if any(name not in self.batch for name in SPECTRUM_LEVELS):
            return self.computed_spectrum.fields
        return {name: self.batch[name] for name in SPECTRUM_LEVELS}

    @cached_property
    def structure(self) -> PackedGraphs:
        """The graphs without a spectrum."""
        return PackedGraphs.from_batch(self.batch)

    @cached_property
    def computed_spectrum(self) -> PackedGraphs:
        """The spectrum as its stage would have stored it."""
        return compute_spectrum(self.structure, backend="auto")


class BatchEncodings:
    """The node and pair encodings of one batch, by a bank.

    A batch may carry `node_encoding` and the spectrum (or spectral measures), as the stages store them. What is missing
    and needed is computed from the edges with the same functions, to the same numbers.

    Parameters
    ----------
    bank
        Of the model.
    batch
        The graphs.
    blocks
        The grids that the batch is cut into.
    """

    def __init__(self, bank: EncodingSet, batch: Batch, blocks: Sequence[DenseLayout]) -> None:
        self.bank = bank
        self.batch = batch
        self.blocks = blocks
        self._graphs = _BatchGraphs(batch)

    @cached_property
    def views(self) -> list[GraphView]:
        """Each block as encodings see it."""
        return [self._graphs.view(block) for block in self.blocks]

    def node(self) -> Float[Tensor, "nodes channels"]:
        """Return all node channels: the stored ones, then those that are evaluated in every batch."""
        evaluated = self.bank.evaluated
        if not evaluated:
            return self._stored()
        return torch.cat([self._stored(), torch.cat([node_channels(evaluated, view) for view in self.views])], dim=1)

    def _stored(self) -> Float[Tensor, "nodes channels"]:
        expected = sum(len(encoding.node_channels) for encoding in self.bank.stored)
        if "node_encoding" not in self.batch:
            return self._computed(expected)
        if self.batch.node_encoding.size(1) != expected:
            raise MspeError(
                f"the batch carries node encodings of {self.batch.node_encoding.size(1)} channels, the model's bank "
                f"has {expected}; encode with the model's bank, or leave the encodings out and have them computed"
            )
        key = self.batch.get(BANK_KEY)
        if key is not None and bool((key != self.bank.key).any()):
            raise MspeError(
                "the batch carries node encodings of another bank than the model's, though as many channels; encode "
                "with the model's bank, or leave the encodings out and have them computed"
            )
        return self.batch.node_encoding

    def _computed(self, channels: int) -> Float[Tensor, "nodes channels"]:
        """What the encode stage would have stored."""
        if not channels:
            return torch.empty(self.batch.batch.numel(), 0, device=self.batch.edge_index.device)
        return self.bank.encode_nodes(self._graphs.computed_spectrum, lambda: self._graphs.structure).fields[
            "node_encoding"
        ]

    def pair(self) -> list[Tensor]:
        """Return all pair channels of every block [graphs, size, size, channels], in memory the channel first."""
        return [self.bank.pair(view) for view in self.views]

    def of_edges(self, pair: Sequence[Tensor], edges: Int[Tensor, "2 edges"]) -> Float[Tensor, "edges channels"]:
        """Return the channels of chosen pairs of nodes, each of one graph: the mean of both directions."""
        first, second = edges
        chosen = pair[0].new_empty(first.numel(), pair[0].size(-1))
        for block, channels in zip(self.blocks, pair, strict=True):
            inside = torch.nonzero((first >= block.nodes.start) & (first < block.nodes.stop)).flatten()
            flat = channels.flatten(0, 2)  # [graphs · size · size, channels]
            ways = block.pair_slot(first[inside], second[inside]), block.pair_slot(second[inside], first[inside])
            chosen = chosen.index_copy(0, inside, (flat[ways[0]] + flat[ways[1]]) / 2)
        return chosen
