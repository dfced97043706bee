"""From a dataset's features and encodings to the model's width."""

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn
from torch.nn import functional

from mspe.common.errors import MspeError


class FeatureEncoder(nn.Module):
    """One table of weights for features of every kind.

    An integer feature looks its row up, several columns are summed, and a real feature multiplies: both with the same
    weight. The last row is the place of a category never seen in training (any number outside ``[0, width)``) and of
    an absent feature; it starts at zero.

    Parameters
    ----------
    width
        Width of the feature; the one-hot width where it is categorical, 0 where there is none.
    channels
        Width of the result.

    Examples
    --------
    >>> encoder = FeatureEncoder(3, 2)
    >>> one_hot = torch.eye(3)
    >>> torch.equal(encoder(torch.tensor([[2]]), 1), encoder(one_hot[2:], 1))
    True
    """

    def __init__(self, width: int, channels: int) -> None:
        super().__init__()
        self.width = width
        self.weight = nn.Parameter(torch.empty(width + 1, channels))
        nn.init.normal_(self.weight, std=channels**-0.5)
        nn.init.zeros_(self.weight[-1])

    def forward(self, feature: Shaped[Tensor, "rows *columns"] | None, rows: int) -> Float[Tensor, "rows channels"]:
        if feature is None or self.width == 0:
            return self.weight[-1].expand(rows, -1)
        if feature.is_floating_point():
            columns = feature.reshape(rows, -1)
            if columns.size(1) != self.width:
                raise MspeError(f"features have {columns.size(1)} columns, the model was built for {self.width}")
            return columns @ self.weight[:-1]
        unseen = (feature < 0) | (feature >= self.width)
        index = torch.where(unseen, self.width, feature).reshape(rows, -1)
        return functional.embedding(index, self.weight).sum(dim=1)


class NodeEncoder(nn.Module):
    """Node features, with the node encoding beside them.

    The encoding is batch-normalised and mapped to `encoding_dim` of the `hidden_dim` channels, as GraphGPS does
    (Rampášek et al., arXiv 2205.12454).
    """

    def __init__(self, num_features: int, num_channels: int, hidden_dim: int, encoding_dim: int) -> None:
        super().__init__()
        encoding_dim = encoding_dim if num_channels else 0
        self.features = FeatureEncoder(num_features, hidden_dim - encoding_dim)
        self.encoding = None
        if encoding_dim:
            self.encoding = nn.Sequential(nn.BatchNorm1d(num_channels), nn.Linear(num_channels, encoding_dim))

    def forward(
        self, feature: Shaped[Tensor, "nodes *columns"] | None, encoding: Float[Tensor, "nodes channels"]
    ) -> Float[Tensor, "nodes hidden"]:
        embedded = self.features(feature, encoding.size(0))
        if self.encoding is None:
            return embedded
        return torch.cat([embedded, self.encoding(encoding)], dim=-1)
