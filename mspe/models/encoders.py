"""From a dataset's features and encodings to the model's width."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor, nn
from torch.nn import functional
from torch_geometric.data import Batch

from mspe.common.errors import MspeError
from mspe.encodings import AnyEncodings, EncodingSet
from mspe.models.config import ModelParams
from mspe.models.gates import ScaleGate
from mspe.models.norms import BatchNorm


class FeatureEncoder(nn.Module):
    """One table of weights for features of every kind.

    An integer feature looks its row up, several columns are summed, and a real feature multiplies: both with the same
    weight. The last row is the place of a category never seen in training, whose number is `width`, and of an absent
    feature; it starts at zero.

    Parameters
    ----------
    width
        Width of the feature; the one-hot width where it is categorical, 0 where there is none.
    channels
        Width of the result.
    numbered
        Whether tables of features have numbered every category that it is given: then none is held against the width,
        for which a GPU would have to wait.

    Examples
    --------
    >>> encoder = FeatureEncoder(3, 2)
    >>> one_hot = torch.eye(3)
    >>> torch.equal(encoder(torch.tensor([[2]]), 1), encoder(one_hot[2:], 1))
    True
    """

    def __init__(self, width: int, channels: int, numbered: bool = False) -> None:
        super().__init__()
        self.width = width
        self.numbered = numbered
        self.weight = nn.Parameter(torch.empty(width + 1, channels))
        nn.init.normal_(self.weight, std=channels**-0.5)
        nn.init.zeros_(self.weight[-1])

    def forward(self, feature: Shaped[Tensor, "rows *columns"] | None, rows: int) -> Float[Tensor, "rows channels"]:
        if feature is None or self.width == 0:
            return self.weight[-1].expand(rows, -1)
        columns = feature[:, None] if feature.ndim == 1 else feature.flatten(1)
        if feature.is_floating_point():
            if columns.size(1) != self.width:
                raise MspeError(f"features have {columns.size(1)} columns, the model was built for {self.width}")
            weight = self.weight[:-1]
            return (columns.to(weight.dtype) @ weight).to(weight.dtype)  # full precision from here on
        if not self.numbered:
            self._refuse_outside(columns)
        return functional.embedding(columns, self.weight).sum(dim=1)

    def _refuse_outside(self, columns: Int[Tensor, "rows columns"]) -> None:
        outside = columns[(columns < 0) | (columns > self.width)]
        if outside.numel():
            raise MspeError(
                f"a categorical feature holds {int(outside[0])}, the model was built for 0 to {self.width - 1}, and "
                f"{self.width} for a category never seen; number raw categories as in training: predict with "
                "TrainedModel, or build the model with `features`"
            )


class NodeEncoder(nn.Module):
    """Node features, with the node encoding beside them.

    The encoding is batch-normalised and mapped to `node_dim` of the `hidden_dim` channels, as GraphGPS does (Rampášek
    et al., arXiv 2205.12454); between the two, a learned weight per channel. Channels of arbitrary sign, such as
    eigenvectors, come last: each with a random sign per graph while training and its fixed sign in evaluation, or
    through SignNet, to which the sign makes no difference.
    """

    def __init__(self, params: ModelParams, num_features: int, bank: EncodingSet, numbered: bool = False) -> None:
        super().__init__()
        signed = bank.signed
        self.order = sorted(range(len(signed)), key=lambda channel: signed[channel])  # those of arbitrary sign last
        names = [bank.node_channels[channel] for channel in self.order]
        encoding_dim = params.encoding_dim if names else 0
        self.feature_dropout = params.feature_dropout
        self.features = FeatureEncoder(num_features, params.hidden_dim - encoding_dim, numbered)
        self.num_signed = sum(signed) if encoding_dim else 0
        self.sign_net = self.norm = self.gate = self.encoding = None
        if not encoding_dim:
            return
        if self.num_signed and params.eigenvector_encoder == "signnet":
            self.sign_net = SignNet(self.num_signed, encoding_dim)
            names = names[: -self.num_signed] + [f"signnet({k})" for k in range(1, encoding_dim + 1)]
        self.norm = BatchNorm(len(names))
        self.gate = ScaleGate(names) if params.scale_gate else None
        self.encoding = nn.Linear(len(names), encoding_dim)

    def forward(self, batch: Batch, encodings: AnyEncodings) -> Float[Tensor, "nodes hidden"]:
        embedded = self.features(self._dropped(batch.get("x")), batch.batch.numel())
        if self.encoding is None or self.norm is None:
            return embedded
        channels = encodings.node().to(self.encoding.weight.dtype)
        if self.num_signed:
            channels = channels[:, self.order]
            plain, signed = channels[:, : -self.num_signed], channels[:, -self.num_signed :]
            channels = torch.cat([plain, self._encode_signed(signed, batch)], dim=-1)
        channels = self.norm(channels)
        if self.gate is not None:
            channels = channels * self.gate()
        return torch.cat([embedded, self.encoding(channels).to(embedded.dtype)], dim=-1)

    def _dropped(self, features: Shaped[Tensor, "nodes *columns"] | None) -> Shaped[Tensor, "nodes *columns"] | None:
        """Real features with some left out; categories as they are."""
        if features is None or not self.feature_dropout or not features.is_floating_point():
            return features
        return functional.dropout(features, self.feature_dropout, self.training)

    def _encode_signed(self, signed: Float[Tensor, "nodes signed"], batch: Batch) -> Float[Tensor, "nodes channels"]:
        if self.sign_net is not None:
            return self.sign_net(signed)
        if not self.training:
            return signed
        signs = torch.randint(0, 2, (batch.num_graphs, signed.size(1)), device=signed.device)
        return signed * (2 * signs - 1)[batch.batch]


class EdgeChannelEncoder(nn.Module):
    """The bank's channels on edges, batch-normalised, each with a learned weight, mapped to the width of edges' states.

    Parameters
    ----------
    params
        The model's shape.
    names
        Of the channels.
    """

    def __init__(self, params: ModelParams, names: Sequence[str]) -> None:
        super().__init__()
        self.norm = BatchNorm(len(names))
        self.gate = ScaleGate(names) if params.scale_gate else None
        self.encoding = nn.Linear(len(names), params.hidden_dim)

    def forward(self, channels: Float[Tensor, "edges channels"]) -> Float[Tensor, "edges hidden"]:
        channels = self.norm(channels.to(self.encoding.weight.dtype))
        return self.encoding(channels if self.gate is None else channels * self.gate())


class SignNet(nn.Module):
    """ρ(φ(u) + φ(−u)) over eigenvectors u (Lim et al., arXiv 2202.13013), φ and ρ acting on each node.

    Parameters
    ----------
    count
        Eigenvectors.
    channels
        Width of the result.

    Examples
    --------
    >>> net, vectors = SignNet(3, 8), torch.randn(5, 3)
    >>> torch.equal(net(vectors), net(-vectors))
    True
    """

    def __init__(self, count: int, channels: int, hidden_dim: int = 16) -> None:
        super().__init__()
        self.phi = nn.Sequential(nn.Linear(1, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, hidden_dim))
        self.rho = nn.Sequential(nn.Linear(count * hidden_dim, channels), nn.ReLU(), nn.Linear(channels, channels))

    def forward(self, eigenvectors: Float[Tensor, "nodes count"]) -> Float[Tensor, "nodes channels"]:
        each = eigenvectors[..., None]
        return self.rho((self.phi(each) + self.phi(-each)).flatten(1))
