"""A checkpoint of the pipeline as a model and its dataset's schema, or a line that says why it is none."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from mspe.common.errors import MspeError
from mspe.common.section import validate
from mspe.common.shown import shortened, shown
from mspe.common.tensor_files import read_tensors
from mspe.graphs import GraphSchema
from mspe.graphs.features import Features
from mspe.models import get_model
from mspe.tasks import task_of
from mspe.training.checkpoint import FORMAT

_SCALING = {"head.network.mean": "target_mean", "head.network.std": "target_std"}


def read_trained(path: str | Path) -> tuple[nn.Module, GraphSchema, int | None]:
    """Rebuild the model of a checkpoint, with its schema and seed, and see that its parts are of one training run.

    Of a checkpoint with averaged weights, `ema`, the model has these, which were evaluated while it was trained. The
    seed is None of a checkpoint that does not tell.

    Raises
    ------
    MspeError
        If the file is missing, damaged, no checkpoint, of a newer version, without metadata, or if what these say
        contradicts itself or the weights, or a weight is NaN or infinite.
    """
    checkpoint = read_tensors(path)
    _check_form(checkpoint, path)
    metadata = checkpoint["metadata"]
    schema = validate(GraphSchema, metadata["schema"], f"{path}: metadata.schema")
    arguments = _arguments(metadata, schema)
    _check_schema(schema, path)
    _check_arguments(arguments, schema, path)
    model = _build(arguments, path)
    for key in ("model", "ema"):  # the averaged weights last, so that they stay
        if key in checkpoint:
            _load_weights(model, checkpoint[key], key, path)
    _check_scaling(model, schema, path)
    return model, schema, metadata.get("seed")


def read_arguments(path: str | Path) -> dict[str, Any]:
    """Return the arguments of `get_model` of a checkpoint that `read_trained` takes."""
    metadata = read_tensors(path)["metadata"]
    schema = validate(GraphSchema, metadata["schema"], f"{path}: metadata.schema")
    return _arguments(metadata, schema)


def _arguments(metadata: Mapping[str, Any], schema: GraphSchema) -> dict[str, Any]:
    return {"features": Features.of(schema).plain(), **metadata["model"]}  # older checkpoints have none


def _check_form(checkpoint: Mapping[str, Any], path: str | Path) -> None:
    version = checkpoint.get("format", FORMAT)
    if type(version) is not int or not 0 < version <= FORMAT:
        raise MspeError(
            f"{path}: written by a newer version of mspe (format {shown(version)}, this one reads up to {FORMAT}); "
            "update mspe"
        )
    if "model" not in checkpoint:
        raise MspeError(f"{path}: not a checkpoint of this version's pipeline ('model'); train again")
    metadata = checkpoint.get("metadata")
    for key in ("model", "schema"):
        if not isinstance(metadata, Mapping) or not isinstance(metadata.get(key), Mapping):
            missing = f"metadata.{key}" if metadata else "metadata"
            raise MspeError(
                f"{path}: not a checkpoint of this version's pipeline ({missing!r}): it does not say which model and "
                "dataset its weights are of; train with the pipeline, or give the Trainer metadata={'model': "
                "model_arguments(…), 'schema': schema.model_dump()}"
            )
        if not _is_plain(metadata[key]):
            raise MspeError(
                f"{path}: metadata.{key} holds more than numbers, text, lists and dictionaries; train again"
            )


def _is_plain(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, bool | int | float | str)


def _check_schema(schema: GraphSchema, path: str | Path) -> None:
    """See that a schema is of a task, and that its counts are those of its lists."""
    try:
        task_of(schema)
    except MspeError as error:
        raise MspeError(f"{path}: metadata.schema: {shortened(str(error), 200)}; train again") from None
    counts = {}
    if schema.target_level != "edge":  # where two classes, an edge or none, are one output
        counts["classes"] = (len(schema.classes), schema.num_classes)
    for kind, table in zip(("node", "edge"), (Features.of(schema).nodes, Features.of(schema).edges), strict=True):
        counts[f"{kind}_vocabularies"] = (sum(len(column) for column in table.vocabularies), table.width)
        counts |= {f"{kind}_{name}": (len(getattr(table, name)), table.width) for name in ("mean", "std")}
    for name, (given, expected) in counts.items():
        if given and given != expected:
            raise MspeError(
                f"{path}: metadata.schema: {name} has {given} entries, allowed: {expected}, as the schema's own counts "
                "say; train again"
            )


def _check_arguments(arguments: Mapping[str, Any], schema: GraphSchema, path: str | Path) -> None:
    """See that a model and a dataset's schema are of each other."""
    expected: dict[str, list[Any]] = {
        "num_features": [schema.num_features],
        "num_edge_features": [schema.num_edge_features],
        "num_classes": _numbers_of_outputs(schema),
        "target_level": [schema.target_level],
        "target_mean": [list(schema.target_mean)],
        "target_std": [list(schema.target_std)],
        "features": [Features.of(schema).plain()],
    }
    for name, allowed in expected.items():
        given = arguments.get(name)
        if (list(given) if isinstance(given, tuple) else given) not in allowed:
            raise MspeError(
                f"{path}: metadata.model.{name} is {shown(given)}, but metadata.schema asks for "
                f"{' or '.join(map(shown, allowed))}; they are of different datasets: train again"
            )
    if "bank" not in arguments:
        raise MspeError(f"{path}: metadata.model names no bank, the encodings that it was trained with; train again")


