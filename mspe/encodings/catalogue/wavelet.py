"""Band-pass wavelets on graphs (Hammond et al. 2011, arXiv 0912.3848)."""

from typing import ClassVar

import torch
from torch import Tensor

from mspe.encodings.about import About
from mspe.encodings.catalogue.filter import Place
from mspe.encodings.catalogue.heat import Heat


class Wavelet(Heat):
    """Wavelet at time t: g(λ) = tλ·e^(1−tλ), which peaks with 1 at λ = 1/t; times as those of heat.

    Examples
    --------
    >>> Wavelet([1, 2]).response(torch.tensor([0.0, 0.5])).tolist()[1][1]
    1.0
    """

    name = "wavelet"
    about = About("band-pass wavelets", "arXiv 0912.3848", "spectrum", weighted=True)
    non_negative: ClassVar[frozenset[Place]] = frozenset({"node"})  # an average of g ≥ 0; between nodes it changes sign

    def evaluate(self, eigenvalues: Tensor, scales: Tensor) -> Tensor:
        """Return tλ·e^(1−tλ)."""
        product = scales * eigenvalues
        return product * torch.exp(1.0 - product)
