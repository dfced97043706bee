"""Filters that are learned, after SPE (Huang et al., arXiv 2310.02579)."""

from jaxtyping import Float
from torch import Tensor, nn

from mspe.common.section import Channels, Section
from mspe.encodings.about import About
from mspe.encodings.catalogue.filter import Filter


class Learned(Filter):
    """A small network of λ, always trained.

    Parameters
    ----------
    channels
        Responses it learns, at least one.

    Examples
    --------
    >>> import torch
    >>> Learned(3).response(torch.tensor([0.0, 1.5])).shape
    torch.Size([2, 3])
    """

    name = "learned"
    about = About("filters trained with the model", "arXiv 2310.02579", "spectrum", weighted=True)

    class Params(Section):
        """Number of channels."""

        channels: Channels = 8

    def __init__(self, channels: int) -> None:
        super().__init__(channels=channels)
        self.channels = channels
        self.network = nn.Sequential(nn.Linear(1, 32), nn.SiLU(), nn.Linear(32, channels))

    @property
    def channel_names(self) -> list[str]:
        """Numbered from 1."""
        return [f"learned({number})" for number in range(1, self.channels + 1)]

    def response(self, eigenvalues: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape channels"]:
        """Return g(λ) for every channel, in the precision of `eigenvalues`."""
        own = next(self.network.parameters()).dtype  # double in a double model
        return self.network(eigenvalues[..., None].to(own)).to(eigenvalues.dtype)
