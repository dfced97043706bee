"""What a model sees: the encodings of a batch, taken from it where it carries them and computed where not."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, reduce
from itertools import accumulate, chain
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional
from torch_geometric.data import Batch

from mspe.common.errors import MspeError
from mspe.encodings.edge_channels import edge_channels, encode_edges
from mspe.encodings.encoding import Encoding
from mspe.encodings.encoding_set import EncodingSet, node_channels
from mspe.encodings.given import AnyEncodings
from mspe.encodings.graph_view import GraphView, collated_edges
from mspe.encodings.spectrum import (
    NORMALIZED,
    SPECTRUM_LEVELS,
    Eigen,
    Spectrum,
    choose_backend,
    compute_spectrum,
    eigen_levels,
)
from mspe.encodings.spectrum.mixed import split_spectra
from mspe.graphs import DenseLayout, PackedGraphs
from mspe.graphs.packing import BANK_KEY, HAS_PAIRS, Level

_SPECTRUM_FIELDS: dict[str, Level] = {**SPECTRUM_LEVELS, HAS_PAIRS: "graph", "spectral_weights": "measure"}


class _BatchGraphs:
    """The graphs of one batch with their spectra, computed from the edges where the batch does not carry them.

    Apart from the encodings, so that views refer to this alone and not to who holds them: in a circle a batch's tensors
    would wait for Python's collector, which counts objects, not bytes.
    """

    def __init__(self, batch: Batch, backend: Literal["auto", "dense"], operators: frozenset[str]) -> None:
        self.batch = batch
        self._backend = backend
        self._operators = operators
        self._packed: dict[str, PackedGraphs] = {}

    @cached_property
    def is_mixed(self) -> bool:
        """Whether some of the graphs have eigenvectors, and others are too large for them."""
        if HAS_PAIRS in self.batch:
            return True
        carried = {"spectral_weights", *chain(*map(eigen_levels, {NORMALIZED, *self._operators}))}
        if self._backend == "dense" or any(name in self.batch for name in carried):
            return False
        return len({choose_backend("auto", size) == "dense" for size in self.batch.ptr.diff().tolist()}) > 1

    @cached_property
    def spectrum(self) -> PackedGraphs:
        """The spectrum of all graphs, packed: as the batch carries it, else computed."""
        names = [name for name in _SPECTRUM_FIELDS if name in self.batch]
        if "sqrt_degree" not in names:
            return self.computed_spectrum
        levels = dict(_SPECTRUM_FIELDS)
        if HAS_PAIRS not in names:  # all graphs are of one kind
            levels["spectral_weights"] = "node"
        fields = {name: self.batch[name] for name in names}
        return self.structure.without_edges(fields, {name: levels[name] for name in names})

    def view_by_kind(self) -> Iterator[tuple[Int[Tensor, " nodes"], GraphView]]:
        """The graphs with eigenvectors, then those that are too large for them: their nodes' rows, and their view."""
        for index, part in split_spectra(self.spectrum):
            yield self.structure.rows("node", index), self._view_some(index, lambda part=part: part)  # type: ignore[misc]

    def view_some(self, index: Int[Tensor, " chosen"]) -> GraphView:
        """Some of the graphs, which have eigenvectors."""
        return self._view_some(index, lambda: split_spectra(self.spectrum[index])[0][1])

    def _view_some(self, index: Int[Tensor, " chosen"], spectrum: Callable[[], PackedGraphs]) -> GraphView:
        layout = DenseLayout.from_sizes(self.structure.num_nodes[index].tolist(), index.device)
        return GraphView(
            layout,
            fields=lambda: spectrum().fields,
            spectrum=lambda: Spectrum.padded(spectrum().fields, layout),
            edges=lambda: collated_edges(self.structure, index),
            eigen=lambda operator: Eigen.of(operator, self.packed(operator)[index].fields, layout),
        )

    def view(self, block: DenseLayout) -> GraphView:
        """A block of the batch as encodings see it."""
        return GraphView(
            block,
            fields=lambda: {name: values[block.nodes] for name, values in self._node_fields.items()},
            spectrum=lambda: Spectrum.padded(self._spectrum_fields, block),
            edges=lambda: self._edges(block),
            eigen=lambda operator: Eigen.of(operator, self.packed(operator).fields, block),
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
        """The normalised Laplacian's spectrum as its stage would have stored it."""
        return compute_spectrum(self.structure, backend=self._backend)

    def packed(self, operator: str) -> PackedGraphs:
        """Another operator's spectrum: as the batch carries it, else computed, once."""
        if operator not in self._packed:
            levels = eigen_levels(operator)
            if all(name in self.batch for name in levels):
                found = self.structure.without_edges({name: self.batch[name] for name in levels}, levels)
            else:
                found = compute_spectrum(self.structure, backend=self._backend, operators=(operator,))
            self._packed[operator] = found
        return self._packed[operator]

    def spectra(self, operators: Iterable[str]) -> PackedGraphs:
        """The spectra of some operators, of the normalised Laplacian if none, for what is computed and not stored."""
        chosen = sorted(operators) or [NORMALIZED]
        parts = [self.computed_spectrum if one == NORMALIZED else self.packed(one) for one in chosen]
        return reduce(PackedGraphs.with_fields_of, parts)


class BatchEncodings(AnyEncodings):
    """The node, pair and edge encodings of one batch, by a bank.

    A batch may carry `node_encoding`, `edge_encoding` and the spectrum (or spectral measures), as the stages store
    them. What is missing and needed is computed from the edges with the same functions, to the same numbers.

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
        filter_pairs = any("spectrum" in encoding.needs for encoding in [*bank.on_pairs, *bank.evaluated_on_edges])
        backend: Literal["auto", "dense"] = "dense" if filter_pairs and bank.max_pair_nodes is None else "auto"
        self._graphs = _BatchGraphs(batch, backend, bank.operators)

    @cached_property
    def views(self) -> list[GraphView]:
        """Each block as encodings see it."""
        return [self._graphs.view(block) for block in self.blocks]

    def node(self) -> Float[Tensor, "nodes channels"]:
        """Return all node channels: the stored ones, then those that are evaluated in every batch."""
        evaluated = self.bank.evaluated
        if not evaluated:
            return self._stored()
        if any("spectrum" in encoding.needs for encoding in evaluated) and self._graphs.is_mixed:
            return torch.cat([self._stored(), self._mixed_channels(evaluated)], dim=1)
        return torch.cat([self._stored(), torch.cat([node_channels(evaluated, view) for view in self.views])], dim=1)

    def _mixed_channels(self, evaluated: Sequence[Encoding]) -> Float[Tensor, "nodes channels"]:
        rows, parts = zip(
            *((rows, node_channels(evaluated, view)) for rows, view in self._graphs.view_by_kind()), strict=True
        )
        return torch.cat(parts)[torch.argsort(torch.cat(rows))]

    def _stored(self) -> Float[Tensor, "nodes channels"]:
        expected = sum(len(encoding.node_channels) for encoding in self.bank.stored)
        if "node_encoding" not in self.batch:
            return self._computed(expected)
        return self._carried("node", expected)

    def _carried(self, place: Literal["node", "edge"], expected: int) -> Float[Tensor, "rows channels"]:
        """Return stored channels of the batch, which are those of the bank."""
        channels = self.batch[f"{place}_encoding"]
        if channels.size(1) != expected:
            raise MspeError(
                f"the batch carries {place} encodings of {channels.size(1)} channels, the model's bank has {expected}; "
                "encode with the model's bank, or leave the encodings out and have them computed"
            )
        key = self.batch.get(BANK_KEY)
        if key is not None and bool((key != self.bank.key).any()):
            raise MspeError(
                f"the batch carries {place} encodings of another bank than the model's, though as many channels; "
                "encode with the model's bank, or leave the encodings out and have them computed"
            )
        return channels

    def _computed(self, channels: int) -> Float[Tensor, "nodes channels"]:
        """What the encode stage would have stored."""
        if not channels:
            return torch.empty(self.batch.batch.numel(), 0, device=self.batch.edge_index.device)
        spectra = self._graphs.spectra(self.bank.stored_operators)
        return self.bank.encode_nodes(spectra, lambda: self._graphs.structure).fields["node_encoding"]

    def edge(self) -> Float[Tensor, "edges channels"]:
        """Return all channels on edges alone: the stored ones, then those that are evaluated in every batch."""
        stored = sum(len(encoding.pair_channels) for encoding in self.bank.stored_on_edges)
        parts = []
        if stored:
            parts.append(self._carried("edge", stored) if "edge_encoding" in self.batch else self._computed_on_edges())
        if self.bank.evaluated_on_edges:
            parts.append(self._evaluated_on_edges())
        return torch.cat(parts, dim=1)

    def _computed_on_edges(self) -> Float[Tensor, "edges channels"]:
        """What the encode stage would have stored."""
        spectra, structure = self._graphs.spectra(self.bank.stored_operators), self._graphs.structure
        found = encode_edges(self.bank.stored_on_edges, spectra, structure)
        order = torch.argsort(self.batch.batch[self.batch.edge_index[0]], stable=True)  # as those of `structure` stand
        return torch.empty_like(found).index_copy_(0, order, found)

    def _evaluated_on_edges(self) -> Float[Tensor, "edges channels"]:
        graph_of_edge, places, parts = self.batch.batch[self.batch.edge_index[0]], [], []
        first = 0
        for block, view in zip(self.blocks, self.views, strict=True):
            last = first + block.shape[0]
            inside = torch.nonzero((graph_of_edge >= first) & (graph_of_edge < last)).flatten()
            edges = self.batch.edge_index[:, inside] - block.nodes.start
            parts.append(edge_channels(self.bank.evaluated_on_edges, view, edges))
            places.append(inside)
            first = last
        return torch.cat(parts)[torch.argsort(torch.cat(places))]

    def pair(self) -> list[Tensor]:
        """Return all pair channels of every block [graphs, size, size, channels], in memory the channel first."""
        if self.bank.max_pair_nodes is None:
            return [self.bank.pair(view) for view in self.views]
        first = [0, *accumulate(block.shape[0] for block in self.blocks)]
        limit = self.bank.max_pair_nodes
        return [self._pair_of_small(block, start, limit) for block, start in zip(self.blocks, first, strict=False)]

    def _pair_of_small(self, block: DenseLayout, first: int, limit: int) -> Float[Tensor, "graphs size size channels"]:
        """The pair channels of a block that begins with this graph: zeros of those with too many nodes."""
        graphs, size = block.shape
        grid = torch.zeros(len(self.bank.pair_channels), graphs, size, size, device=block.mask.device)
        small = torch.nonzero(block.mask.sum(dim=1) <= limit).flatten()
        if small.numel():
            channels = self.bank.pair(self._graphs.view_some(small + first)).permute(3, 0, 1, 2)
            padding = size - channels.size(-1)
            grid = grid.index_copy(1, small, functional.pad(channels, (0, padding, 0, padding)).to(grid.dtype))
        return grid.permute(1, 2, 3, 0)
