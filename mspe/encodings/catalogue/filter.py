"""Filters g(λ) of the graph spectrum: what they share.

With L = U Λ Uᵀ, a filter's node channels are diag(U g(Λ) Uᵀ) and its pair channels U g(Λ) Uᵀ: a subclass only says g.
Both are the same for any sign and basis of the eigenvectors.
"""

import logging
import math
from collections.abc import Sequence
from itertools import chain
from typing import Any, ClassVar, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mspe.common.errors import MspeError
from mspe.common.section import Section
from mspe.encodings.catalogue.kernel import kernels
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.scales import AUTO
from mspe.encodings.spectrum.chebyshev import DEGREE, interpolation_error, moments_to_weights, quadrature_nodes
from mspe.encodings.spectrum.probes import sampled_nodes
from mspe.encodings.statistics import GraphStatistics

logger = logging.getLogger(__name__)

Place = Literal["node", "pair"]

_SHARPNESS = 1e-6
ROUNDING = 1e-6
"""Of measures in single precision."""


class Filter(Encoding):
    """A function g of the eigenvalues λ in [0, 2], with one or more channels.

    A subclass has `channel_names` and `response`.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"spectrum"})
    conjugated: ClassVar[bool] = False
    """Whether the pair encoding is D^-½ U g(Λ) Uᵀ D^½ rather than U g(Λ) Uᵀ (the diagonal is the same)."""
    non_negative: ClassVar[frozenset[Place]] = frozenset()
    """Channels that are never below 0 by definition, as probabilities are: what rounding takes below is raised to 0.

    Not inherited by a class with a response of its own.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if {"response", "evaluate"} & vars(cls).keys() and "non_negative" not in vars(cls):
            cls.non_negative = frozenset()

    @property
    def channel_names(self) -> list[str]:
        """Names of the channels, on nodes and on pairs."""
        return []

    def response(self, eigenvalues: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape channels"]:
        """Return g(λ) for every channel, in the precision of `eigenvalues`."""
        return eigenvalues.new_empty(*eigenvalues.shape, 0)

    @property
    def node_channels(self) -> list[str]:
        """Names of the channels."""
        return self.channel_names

    @property
    def pair_channels(self) -> list[str]:
        """Names of the channels."""
        return self.channel_names

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes channels"]:
        """Return diag(U g(Λ) Uᵀ)."""
        return filter_nodes([self], graphs)

    def pair(self, graphs: GraphView) -> Float[Tensor, "graphs size size channels"]:
        """Return U g(Λ) Uᵀ, conjugated where the filter says so, and zero on padding.

        The channel comes first in memory, as `kernels` has it.
        """
        spectrum = graphs.spectrum
        left = right = spectrum.eigenvectors  # [graphs, size, size], a column an eigenvector
        if self.conjugated:
            root = spectrum.sqrt_degree[..., None]
            left, right = left / root, right * root
        kernel = kernels(left, self.response(spectrum.eigenvalues)[:, None], right)
        return torch.relu_(kernel) if "pair" in self.non_negative else kernel

    def check_precision(self, graphs: GraphView) -> None:
        """Refuse a scale too sharp for spectral measures, and log the error of those estimated with random probes."""
        if graphs.spectral_weights is None:
            return
        self._refuse_sharp(graphs.spectral_weights.size(1) - 1, graphs.spectral_weights.device)
        for name, (stated, sampled) in self.estimated_error(graphs).items():
            message = "%s: estimated with random probes, 95 %% of its errors are at most %.1e (of sampled nodes: %.1e)"
            logger.info(message, name, stated, sampled)

    @torch.no_grad()
    def chebyshev_coefficients(self) -> Float[Tensor, "orders channels"]:
        """Return c with g(λ) = Σ_j c_j T_j(1 − λ), in float64, to the degree of spectral measures.

        Raises
        ------
        MspeError
            If a scale is too sharp for it.
        """
        device = next(chain(self.parameters(), self.buffers()), torch.empty(0)).device
        self._refuse_sharp(DEGREE, device)
        return moments_to_weights(DEGREE) @ self.response(quadrature_nodes().to(device)).cpu()

    def _refuse_sharp(self, degree: int, device: torch.device) -> None:
        error = interpolation_error(self.response, degree, device)
        worst = int(error.argmax())
        if error[worst] > _SHARPNESS:
            raise MspeError(
                f"{self.channel_names[worst]}: too sharp for spectral measures, whose polynomials of degree {degree} "
                f"miss it by {error[worst]:.0e}, allowed: {_SHARPNESS:.0e}; take a shorter scale, or "
                "encodings.backend=dense where memory allows"
            )

    def estimated_error(self, graphs: GraphView) -> dict[str, tuple[float, float]]:
        """Return by channel a bound on 95 % of the errors of an estimate with random probes; nothing where none is.

        Half the difference of two independent halves of the probes is distributed as the error of their mean; the
        bound is 1.2 times its 95 % quantile over nodes, but no less than that of the errors of the sampled nodes, whose
        exact values were computed, which is given beside it, and than what single precision rounds.
        """
        error = graphs.spectral_weights_error
        if error is None:
            return {}
        first, rows = 0, []
        for size in graphs.layout.mask.sum(dim=1).tolist():
            rows.append(first + sampled_nodes(size))
            first += size
        stated, sampled = (self._quantile(part) for part in (error, error[torch.cat(rows).to(error.device)]))
        bounds = torch.maximum(1.2 * stated, sampled).clamp(min=ROUNDING)
        return dict(zip(self.channel_names, zip(bounds.tolist(), sampled.tolist(), strict=True), strict=True))

    def _quantile(self, error: Float[Tensor, "nodes points"]) -> Float[Tensor, " channels"]:
        """The size that 95 % of the errors have at most, of nodes that are estimated: others' are zero."""
        estimated = error[error.any(dim=1)]
        if not len(estimated):
            return error.new_zeros(len(self.channel_names))
        place = math.ceil(0.95 * len(estimated))  # by `torch.quantile`, only of up to 16 million values
        return integrate([self], estimated).abs().kthvalue(place, dim=0).values


def filter_nodes(filters: Sequence[Filter], graphs: GraphView) -> Float[Tensor, "nodes channels"]:
    """Return the node channels of several filters: diag(U g(Λ) Uᵀ)_i = Σ_k U_ik² g(λ_k), one product for all of them.

    Of graphs that are too large for eigenvectors it is ∫ g dw_i over the spectral measure w_i of each node.
    """
    if graphs.spectral_weights is not None:
        return _raise_to_zero(filters, integrate(filters, graphs.spectral_weights))
    spectrum = graphs.spectrum
    squared = spectrum.eigenvectors.square()  # [graphs, size (nodes), size (eigenvalues)]
    return _raise_to_zero(filters, graphs.layout.flatten(squared @ _responses(filters, spectrum.eigenvalues)))


def _raise_to_zero(
    filters: Sequence[Filter], values: Float[Tensor, "nodes channels"]
) -> Float[Tensor, "nodes channels"]:
    """Return the channels, with 0 where one that is never negative by definition is below it."""
    lowest = [0.0 if "node" in filter.non_negative else -math.inf for filter in filters for _ in filter.channel_names]
    return torch.maximum(values, values.new_tensor(lowest))


def integrate(filters: Sequence[Filter], weights: Float[Tensor, "nodes points"]) -> Float[Tensor, "nodes channels"]:
    """Return ∫ g dw for the spectral measure w of every node."""
    points = quadrature_nodes(weights.size(1) - 1).to(weights)
    return weights @ _responses(filters, points)


def _responses(filters: Sequence[Filter], eigenvalues: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape channels"]:
    return torch.cat([filter.response(eigenvalues) for filter in filters], dim=-1)


class ScaleFilter(Filter):
    """A filter with one channel per scale; its `Params` have one field, the scales.

    Parameters
    ----------
    scales
        As `Params` takes them.
    trainable
        Whether the scales are parameters of the model, starting from those given. Ignored where the filter says that
        it cannot be trained.

    Raises
    ------
    MspeError
        If there is no scale, one is given twice, one lies outside the filter's range, or `auto` is not resolved.
    """

    can_train: ClassVar[bool] = True
    """Whether the response has a derivative in the scale."""

    def __init__(self, scales: Sequence[float] | str, trainable: bool = False) -> None:
        super().__init__(**{self.parameter(): scales})
        if getattr(self.params, self.parameter()) == AUTO:
            raise MspeError(
                f"encoding {self.name}: {self.parameter()}: got auto, which is read off a dataset's spectra; give "
                "EncodingParams(filters=…).resolve(GraphStatistics.of(…)) as the bank, or list the scales"
            )
        self.values: tuple[float, ...] = getattr(self.params, self.parameter())
        initial = torch.tensor(self.values, dtype=torch.float64)
        self.unconstrained: Tensor
        if trainable and self.can_train:
            unconstrained = self._unconstrain(initial)
            if not unconstrained.isfinite().all():
                raise MspeError(
                    f"encoding {self.name}: {self.parameter()}: got {list(scales)}, a trained scale may not start on "
                    "the edge of its range"
                )
            self.unconstrained = nn.Parameter(unconstrained.float())
        else:
            self.register_buffer("unconstrained", initial, persistent=False)

    @classmethod
    def parameter(cls) -> str:
        """Return the key under the filter that holds the scales."""
        return next(iter(cls.Params.model_fields))

    @classmethod
    def from_params(cls, params: Section, trainable: bool) -> Encoding:
        """Build it from its scales."""
        return cls(getattr(params, cls.parameter()), trainable)

    @classmethod
    def resolve(cls, params: Section, statistics: GraphStatistics) -> Section:
        """Return the parameters with `auto` replaced by the filter's own scales."""
        if getattr(params, cls.parameter()) != AUTO:
            return params
        return cls.Params.model_validate({cls.parameter(): cls.auto(statistics)})

    @classmethod
    def auto(cls, statistics: GraphStatistics) -> Sequence[float]:
        """Return the scales that a dataset's spectra suggest; a filter without a rule of its own has none.

        Raises
        ------
        MspeError
            If the filter has no rule.
        """
        where = f"encodings.filters.{cls.name}.{cls.parameter()}"
        raise MspeError(f"{where}: got auto, for which the filter has no rule; list the scales")

    @staticmethod
    def _unconstrain(scales: Tensor) -> Tensor:
        """Map scales to unbounded parameters; `_constrain` is the inverse."""
        return scales.log()

    @staticmethod
    def _constrain(unconstrained: Tensor) -> Tensor:
        return unconstrained.exp()

    @property
    def scales(self) -> Float[Tensor, " scales"]:
        """The scales as they stand, trained or not."""
        return self.unconstrained if self.stored else self._constrain(self.unconstrained)

    @property
    def channel_names(self) -> list[str]:
        """Filter and scale of each channel; a trained scale is named by where it started."""
        return [f"{self.name}({scale:.6g})" for scale in self.values]

    def response(self, eigenvalues: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape scales"]:
        """Return g(λ) at every scale, in the precision of `eigenvalues`."""
        return self.evaluate(eigenvalues[..., None], self.scales.to(eigenvalues.dtype))

    def evaluate(
        self, eigenvalues: Float[Tensor, "*shape 1"], scales: Float[Tensor, " scales"]
    ) -> Float[Tensor, "*shape scales"]:
        """Return g(λ) of each eigenvalue at each scale."""
        return eigenvalues.expand(*eigenvalues.shape[:-1], scales.numel())
