"""An ordered list of encodings: what a bank is made of, in the encode stage and in a model."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import chain, groupby
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.common.parallel import for_each
from mspe.common.section import PathError, Section
from mspe.encodings.catalogue import CATALOGUE, Filter
from mspe.encodings.catalogue.filter import filter_nodes
from mspe.encodings.config import BankConfig, as_bank, read_params, write_params
from mspe.encodings.edge_channels import encode_edges
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.packed_views import view_edges, view_group, view_measures
from mspe.encodings.registry import ENCODINGS
from mspe.encodings.spectrum import NORMALIZED, compute_spectrum, eigen_fields
from mspe.encodings.spectrum.mixed import split_spectra
from mspe.graphs import PackedGraphs
from mspe.graphs.content_key import text_key
from mspe.graphs.packing import BANK_KEY, HAS_PAIRS

_GROUP_ELEMENTS = 2**18  # entries of the n² grids that are encoded together


class EncodingSet(nn.Module):
    """Encodings in order: filters first, and of each kind those that are not trained.

    Node channels that are stored come before those that a model evaluates in every batch.

    Parameters
    ----------
    encodings
        Of nodes, of pairs, or of both.
    node, pair
        Whether those that have channels of both kinds, as filters do, have node channels, and pair channels; `edges`:
        pair channels at the edges alone, for message passing.
    max_pair_nodes
        Pair channels of a graph with more nodes are zeros, which leave attention as it is without them; None: of none.

    Raises
    ------
    MspeError
        If one is to be trained, but its channels do not depend on its parameters.

    Examples
    --------
    >>> bank = EncodingSet.from_config({"filters": {"walk": {"steps": [1, 2]}}, "degree": True})
    >>> bank.node_channels, bank.pair_channels
    (['walk(1)', 'walk(2)', 'degree'], ['walk(1)', 'walk(2)'])
    """

    def __init__(
        self,
        encodings: Iterable[Encoding] = (),
        node: bool = True,
        pair: bool | Literal["edges"] = True,
        max_pair_nodes: int | None = None,
    ) -> None:
        super().__init__()
        self.nodes, self.pairs, self.max_pair_nodes = node, pair, max_pair_nodes
        ordered = sorted(encodings, key=lambda encoding: (not isinstance(encoding, Filter), not encoding.stored))
        self.encodings = nn.ModuleList(ordered)
        self.register_load_state_dict_pre_hook(_rename_former_keys)
        for encoding in self:
            if any(True for _ in encoding.parameters()):
                _check_gradient(encoding)

    def __iter__(self) -> Iterator[Encoding]:
        return iter(self.encodings)  # type: ignore[arg-type]

    @classmethod
    def from_config(cls, config: BankConfig | Mapping[str, Any] | str) -> "EncodingSet":
        """Build a resolved bank, or a preset by its name; a key that is missing has its default.

        Raises
        ------
        MspeError
            If a preset or an encoding is unknown, say one of a plug-in that is not loaded, or a parameter is not
            allowed.
        """
        bank = as_bank(config)
        order = list(ENCODINGS)  # of those that are no filters
        others = dict(sorted(bank.others.items(), key=lambda item: order.index(item[0]) if item[0] in order else -1))
        encodings = []
        for name, value in {**bank.filters, **others}.items():
            if value or name in ENCODINGS:  # else of a plug-in, and off
                params = _read_checked(name, value)
                encodings += [] if params is None else [ENCODINGS[name].from_params(params, bank.trainable)]
        return cls(encodings, bank.node, bank.pair, bank.max_pair_nodes)

    def config(self) -> BankConfig:
        """Return what `from_config` takes, with the names of the channels."""
        filters = [encoding for encoding in self if isinstance(encoding, Filter)]
        others = {encoding.name: encoding.off for encoding in CATALOGUE if not issubclass(encoding, Filter)}
        others |= {encoding.name: write_params(encoding) for encoding in self if not isinstance(encoding, Filter)}
        return BankConfig(
            filters={filter.name: filter.params.model_dump(mode="json") for filter in filters},
            trainable=any(getattr(filter, "can_train", False) and not filter.stored for filter in filters),
            node=self.nodes,
            pair=self.pairs,
            max_pair_nodes=self.max_pair_nodes,
            others=others,
            node_channels=tuple(self.node_channels),
            pair_channels=tuple(self.pair_channels),
            edge_channels=tuple(self.edge_channels),
        )

    @cached_property
    def key(self) -> int:
        """The key of its stored encodings and their parameters, which graphs with their channels carry."""
        chosen = dict.fromkeys([*self.stored, *self.stored_on_edges])
        stored = [(encoding.name, encoding.params.model_dump(mode="json")) for encoding in chosen]
        return text_key(json.dumps(stored, sort_keys=True))

    @property
    def on_nodes(self) -> list[Encoding]:
        """The encodings that have node channels, in the order of these."""
        found = [e for e in self if e.node_channels and (self.nodes or not e.pair_channels)]
        return sorted(found, key=lambda encoding: not encoding.stored)

    @property
    def on_pairs(self) -> list[Encoding]:
        """The encodings that have pair channels on all pairs."""
        return [e for e in self if e.pair_channels and (self.pairs is True or not e.node_channels)]

    @property
    def on_edges(self) -> list[Encoding]:
        """The encodings that have pair channels on edges alone, in the order of these."""
        found = [e for e in self if self.pairs == "edges" and e.pair_channels and e.node_channels]
        return sorted(found, key=lambda encoding: not encoding.stored)

    @property
    def stored_on_edges(self) -> list[Encoding]:
        """The encodings whose channels on edges the encode stage stores."""
        return [encoding for encoding in self.on_edges if encoding.stored]

    @property
    def evaluated_on_edges(self) -> list[Encoding]:
        """The encodings whose channels on edges a model computes in every batch."""
        return [encoding for encoding in self.on_edges if not encoding.stored]

    @property
    def stored(self) -> list[Encoding]:
        """The encodings whose node channels the encode stage stores."""
        return [encoding for encoding in self.on_nodes if encoding.stored]

    @property
    def evaluated(self) -> list[Encoding]:
        """The encodings whose node channels a model computes in every batch."""
        return [encoding for encoding in self.on_nodes if not encoding.stored]

    @property
    def node_channels(self) -> list[str]:
        """Names of the node channels."""
        return [name for encoding in self.on_nodes for name in encoding.node_channels]

    @property
    def pair_channels(self) -> list[str]:
        """Names of the pair channels."""
        return [name for encoding in self.on_pairs for name in encoding.pair_channels]

    @property
    def edge_channels(self) -> list[str]:
        """Names of the pair channels on edges alone."""
        return [name for encoding in self.on_edges for name in encoding.pair_channels]

    @property
    def signed(self) -> list[bool]:
        """Return, per node channel, whether its sign is arbitrary."""
        return [encoding.signed for encoding in self.on_nodes for _ in encoding.node_channels]

    @property
    def batch_needs(self) -> frozenset[Need]:
        """Needs of a model in every batch, in addition to the stored channels."""
        return frozenset().union(*(encoding.needs for encoding in self._in_batches))

    @property
    def operators(self) -> frozenset[str]:
        """Names of the operators whose spectra are read; the normalised Laplacian's where none is."""
        return _operators_of([*self.on_nodes, *self.on_pairs, *self.on_edges]) or frozenset({NORMALIZED})

    @property
    def stored_operators(self) -> frozenset[str]:
        """Names of the operators whose spectra the stored channels are computed of."""
        return _operators_of([*self.stored, *self.stored_on_edges])

    @property
    def batch_operators(self) -> frozenset[str]:
        """Names of the operators whose spectra a model reads in every batch."""
        return _operators_of(self._in_batches)

    @property
    def _in_batches(self) -> list[Encoding]:
        return [*self.evaluated, *self.on_pairs, *self.evaluated_on_edges]

    def pair(self, graphs: GraphView) -> Float[Tensor, "graphs size size channels"]:
        """Return all pair channels, in memory the channel first."""
        parts = [e.pair(_limited(graphs, e)).permute(3, 0, 1, 2) for e in self.on_pairs]
        return torch.cat(parts).permute(1, 2, 3, 0)

    @torch.no_grad()
    def encode(self, spectrum: PackedGraphs, graphs: Callable[[], PackedGraphs]) -> PackedGraphs:
        """Compute all that is stored of packed graphs: as `encode_nodes`, and channels on edges where there are any.

        With these, `edge_encoding` [edges, channels], the graphs come with their edges, whose order it has.
        """
        encoded = self.encode_nodes(spectrum, graphs)
        if not self.edge_channels:
            return encoded
        spectrum = _with_operators(spectrum, self.stored_operators, graphs)
        channels = encode_edges(self.stored_on_edges, spectrum, graphs())
        structure = graphs().without_fields(graphs().fields)
        return structure.with_fields_of(encoded).with_fields({"edge_encoding": channels}, {"edge_encoding": "edge"})

    @torch.no_grad()
    def encode_nodes(self, spectrum: PackedGraphs, graphs: Callable[[], PackedGraphs] | None = None) -> PackedGraphs:
        """Compute what is stored of the nodes of packed graphs.

        Parameters
        ----------
        spectrum
            Their packed spectra or spectral measures, as `compute_spectrum` gives them; an operator's that is needed
            and not there is computed from the edges.
        graphs
            Gives their edges; called only by encodings that are computed from edges.

        Returns
        -------
        PackedGraphs
            The same graphs without edges, with `node_encoding` [nodes, channels] and the `bank_key` of each; where the
            graphs were, also if the bank is on another device.

        Raises
        ------
        MspeError
            If a scale is too long for spectral measures.
        """
        device, own = (
            spectrum.num_nodes.device,
            next(chain(self.parameters(), self.buffers()), spectrum.num_nodes).device,
        )
        if own != device:
            given = None if graphs is None else lambda: graphs().to(own)
            return self.encode_nodes(spectrum.to(own), given).to(device)
        spectrum = _with_operators(spectrum, self.stored_operators, graphs)
        if HAS_PAIRS in spectrum.fields:
            return self._encode_mixed(spectrum, graphs)
        if "spectral_weights" not in spectrum.fields:
            return self._marked(spectrum, self._encode_groups(spectrum, graphs))
        view = view_measures(spectrum, graphs)
        for one in self.stored:
            one.check_precision(view)
        return self._marked(spectrum, node_channels(self.stored, view).to(_like(spectrum).dtype))

    def _encode_groups(
        self, spectrum: PackedGraphs, graphs: Callable[[], PackedGraphs] | None
    ) -> Float[Tensor, "nodes channels"]:
        """Graphs with eigenvectors: of one size together, and of similar sizes for what reads edges alone."""
        like, nodes = _like(spectrum), int(spectrum.num_nodes.sum())
        by_spectra = [one for one in self.stored if "spectrum" in one.needs]
        by_edges = [one for one in self.stored if "spectrum" not in one.needs]
        first = like.new_empty(nodes, sum(len(one.node_channels) for one in by_spectra))
        second = like.new_empty(nodes, sum(len(one.node_channels) for one in by_edges))

        def encode_spectra(size: int, group: Tensor) -> None:
            view = view_group(spectrum, size, group, graphs)
            spectrum.scatter_rows(first, "node", group, node_channels(by_spectra, view).to(like.dtype))

        def encode_edges(group: Tensor) -> None:
            view = view_edges(spectrum, group, graphs)
            second[spectrum.rows("node", group)] = node_channels(by_edges, view).to(like.dtype)

        threaded = like.device.type == "cpu"
        if by_spectra:
            for_each(encode_spectra, spectrum.groups_by_size(_GROUP_ELEMENTS), threaded)
        if by_edges:
            for_each(encode_edges, ((group,) for group in spectrum.similar_groups(_GROUP_ELEMENTS)), threaded)
        number = {one: place for place, one in enumerate([*by_spectra, *by_edges])}
        widths = [len(one.node_channels) for one in number]
        parts = torch.cat([first, second], dim=1).split(widths, dim=1) if widths else ()
        return torch.cat([first[:, :0], *(parts[number[one]] for one in self.stored)], dim=1)

    def _encode_mixed(self, spectrum: PackedGraphs, graphs: Callable[[], PackedGraphs] | None) -> PackedGraphs:
        """Graphs with eigenvectors and graphs with measures, each kind by itself."""
        like = _like(spectrum)
        encoding = like.new_empty(int(spectrum.num_nodes.sum()), sum(len(one.node_channels) for one in self.stored))
        for index, part in split_spectra(spectrum):
            chosen = None if graphs is None else partial(_select, graphs, index)
            encoding[spectrum.rows("node", index)] = self.encode_nodes(part, chosen).fields["node_encoding"]
        return self._marked(spectrum, encoding)

    def _marked(self, spectrum: PackedGraphs, encoding: Tensor) -> PackedGraphs:
        """Graphs with their node channels alone, and the key of the bank that these are of."""
        keys = spectrum.num_nodes.new_full((len(spectrum), 1), self.key)
        fields = {"node_encoding": encoding, BANK_KEY: keys}
        return spectrum.without_edges(fields, {"node_encoding": "node", BANK_KEY: "graph"})


