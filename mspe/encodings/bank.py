"""The multi-scale encoding: a bank of filters over one spectrum, and the companions that users expect beside it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mspe.common.errors import MspeError
from mspe.common.parallel import for_each
from mspe.common.registry import choose
from mspe.encodings.chebyshev import interpolation_error, quadrature_nodes
from mspe.encodings.distances import distance_names
from mspe.encodings.eigenvectors import packed_eigenvectors, sparse_eigenvectors
from mspe.encodings.filters import FILTERS, Filter, build_filter
from mspe.encodings.spectrum import Spectrum
from mspe.graphs import PackedGraphs

logger = logging.getLogger(__name__)

_SHARPNESS = 1e-6
_GROUP_ELEMENTS = 2**18  # entries of the n² grids that are encoded together


class FilterBank(nn.Module):
    """Filters of one graph spectrum, node-wise and pair-wise, and their companions.

    The filters' outputs are invariant to the sign and the basis of the eigenvectors.

    Parameters
    ----------
    filters
        In the order of their channels; those with parameters come last.
    node, pair
        Whether a model is to use the filters on nodes, and on pairs.
    degree
        Whether log(1 + degree) is a node channel.
    eigenvectors
        How many Laplacian eigenvectors are node channels.
    distance
        Shortest-path distances up to this cap are pair channels; None for none.

    Examples
    --------
    >>> bank = FilterBank.from_config({"filters": {"walk": {"steps": [1, 2]}}, "degree": True})
    >>> bank.node_channel_names, bank.pair_channel_names
    (['walk(1)', 'walk(2)', 'degree'], ['walk(1)', 'walk(2)'])
    """

    def __init__(
        self,
        filters: Sequence[Filter] = (),
        node: bool = True,
        pair: bool = True,
        degree: bool = False,
        eigenvectors: int = 0,
        distance: int | None = None,
    ) -> None:
        super().__init__()
        fixed = [filter for filter in filters if not filter.trained]
        self.filters = nn.ModuleList(fixed + [filter for filter in filters if filter.trained])
        self.node = node
        self.pair = pair
        self.degree = degree
        self.eigenvectors = eigenvectors
        self.distance = distance

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "FilterBank":
        """Build a resolved bank, as `bank.json` holds it; a key that is missing has its default.

        Raises
        ------
        MspeError
            If a filter is unknown or a scale is not allowed.
        """
        trainable = config.get("trainable", False)
        filters = [
            build_filter(choose("filter", name, FILTERS), values, trainable)
            for name, values in config.get("filters", {}).items()
        ]
        names = ("node", "pair", "degree", "eigenvectors", "distance")
        return cls(filters, **{name: config[name] for name in names if name in config})

    def config(self) -> dict[str, Any]:
        """The resolved bank as plain values: what `bank.json` and a checkpoint hold."""
        return {
            "filters": {filter.name: filter.params() for filter in self.all_filters()},
            "trainable": any(filter.trained for filter in self.all_filters() if filter.name != "learned"),
            "node": self.node,
            "pair": self.pair,
            "degree": self.degree,
            "eigenvectors": self.eigenvectors,
            "distance": self.distance,
            "node_channels": self.node_channel_names,
            "pair_channels": self.pair_channel_names,
        }

    def all_filters(self) -> list[Filter]:
        """The filters, in the order of their channels."""
        return list(self.filters)  # type: ignore[arg-type]

    def fixed_filters(self) -> list[Filter]:
        """The filters without parameters, whose node channels are stored."""
        return [filter for filter in self.all_filters() if not filter.trained]

    def trained_filters(self) -> list[Filter]:
        """The filters with parameters, evaluated for every batch."""
        return [filter for filter in self.all_filters() if filter.trained]

    @property
    def stored_channel_names(self) -> list[str]:
        """The node channels that the encode stage stores: fixed filters and degree."""
        fixed = [name for filter in self.fixed_filters() for name in filter.channel_names] if self.node else []
        return fixed + ["degree"] * self.degree

    @property
    def node_channel_names(self) -> list[str]:
        """Stored channels, trained filters, eigenvectors."""
        trained = [name for filter in self.trained_filters() for name in filter.channel_names] if self.node else []
        return self.stored_channel_names + trained + [f"eigenvector({k})" for k in range(1, self.eigenvectors + 1)]

    @property
    def pair_channel_names(self) -> list[str]:
        """All filters, then the distances."""
        filters = [name for filter in self.all_filters() for name in filter.channel_names] if self.pair else []
        return filters + ([] if self.distance is None else distance_names(self.distance))

    def node_encoding(
        self, spectrum: Spectrum, filters: Sequence[Filter] | None = None
    ) -> Float[Tensor, "graphs size channels"]:
        """diag(U g(Λ) Uᵀ) for every channel of the filters (all of them by default); zero on padding."""
        return spectrum.eigenvectors.square() @ self._response(spectrum.eigenvalues, filters)

    def measure_encoding(
        self, weights: Float[Tensor, "nodes points"], filters: Sequence[Filter] | None = None
    ) -> Float[Tensor, "nodes channels"]:
        """The same from spectral measures instead of eigenvectors: ∫ g dw for every node."""
        points = quadrature_nodes(weights.size(1) - 1).to(weights)
        return weights @ self._response(points, filters)

    def _response(self, eigenvalues: Tensor, filters: Sequence[Filter] | None) -> Tensor:
        chosen = self.all_filters() if filters is None else filters
        if not chosen:
            return eigenvalues.new_empty(*eigenvalues.shape, 0)
        return torch.cat([filter.response(eigenvalues) for filter in chosen], dim=-1)

    def pair_encoding(self, spectrum: Spectrum) -> Float[Tensor, "graphs size size channels"]:
        """U g(Λ) Uᵀ for every channel of the filters, conjugated where the filter says so; zero on padding.

        The result is a view of memory in which the channel comes first, the order in which a bias per attention head
        is one matrix product.
        """
        vectors, root = spectrum.eigenvectors, spectrum.sqrt_degree[..., None]
        plain = (vectors, vectors)
        conjugated = (vectors / root, vectors * root)
        kernels = []
        for filter in self.all_filters():
            left, right = conjugated if filter.conjugated else plain
            response = filter.response(spectrum.eigenvalues)  # [graphs, size, scales]
            scaled = left[:, None] * response.transpose(1, 2)[:, :, None]  # [graphs, scales, size, size]
            kernels.append((scaled.flatten(1, 2) @ right.transpose(1, 2)).view_as(scaled).transpose(0, 1))
        if not kernels:
            return vectors.new_empty(*vectors.shape, 0)
        return torch.cat(kernels).permute(1, 2, 3, 0)

    @torch.no_grad()
    def encode_nodes(self, spectrum: PackedGraphs, graphs: Callable[[], PackedGraphs] | None = None) -> PackedGraphs:
        """What is stored of the node encoding of packed graphs.

        Parameters
        ----------
        spectrum
            Their packed spectrum or spectral measures, as `compute_spectrum` gives them.
        graphs
            Gives their edges; called only for the eigenvectors of large graphs, which no spectrum holds.

        Returns
        -------
        PackedGraphs
            The same graphs without edges, with `node_encoding` [nodes, channels] (fixed filters and degree) and, if
            there are any, `laplacian_eigenvectors` [nodes, eigenvectors].

        Raises
        ------
        MspeError
            If a scale is too long for spectral measures.
        """
        fields = spectrum.fields
        dense = "eigenvalues" in fields
        encoding = self._encode_dense(spectrum) if dense else self._encode_measures(spectrum)
        if self.degree:
            degree = fields["sqrt_degree"].square()[:, None]
            encoding = torch.cat([encoding, torch.log1p(degree)], dim=1)
        result = {"node_encoding": encoding}
        if self.eigenvectors and dense:
            result["laplacian_eigenvectors"] = packed_eigenvectors(spectrum, self.eigenvectors)
        elif self.eigenvectors:
            assert graphs is not None, "the eigenvectors of large graphs are computed from their edges"
            result["laplacian_eigenvectors"] = sparse_eigenvectors(graphs(), self.eigenvectors).to(encoding.dtype)
        return spectrum.beside(result, dict.fromkeys(result, "node"))

    def _encode_dense(self, spectrum: PackedGraphs) -> Tensor:
        fields = spectrum.fields
        filters = self.fixed_filters() if self.node else []
        channels = sum(len(filter.channel_names) for filter in filters)
        encoding = fields["eigenvalues"].new_empty(int(spectrum.num_nodes.sum()), channels)

        def encode(size: int, group: Tensor) -> None:
            values = spectrum.take_rows(fields["eigenvalues"], "node", group).view(-1, size)
            vectors = spectrum.take_rows(fields["eigenvectors"], "pair", group).view(-1, size, size)
            spectrum.put_rows(encoding, "node", group, vectors.square() @ self._response(values, filters))

        if filters:
            groups = spectrum.groups_by_size(_GROUP_ELEMENTS)
            for_each(encode, groups, threaded=encoding.device.type == "cpu")
        return encoding

    def _encode_measures(self, spectrum: PackedGraphs) -> Tensor:
        filters = self.fixed_filters() if self.node else []
        _check_sharpness(filters, degree=spectrum.fields["spectral_weights"].size(1) - 1)
        if "spectral_weights_error" in spectrum.fields:
            self._report_error(spectrum.fields["spectral_weights_error"], filters)
        return self.measure_encoding(spectrum.fields["spectral_weights"], filters)

    def _report_error(self, error: Float[Tensor, "nodes points"], filters: Sequence[Filter]) -> None:
        for name, value in self.estimated_error(error, filters).items():
            logger.info("%s: estimated with random probes, 95 %% of its errors are at most %.1e", name, value)

    def estimated_error(
        self, error: Float[Tensor, "nodes points"], filters: Sequence[Filter] | None = None
    ) -> dict[str, float]:
        """By channel, a bound on 95 % of the errors of an estimate with random probes.

        Half the difference of two independent halves of the probes is distributed as the error of their mean; the
        bound is 1.2 times its 95 % quantile over nodes.
        """
        deviation = self.measure_encoding(error, filters).abs()
        chosen = self.all_filters() if filters is None else filters
        names = [name for filter in chosen for name in filter.channel_names]
        bounds = 1.2 * torch.quantile(deviation, 0.95, dim=0) if names else deviation.new_empty(0)
        return dict(zip(names, bounds.tolist(), strict=True))


def _check_sharpness(filters: Sequence[Filter], degree: int) -> None:
    for filter in filters:
        error = interpolation_error(filter.response, degree)
        worst = int(error.argmax())
        if error[worst] > _SHARPNESS:
            raise MspeError(
                f"{filter.channel_names[worst]}: too sharp for spectral measures, whose polynomials of degree {degree} "
                f"miss it by {error[worst]:.0e}, allowed: {_SHARPNESS:.0e}; take a shorter scale, or "
                "encodings.backend=dense where memory allows"
            )
