"""Filters g(λ) of the graph spectrum, one channel a scale.

Adding one: subclass `ScaleFilter` (or `Filter`), then add it to `FILTERS`; `params.yaml` takes it from there.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mspe.common.errors import MspeError


class Filter(nn.Module):
    """A function g of the eigenvalues λ in [0, 2], with one or more channels."""

    name: ClassVar[str]
    """The key under `encodings.filters`."""
    conjugated: ClassVar[bool] = False
    """Whether the pair encoding is D^-½ U g(Λ) Uᵀ D^½ rather than U g(Λ) Uᵀ (the diagonal is the same)."""

    @property
    def trained(self) -> bool:
        """Whether it has parameters: then a model evaluates it for every batch, and nothing of it is stored."""
        return any(True for _ in self.parameters())

    @property
    def channel_names(self) -> list[str]:
        """Filter and scale of each channel."""
        raise NotImplementedError

    def params(self) -> dict[str, Any]:
        """What stands under the filter's key in `params.yaml`, with every rule written out."""
        raise NotImplementedError

    def response(self, eigenvalues: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape channels"]:
        """g(λ) for every channel, in the precision of `eigenvalues`."""
        raise NotImplementedError


class ScaleFilter(Filter):
    """A filter with one channel a scale.

    Parameters
    ----------
    scales
        At least one, distinct.
    trainable
        Whether the scales are parameters of the model, starting from those given. Ignored where a filter has no
        derivative in its scale.

    Raises
    ------
    MspeError
        If there is no scale, one is given twice, or one lies outside the filter's range.
    """

    parameter: ClassVar[str]
    """The key under the filter that holds the scales."""
    allowed: ClassVar[str]
    """The range of a scale, in words."""
    number: ClassVar[type[int] | type[float]] = float
    """The type of a scale."""
    can_train: ClassVar[bool] = True
    """Whether the response has a derivative in the scale."""

    def __init__(self, scales: Sequence[int] | Sequence[float], trainable: bool = False) -> None:
        super().__init__()
        where = f"{self.name}.{self.parameter}"
        if not scales:
            raise MspeError(f"{where}: no scales given; list at least one, or leave the filter out")
        if len(set(scales)) < len(scales):
            raise MspeError(f"{where}: got {list(scales)}, each scale may stand there once")
        for scale in scales:
            if not self.accepts(scale):
                raise MspeError(f"{where}: got {scale}, allowed: {self.allowed}")
        self.values = tuple(self.number(scale) for scale in scales)
        initial = torch.tensor(self.values, dtype=torch.float64)
        self.free: Tensor
        if trainable and self.can_train:
            free = self._unconstrain(initial)
            if not free.isfinite().all():
                raise MspeError(f"{where}: got {list(scales)}, a trained scale may not start on the edge of its range")
            self.free = nn.Parameter(free.float())
        else:
            self.register_buffer("free", initial, persistent=False)

    @staticmethod
    def accepts(scale: float) -> bool:
        """Whether the scale lies in the filter's range."""
        raise NotImplementedError

    @staticmethod
    def _unconstrain(scales: Tensor) -> Tensor:
        """Map scales to unbounded parameters; `_constrain` is the inverse."""
        return scales.log()

    @staticmethod
    def _constrain(free: Tensor) -> Tensor:
        return free.exp()

    @property
    def scales(self) -> Float[Tensor, " scales"]:
        """The scales as they stand, trained or not."""
        return self._constrain(self.free) if self.trained else self.free

    @property
    def channel_names(self) -> list[str]:
        """Filter and scale of each channel; a trained scale is named by where it started.

        Examples
        --------
        >>> Walk([1, 2]).channel_names
        ['walk(1)', 'walk(2)']
        """
        return [f"{self.name}({scale:.6g})" for scale in self.values]

    def params(self) -> dict[str, Any]:
        """The scales under their key."""
        return {self.parameter: list(self.values)}

    def response(self, eigenvalues: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape scales"]:
        """g(λ) at every scale, in the precision of `eigenvalues`."""
        return self._evaluate(eigenvalues[..., None], self.scales.to(eigenvalues.dtype))

    def _evaluate(self, eigenvalues: Tensor, scales: Tensor) -> Tensor:
        raise NotImplementedError


class Walk(ScaleFilter):
    """Random walk of k steps: g(λ) = (1 − λ)^k, so P^k = D^-½ U g(Λ) Uᵀ D^½ with P = D^-1 A.

    The diagonal is RWSE (Dwivedi et al., arXiv 2110.07875), the matrix RRWP (Ma et al., arXiv 2305.17589). Steps are
    not trained: a fractional power of a negative number is not real.

    Examples
    --------
    >>> Walk([0, 1, 2]).response(torch.tensor([0.5])).tolist()
    [[1.0, 0.5, 0.25]]
    """

    name = "walk"
    parameter = "steps"
    allowed = "integers of at least 0"
    number = int
    conjugated = True
    can_train = False

    @staticmethod
    def accepts(scale: float) -> bool:  # noqa: D102
        return scale >= 0 and math.isfinite(scale) and scale == int(scale)

    def _evaluate(self, eigenvalues: Tensor, scales: Tensor) -> Tensor:
        return (1.0 - eigenvalues) ** scales


class Heat(ScaleFilter):
    """Heat kernel at time t: g(λ) = e^(−tλ). The diagonal is the heat-kernel signature (Sun et al. 2009)."""

    name = "heat"
    parameter = "times"
    allowed = "finite numbers above 0"

    @staticmethod
    def accepts(scale: float) -> bool:  # noqa: D102
        return 0 < scale < math.inf

    def _evaluate(self, eigenvalues: Tensor, scales: Tensor) -> Tensor:
        return torch.exp(-scales * eigenvalues)


class Wavelet(Heat):
    """Band-pass wavelet at time t: g(λ) = tλ·e^(1−tλ), which peaks with 1 at λ = 1/t (Hammond 2011, arXiv 0912.3848).

    Examples
    --------
    >>> Wavelet([1, 2]).response(torch.tensor([0.0, 0.5])).tolist()[1][1]
    1.0
    """

    name = "wavelet"

    def _evaluate(self, eigenvalues: Tensor, scales: Tensor) -> Tensor:
        product = scales * eigenvalues
        return product * torch.exp(1.0 - product)


class PersonalizedPageRank(ScaleFilter):
    """Personalised PageRank with restart α: g(λ) = α / (α + (1 − α)λ), so α(I − (1 − α)P)^-1 (Gasteiger et al. 2019).

    Examples
    --------
    >>> PersonalizedPageRank([1.0]).response(torch.tensor([0.7])).tolist()
    [[1.0]]
    """

    name = "ppr"
    parameter = "restarts"
    allowed = "numbers above 0, up to 1"
    conjugated = True

    @staticmethod
    def accepts(scale: float) -> bool:  # noqa: D102
        return 0 < scale <= 1

    @staticmethod
    def _unconstrain(scales: Tensor) -> Tensor:
        return torch.logit(scales)

    @staticmethod
    def _constrain(free: Tensor) -> Tensor:
        return torch.sigmoid(free)

    def _evaluate(self, eigenvalues: Tensor, scales: Tensor) -> Tensor:
        return scales / (scales + (1.0 - scales) * eigenvalues)


class Learned(Filter):
    """A small network of λ, after SPE (Huang et al., arXiv 2310.02579).

    Parameters
    ----------
    channels
        Responses it learns, at least one.

    Examples
    --------
    >>> Learned(3).response(torch.tensor([0.0, 1.5])).shape
    torch.Size([2, 3])
    """

    name = "learned"

    def __init__(self, channels: int) -> None:
        super().__init__()
        if channels < 1:
            raise MspeError(f"learned.channels: got {channels}, allowed: an integer of at least 1")
        self.channels = channels
        self.network = nn.Sequential(nn.Linear(1, 32), nn.SiLU(), nn.Linear(32, channels))

    @property
    def channel_names(self) -> list[str]:
        """Numbered from 1."""
        return [f"learned({number})" for number in range(1, self.channels + 1)]

    def params(self) -> dict[str, Any]:
        """The number of channels."""
        return {"channels": self.channels}

    def response(self, eigenvalues: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape channels"]:
        """g(λ) for every channel, in the precision of `eigenvalues`."""
        return self.network(eigenvalues[..., None].float()).to(eigenvalues.dtype)


FILTERS: dict[str, type[ScaleFilter] | type[Learned]] = {
    filter_class.name: filter_class for filter_class in (Walk, Heat, Wavelet, PersonalizedPageRank, Learned)
}


def build_filter(filter_class: type[ScaleFilter] | type[Learned], params: Mapping[str, Any], trainable: bool) -> Filter:
    """Build a filter from what stands under its key in `params.yaml`."""
    if issubclass(filter_class, ScaleFilter):
        return filter_class(params[filter_class.parameter], trainable)
    return filter_class(params["channels"])