def _select(graphs: Callable[[], PackedGraphs], index: Tensor) -> PackedGraphs:
    return graphs()[index]


def _operators_of(encodings: Iterable[Encoding]) -> frozenset[str]:
    return frozenset().union(*(encoding.operators for encoding in encodings))


def _limited(graphs: GraphView, encoding: Encoding) -> GraphView:
    """The graphs as an encoding sees them: what it does not declare is refused."""
    return graphs.limited_to(encoding.needs, encoding.name, encoding.operators)


def _like(spectrum: PackedGraphs) -> Tensor:
    """A tensor of the precision in which packed spectra are."""
    real = (values for name, values in spectrum.fields.items() if name.endswith(("sqrt_degree", "eigenvalues")))
    return next(real, spectrum.num_nodes.new_empty(0, dtype=torch.float32))


def _with_operators(
    spectrum: PackedGraphs, operators: Iterable[str], graphs: Callable[[], PackedGraphs] | None
) -> PackedGraphs:
    """Packed spectra with those of the operators that are missing, in the same precision."""
    missing = [operator for operator in sorted(operators) if not _has(spectrum, operator)]
    if not missing:
        return spectrum
    if graphs is None:
        raise MspeError(
            f"the spectrum of the operator {missing[0]} is needed and was not given; give encode_nodes the graphs, or "
            "what compute_spectrum(…, operators=bank.operators) returns"
        )
    all_dense = "eigenvalues" in spectrum.fields and HAS_PAIRS not in spectrum.fields
    backend: Literal["auto", "dense"] = "dense" if all_dense else "auto"
    computed = compute_spectrum(graphs(), dtype=_like(spectrum).dtype, backend=backend, operators=missing)
    return spectrum.with_fields_of(computed)


