"""Places in a model where features enter, where states are read, and by which ways they pass between nodes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from torch import nn

from mspe.common.errors import MspeError
from mspe.models.gcn import GCNNetwork
from mspe.models.graph_transformer import GraphTransformer


@dataclass(frozen=True)
class Sites:
    """Modules of a model that are listened to.

    Attributes
    ----------
    features
        Gives the embedded features of the nodes [nodes, channels]: their perturbation is what influences.
    layers
        Give the nodes' states [nodes, channels], alone or first of a tuple, by name and in their order.
    channels
        Gives the encodings' channels [nodes, channels] before they are mixed; None where a model has none.
    channel_names
        Of these channels.
    paths
        By name, the modules through which nodes hear of others in one way; each returns an update of nodes, or a tuple.
    """

    features: nn.Module
    layers: Mapping[str, nn.Module] = field(default_factory=dict)
    channels: nn.Module | None = None
    channel_names: Sequence[str] = ()
    paths: Mapping[str, Sequence[nn.Module]] = field(default_factory=dict)

    @classmethod
    def of(cls, model: nn.Module) -> "Sites":
        """Return the sites of a model that `get_model` built.

        Raises
        ------
        MspeError
            If it is another one.
        """
        if not isinstance(model, GraphTransformer | GCNNetwork):
            raise MspeError(
                f"sites: got a {type(model).__name__}, allowed: a model of get_model; of any other module name its "
                "parts: Sites(features=model.encoder, layers={...})"
            )
        encoder = model.node_encoder
        return cls(
            features=encoder.features,
            layers={f"layer {number}": layer for number, layer in enumerate(model.layers, 1)},
            channels=encoder.norm,
            channel_names=_channel_names(model),
            paths=_paths(model) if isinstance(model, GraphTransformer) else {},
        )


def _paths(model: GraphTransformer) -> dict[str, list[nn.Module]]:
    """Attention and message passing, of a model that has both."""
    paths = {
        "attention": [layer.attention for layer in model.layers if layer.attention is not None],
        "message passing": [
            *(layer.local for layer in model.layers if layer.local is not None),
            *model.position_updates,
        ],
    }
    return paths if all(paths.values()) else {}


def _channel_names(model: GraphTransformer | GCNNetwork) -> list[str]:
    """Channels as the node encoder has them: those of arbitrary sign last, or in their place what SignNet makes."""
    encoder = model.node_encoder
    if encoder.norm is None:
        return []
    names = [model.bank.node_channels[channel] for channel in encoder.order]
    if encoder.sign_net is None:
        return names
    made = encoder.norm.num_features - (len(names) - encoder.num_signed)
    return [*names[: -encoder.num_signed], *(f"signnet({number})" for number in range(1, made + 1))]
