"""Filters g(λ) of the graph spectrum, one channel a scale.

Adding one: subclass `Filter`, then add it to `FILTERS`; `params.yaml` takes it from there.
"""

from collections.abc import Sequence
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mspe.common.errors import MspeError


class Filter(nn.Module):
    """A function g of the eigenvalues λ in [0, 2], evaluated at several scales.

    Parameters
    ----------
    scales
        One channel each, at least one, distinct.

    Raises
    ------
    MspeError
        If there is no scale, one is given twice, or one lies outside the filter's range.
    """

    name: ClassVar[str]
    """The key under `encodings.filters`."""
    parameter: ClassVar[str]
    """The key under the filter that holds the scales."""
    allowed: ClassVar[str]
    """The range of a scale, in words."""
    number: ClassVar[type[int] | type[float]] = float
    """The type of a scale."""
    conjugated: ClassVar[bool] = False
    """Whether the pair encoding is D^-½ U g(Λ) Uᵀ D^½ rather than U g(Λ) Uᵀ (the diagonal is the same)."""

    def __init__(self, scales: Sequence[int] | Sequence[float]) -> None:
        super().__init__()
        if not scales:
            raise MspeError(
                f"{self.name}.{self.parameter}: no scales given; list at least one, or leave the filter out"
            )
        if len(set(scales)) < len(scales):
            raise MspeError(f"{self.name}.{self.parameter}: got {list(scales)}, each scale may stand there once")
        for scale in scales:
            if not self.accepts(scale):
                raise MspeError(f"{self.name}.{self.parameter}: got {scale}, allowed: {self.allowed}")
        self.values = tuple(self.number(scale) for scale in scales)
        self.register_buffer("scales", torch.tensor(scales, dtype=torch.float64), persistent=False)
        self.scales: Tensor

    @staticmethod
    def accepts(scale: float) -> bool:
        """Whether the scale lies in the filter's range."""
        raise NotImplementedError

    def response(self, eigenvalues: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape scales"]:
        """g(λ) at every scale, in the precision of `eigenvalues`."""
        return self._evaluate(eigenvalues[..., None], self.scales.to(eigenvalues.dtype))

    def _evaluate(self, eigenvalues: Tensor, scales: Tensor) -> Tensor:
        raise NotImplementedError

    @property
    def channel_names(self) -> list[str]:
        """Filter and scale of each channel.

        Examples
        --------
        >>> Walk([1, 2]).channel_names
        ['walk(1)', 'walk(2)']
        """
        return [f"{self.name}({scale:.6g})" for scale in self.values]


class Walk(Filter):
    """Random walk of k steps: g(λ) = (1 − λ)^k, so P^k = D^-½ U g(Λ) Uᵀ D^½ with P = D^-1 A.

    The diagonal is RWSE (Dwivedi et al., arXiv 2110.07875), the matrix RRWP (Ma et al., arXiv 2305.17589).

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

    @staticmethod
    def accepts(scale: float) -> bool:  # noqa: D102
        return scale >= 0 and scale == int(scale)

    def _evaluate(self, eigenvalues: Tensor, scales: Tensor) -> Tensor:
        return (1.0 - eigenvalues) ** scales


class Heat(Filter):
    """Heat kernel at time t: g(λ) = e^(−tλ).

    The diagonal is the heat-kernel signature (Sun et al. 2009).
    """

    name = "heat"
    parameter = "times"
    allowed = "finite numbers above 0"

    @staticmethod
    def accepts(scale: float) -> bool:  # noqa: D102
        return 0 < scale < float("inf")

    def _evaluate(self, eigenvalues: Tensor, scales: Tensor) -> Tensor:
        return torch.exp(-scales * eigenvalues)


FILTERS: dict[str, type[Filter]] = {"walk": Walk, "heat": Heat}