def _has(spectrum: PackedGraphs, operator: str) -> bool:
    names = set(eigen_fields(operator))
    return names <= spectrum.fields.keys() or (operator == NORMALIZED and "spectral_weights" in spectrum.fields)


def _rename_former_keys(module: nn.Module, state: dict[str, Any], prefix: str, *_: Any) -> None:
    """Let checkpoints load whose trained encodings are `filters`, and whose scales are `free`."""
    former = f"{prefix}filters."
    for key in [key for key in state if key.startswith(former)]:
        name = f"{prefix}encodings.{key.removeprefix(former)}"
        state[f"{name.removesuffix('.free')}.unconstrained" if name.endswith(".free") else name] = state.pop(key)


def _read_checked(name: str, value: Any) -> Section | None:
    """The parameters of an encoding of a bank; None where it is off."""
    try:
        return read_params(ENCODINGS[name], value)
    except PathError as error:
        raise MspeError(f"bank: {name}: {error}") from None
    except MspeError as error:
        raise MspeError(
            f"{error}; if it is of a plug-in, load its file: list it under encodings.plugins, give --plugin FILE, or "
            "import it"
        ) from None


def node_channels(encodings: Sequence[Encoding], graphs: GraphView) -> Float[Tensor, "nodes channels"]:
    """Return the node channels of some encodings; filters that follow each other share one product."""
    parts = []
    for are_filters, members in groupby(encodings, key=lambda encoding: isinstance(encoding, Filter)):
        found = list(members)
        if are_filters:
            parts.append(filter_nodes(found, graphs))  # type: ignore[arg-type]
        else:
            parts += [one.node(_limited(graphs, one)) for one in found]
    return torch.cat(parts, dim=1) if parts else graphs.sqrt_degree.new_empty(graphs.sqrt_degree.numel(), 0)


