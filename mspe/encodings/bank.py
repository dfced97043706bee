"""The multi-scale encoding: a bank of filters over one spectrum."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mspe.common.registry import choose
from mspe.encodings.filters import FILTERS, Filter
from mspe.encodings.spectrum import Spectrum, without_edges
from mspe.graphs import PackedGraphs

_GROUP_ELEMENTS = 2**22  # entries of the n² grids that are encoded together


class FilterBank(nn.Module):
    """Filters of one graph spectrum, node-wise and pair-wise.

    Both outputs are invariant to the sign and the basis of the eigenvectors.

    Parameters
    ----------
    filters
        In the order of their channels.
    node, pair
        Whether a model is to use the node and the pair encoding.

    Examples
    --------
    >>> bank = FilterBank.from_config({"filters": {"walk": {"steps": [1, 2]}}, "node": True, "pair": False})
    >>> bank.channel_names
    ['walk(1)', 'walk(2)']
    """

    def __init__(self, filters: Sequence[Filter], node: bool = True, pair: bool = True) -> None:
        super().__init__()
        self.filters = nn.ModuleList(filters)
        self.node = node
        self.pair = pair

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "FilterBank":
        """Build a resolved bank, as `bank.json` holds it.

        Raises
        ------
        MspeError
            If a filter is unknown or a scale is not allowed.
        """
        filters = []
        for name, values in config["filters"].items():
            filter_class = choose("filter", name, FILTERS)
            filters.append(filter_class(values[filter_class.parameter]))
        return cls(filters, node=config["node"], pair=config["pair"])

    def config(self) -> dict[str, Any]:
        """The resolved bank as plain values: what `bank.json` and a checkpoint hold."""
        filters = {filter.name: {filter.parameter: list(filter.values)} for filter in self._filters()}
        return {"filters": filters, "node": self.node, "pair": self.pair, "channels": self.channel_names}

    @property
    def channel_names(self) -> list[str]:
        """Filter and scale of each channel, the same for node and pair."""
        return [name for filter in self._filters() for name in filter.channel_names]

    @property
    def num_node_channels(self) -> int:
        """Channels of the node encoding: 0 where it is switched off."""
        return len(self.channel_names) if self.node else 0

    @property
    def num_pair_channels(self) -> int:
        """Channels of the pair encoding: 0 where it is switched off."""
        return len(self.channel_names) if self.pair else 0

    def _filters(self) -> list[Filter]:
        return list(self.filters)  # type: ignore[arg-type]

    def _response(self, eigenvalues: Float[Tensor, "graphs size"]) -> Float[Tensor, "graphs size channels"]:
        return torch.cat([filter.response(eigenvalues) for filter in self._filters()], dim=-1)

    def node_encoding(self, spectrum: Spectrum) -> Float[Tensor, "graphs size channels"]:
        """diag(U g(Λ) Uᵀ) for every channel; zero on padding."""
        return spectrum.eigenvectors.square() @ self._response(spectrum.eigenvalues)

    def pair_encoding(self, spectrum: Spectrum) -> Float[Tensor, "graphs size size channels"]:
        """U g(Λ) Uᵀ for every channel, conjugated to D^-½ · D^½ where the filter says so; zero on padding.

        The result is a view of memory in which the channel comes before the two nodes, the order in which a bias per
        attention head costs no copy.
        """
        vectors, root = spectrum.eigenvectors, spectrum.sqrt_degree[..., None]
        plain = (vectors, vectors)
        conjugated = (vectors / root, vectors * root)
        kernels = []
        for filter in self._filters():
            left, right = conjugated if filter.conjugated else plain
            response = filter.response(spectrum.eigenvalues)  # [graphs, size, scales]
            scaled = left[:, None] * response.transpose(1, 2)[:, :, None]  # [graphs, scales, size, size]
            kernels.append((scaled.flatten(1, 2) @ right.transpose(1, 2)).view_as(scaled))
        return torch.cat(kernels, dim=1).permute(0, 2, 3, 1)

    def encode_nodes(self, spectrum: PackedGraphs) -> PackedGraphs:
        """The node encoding of packed graphs, from their packed spectrum.

        Returns
        -------
        PackedGraphs
            The same graphs without edges, with `node_encoding` [nodes, channels]: no channels where the bank's `node`
            is off.
        """
        if not self.node:
            nothing = spectrum.fields["eigenvalues"].new_empty(int(spectrum.num_nodes.sum()), 0)
            return without_edges(spectrum, {"node_encoding": nothing}, {"node_encoding": "node"})
        fields = spectrum.fields
        encoding = fields["eigenvalues"].new_empty(int(spectrum.num_nodes.sum()), self.num_node_channels)
        for size, group in spectrum.groups_by_size(_GROUP_ELEMENTS):
            nodes, pairs = spectrum.rows("node", group), spectrum.rows("pair", group)
            of_group = Spectrum(
                eigenvalues=fields["eigenvalues"][nodes].view(-1, size),
                eigenvectors=fields["eigenvectors"][pairs].view(-1, size, size),
                sqrt_degree=fields["sqrt_degree"][nodes].view(-1, size),
            )
            encoding[nodes] = self.node_encoding(of_group).flatten(0, 1)
        return without_edges(spectrum, {"node_encoding": encoding}, {"node_encoding": "node"})
