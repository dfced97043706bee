"""Models by name."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import nn

from mspe.common.errors import MspeError
from mspe.common.registry import choose
from mspe.common.section import validate
from mspe.encodings import PRESETS, BankConfig, EncodingSet
from mspe.encodings.config import as_bank
from mspe.graphs import GraphSchema, TargetLevel
from mspe.graphs.features import Features
from mspe.models.config import ModelParams
from mspe.models.gcn import GCNNetwork
from mspe.models.graph_transformer import GPS, GINENetwork, GraphTransformer
from mspe.models.memory import find_max_pairs
from mspe.tasks import task_of

__all__ = [
    "MODELS",
    "GraphTransformer",
    "ModelParams",
    "find_max_pairs",
    "get_model",
    "model_arguments",
]

MODELS = {"graph_transformer": GraphTransformer, "gps": GPS, "gine": GINENetwork, "gcn": GCNNetwork}

DEFAULT_BANK = PRESETS["default"]


def get_model(
    name: str,
    num_features: int,
    num_classes: int,
    *,
    num_edge_features: int = 0,
    bank: EncodingSet | BankConfig | Mapping[str, Any] | str | None = None,
    target_level: TargetLevel = "graph",
    target_mean: Sequence[float] = (),
    target_std: Sequence[float] = (),
    features: Features | Mapping[str, Any] | None = None,
    **options: Any,
) -> nn.Module:
    """Build a model that maps a PyG batch to [samples, num_classes].

    Parameters
    ----------
    name
        `graph_transformer`: message passing beside attention with a bias from pairs. `gps`: GraphGPS, the same without
        the bias. `gine`: message passing alone. `gcn`: graph convolutions alone, for few labelled nodes.
    num_features
        Width of the node features; the one-hot width where they are categories, 0 where there are none.
    num_classes
        Classes, or targets of a regression.
    num_edge_features
        Width of the edge features; at 0 they are not used.
    bank
        The encodings, their configuration as `bank.json` holds it, or a preset's name; by default walks of 1, 2, 4, 8
        and 16 steps and heat at times 0.25 to 32, on nodes and pairs. A batch without encodings has them computed
        with it.
    target_level
        What a sample is: a `graph`, a `node`, or an `edge`: a pair of nodes named in `batch.edge_label_index`.
    target_mean, target_std
        Of the training targets, one a target: outputs are scaled by them, so that they are in the target's units.
    features
        The tables of the training data's features, as `model_arguments` gives them: with these the model also takes
        graphs as users have them, and brings their features into the form of the training data. Without, it takes whole
        numbers from 0 to `num_features`, which stands for a category never seen, and real numbers as they are.
    **options
        The other keys of the section `model` of `params.yaml`: `hidden_dim`, `num_layers`, `heads`, ….

    Raises
    ------
    MspeError
        If the name or an option is unknown or not allowed, or the bank has channels on edges, which it does not read.
    """
    params = validate(ModelParams, {"name": name, **options}, "get_model")
    if not isinstance(bank, EncodingSet):
        bank = EncodingSet.from_config(DEFAULT_BANK if bank is None else bank)
    if features is not None and not isinstance(features, Features):
        features = Features.from_plain(features)
    if bank.edge_channels and not params.reads_edge_channels:
        raise MspeError(
            f"get_model: encodings.pair is edges, but model.name={params.name} with model.local={params.local} reads "
            "no channels of edges; set model.name to gine, or to gps or graph_transformer with model.local=gine or "
            "gatedgcn, or set encodings.pair=auto"
        )
    model_class = choose("model", params.name, MODELS)
    return model_class(
        params, num_features, num_edge_features, num_classes, bank, target_level, target_mean, target_std, features
    )


def model_arguments(
    params: ModelParams, schema: GraphSchema, bank: BankConfig | Mapping[str, Any] | str, loss: str | None = None
) -> dict[str, Any]:
    """The arguments of `get_model` for a dataset, as plain values: a checkpoint holds them under `metadata.model`.

    Parameters
    ----------
    params, schema, bank
        Of the model, the dataset and the encodings.
    loss
        That the model is trained with; None: the dataset's own. Two classes are one logit under `bce_logits`.

    Raises
    ------
    MspeError
        If the loss does not fit the dataset's number of classes.
    """
    return {
        **params.model_dump(),
        "num_features": schema.num_features,
        "num_edge_features": schema.num_edge_features,
        "num_classes": task_of(schema).num_outputs(schema.num_classes, loss, schema.name),
        "bank": as_bank(bank).model_dump(),
        "target_level": schema.target_level,
        "target_mean": list(schema.target_mean),
        "target_std": list(schema.target_std),
        "features": Features.of(schema).plain(),
    }