@torch.enable_grad()
def _check_gradient(encoding: Encoding) -> None:
    """Refuse an encoding to be trained whose channels do not depend on a parameter, on a small graph.

    Its edges are those of a square and a triangle that share a side, with a tail: no eigenvalue is repeated, and the
    smallest are so small that long times leave a gradient.
    """
    tail = torch.arange(4, 62)
    pairs = torch.tensor([[0, 1, 2, 3, 0, 1], [1, 2, 3, 0, 4, 4]])
    pairs = torch.cat([pairs, torch.stack([tail, tail + 1])], dim=1)
    graph = PackedGraphs.from_list([Data(edge_index=torch.cat([pairs, pairs.flip(0)], dim=1), num_nodes=63)])
    operators = encoding.operators or frozenset({NORMALIZED})
    whole = view_group(compute_spectrum(graph, operators=operators), 63, torch.tensor([0]), lambda: graph)
    view = _limited(whole, encoding)
    channels = []
    if encoding.node_channels:
        channels.append(encoding.node(view).flatten())
    if encoding.pair_channels:
        channels.append(encoding.pair(view).flatten())
    values = torch.cat(channels)
    weights = torch.linspace(1.0, 2.0, values.numel())  # so that channels which sum to a constant show
    names, parameters = zip(*encoding.named_parameters(), strict=True)
    gradients: Sequence[Tensor | None] = [None] * len(names)
    if values.requires_grad:
        gradients = torch.autograd.grad((values.float() * weights).sum(), parameters, allow_unused=True)
    for name, gradient in zip(names, gradients, strict=True):
        if gradient is None or not bool(gradient.any()):
            raise MspeError(
                f"encoding {encoding.name}: cannot be trained, since its channels have no gradient in {name}; declare "
                "can_train = False in its class, or set encodings.trainable=false"
            )