def _numbers_of_outputs(schema: GraphSchema) -> list[int]:
    """Under any loss of the task."""
    task = task_of(schema)
    numbers = set()
    for loss in (None, *task.losses):
        try:
            numbers.add(task.num_outputs(schema.num_classes, loss, schema.name))
        except MspeError:
            continue  # a loss that does not take so many classes
    return sorted(numbers)


def _build(arguments: Mapping[str, Any], path: str | Path) -> nn.Module:
    try:
        model = get_model(**arguments)
        bank = arguments["bank"]
        named = {place: list(bank.get(place) or ()) for place in ("node_channels", "pair_channels", "edge_channels")}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise MspeError(f"{path}: metadata.model: {reason.removeprefix('get_model: ')}") from error
    for place, names in named.items():
        built = getattr(model.bank, place)
        if names and names != built:
            raise MspeError(
                f"{path}: metadata.model.bank names the {place} {shown(names)}, but its encodings have "
                f"{shown(built)}; load the plug-in that it was trained with, or train again"
            )
    return model


def _load_weights(model: nn.Module, weights: Any, key: str, path: str | Path) -> None:
    if not isinstance(weights, Mapping) or not all(
        isinstance(name, str) and isinstance(value, Tensor) for name, value in weights.items()
    ):
        raise MspeError(f"{path}: {key!r} holds a {type(weights).__name__}, allowed: a model's state_dict; train again")
    for name, value in weights.items():
        if value.is_complex():
            raise MspeError(
                f"{path}: {key}: the weights {shortened(name)} are complex, allowed: real ones; train again"
            )
    try:
        model.load_state_dict(dict(weights))
    except RuntimeError as error:
        reason = " ".join(str(error).split()).split(": ", 1)[-1]
        raise MspeError(
            f"{path}: {key}: its weights are not of the model that its metadata describes ({reason[:200]}); train again"
        ) from error
    for name, value in weights.items():
        if value.is_floating_point() and not bool(value.isfinite().all()):
            raise MspeError(
                f"{path}: {key}: the weights {name} hold NaN or infinity: the training diverged, or the file is "
                "damaged; take another checkpoint, or train again with a lower learning rate"
            )


def _check_scaling(model: nn.Module, schema: GraphSchema, path: str | Path) -> None:
    """See that the weights scale their outputs as the schema says."""
    buffers = dict(model.named_buffers())
    for buffer, name in _SCALING.items():
        stated = getattr(schema, name)
        if stated and not torch.allclose(buffers[buffer], torch.tensor(stated)):
            raise MspeError(
                f"{path}: metadata.schema.{name} is {shown(list(stated))}, but the weights were trained with "
                f"{shown(buffers[buffer].tolist())}; train again"
            )
