"""What a model sees: the encodings of a batch, taken from it where it carries them and computed where not."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch_geometric.data import Batch

from mspe.common.errors import MspeError
from mspe.encodings.bank import FilterBank
from mspe.encodings.distances import distance_channels
from mspe.encodings.spectrum import SPECTRUM_LEVELS, Spectrum, compute_spectrum
from mspe.graphs import DenseLayout, PackedGraphs


class BatchEncodings:
    """The node and pair encodings of one batch, by a bank.

    A batch may carry `node_encoding`, `laplacian_eigenvectors` and the spectrum (or spectral measures), as the stages
    store them. What is missing and needed is computed from the edges with the same functions, to the same numbers.

    Parameters
    ----------
    bank
        Of the model.
    batch
        The graphs.
    blocks
        The grids that the batch is cut into.
    """

    def __init__(self, bank: FilterBank, batch: Batch, blocks: Sequence[DenseLayout]) -> None:
        self.bank = bank
        self.batch = batch
        self.blocks = blocks

    @cached_property
    def spectra(self) -> list[Spectrum]:
        """The dense spectrum of every block."""
        missing = any(name not in self.batch for name in SPECTRUM_LEVELS)
        source = self._computed_spectrum.fields if missing else self.batch
        fields = {name: source[name] for name in SPECTRUM_LEVELS}
        return [Spectrum.padded(fields, block) for block in self.blocks]

    @cached_property
    def _structure(self) -> PackedGraphs:
        return PackedGraphs.from_batch(self.batch)

    @cached_property
    def _computed_spectrum(self) -> PackedGraphs:
        return compute_spectrum(self._structure, backend="auto")

    @cached_property
    def _encoded(self) -> Mapping[str, Tensor]:
        """What the encode stage would have stored."""
        if not self.bank.stored_channel_names and not self.bank.eigenvectors:
            return {"node_encoding": torch.empty(self.batch.batch.numel(), 0, device=self.batch.edge_index.device)}
        return self.bank.encode_nodes(self._computed_spectrum, lambda: self._structure).fields

    def node(self) -> Float[Tensor, "nodes channels"]:
        """All node channels but the eigenvectors: stored ones, then those of trained filters."""
        stored = self._stored()
        trained = self.bank.trained_filters() if self.bank.node else []
        if not trained:
            return stored
        if "spectral_weights" in self.batch:
            return torch.cat([stored, self.bank.measure_encoding(self.batch.spectral_weights, trained)], dim=1)
        encodings = [
            block.flatten(self.bank.node_encoding(spectrum, trained))
            for block, spectrum in zip(self.blocks, self.spectra, strict=True)
        ]
        return torch.cat([stored, torch.cat(encodings)], dim=1)

    def _stored(self) -> Float[Tensor, "nodes channels"]:
        expected = len(self.bank.stored_channel_names)
        if "node_encoding" not in self.batch:
            return self._encoded["node_encoding"]
        if self.batch.node_encoding.size(1) != expected:
            raise MspeError(
                f"the batch carries node encodings of {self.batch.node_encoding.size(1)} channels, the model's bank "
                f"has {expected}; encode with the model's bank, or leave the encodings out and have them computed"
            )
        return self.batch.node_encoding

    def eigenvectors(self) -> Float[Tensor, "nodes eigenvectors"]:
        """The Laplacian eigenvectors, signs fixed."""
        if "laplacian_eigenvectors" in self.batch:
            return self.batch.laplacian_eigenvectors
        return self._encoded["laplacian_eigenvectors"]

    def pair(self) -> list[Tensor]:
        """All pair channels of every block [graphs, size, size, channels], in memory the channel first."""
        return [self._pair(number) for number in range(len(self.blocks))]

    def of_links(self, pair: Sequence[Tensor], links: Int[Tensor, "2 links"]) -> Float[Tensor, "links channels"]:
        """The channels of chosen pairs of nodes, each of one graph: the mean of both directions."""
        first, second = links
        chosen = pair[0].new_empty(first.numel(), pair[0].size(-1))
        for block, channels in zip(self.blocks, pair, strict=True):
            inside = torch.nonzero((first >= block.nodes.start) & (first < block.nodes.stop)).flatten()
            flat = channels.flatten(0, 2)  # [graphs · size · size, channels]
            ways = block.pair_slot(first[inside], second[inside]), block.pair_slot(second[inside], first[inside])
            chosen = chosen.index_copy(0, inside, (flat[ways[0]] + flat[ways[1]]) / 2)
        return chosen

    def _pair(self, number: int) -> Float[Tensor, "graphs size size channels"]:
        parts = [self.bank.pair_encoding(self.spectra[number])] if self.bank.pair else []
        if self.bank.distance is not None:
            parts.append(distance_channels(self._adjacent(self.blocks[number]), self.bank.distance))
        return torch.cat([part.permute(3, 0, 1, 2) for part in parts]).permute(1, 2, 3, 0)

    def _adjacent(self, block: DenseLayout) -> Float[Tensor, "graphs size size"]:
        source, target = self.batch.edge_index
        inside = (target >= block.nodes.start) & (target < block.nodes.stop)
        graphs, size = block.shape
        adjacent = torch.zeros(graphs, size, size, device=source.device)
        adjacent.view(-1)[block.pair_slot(source[inside], target[inside])] = 1.0
        return adjacent
