"""Parameters that are left to the dataset: `auto` in `params.yaml`."""

from collections.abc import Mapping
from typing import Any

from mspe.common.errors import MspeError

AUTO = "auto"
DEFAULTS: dict[str, Any] = {"model.norm": "batch", "training.epochs": 25, "training.batch_size": 32}
"""Those that may be `auto`, each with its value where a dataset has none of its own."""
ONE_GRAPH: dict[str, Any] = {"training.epochs": 200, "training.batch_size": 1}
"""Those of a single graph whose nodes are split: an epoch is one step."""


def check_settings(name: str, settings: Mapping[str, Any]) -> None:
    """See that a dataset sets nothing but what may be left to it.

    Raises
    ------
    MspeError
        If it does: the setting would never be used.
    """
    unknown = [path for path in settings if path not in DEFAULTS]
    if unknown:
        raise MspeError(f"dataset {name}: settings: got {', '.join(unknown)}, allowed: {', '.join(DEFAULTS)}")


def resolve_auto(values: Any, settings: Mapping[str, Any]) -> Any:
    """Return the content of `params.yaml` with a value wherever one is `auto`; what the user gave stays.

    Parameters
    ----------
    values
        The content; anything else than a mapping is left to the schema to refuse.
    settings
        The dataset's own.

    Examples
    --------
    >>> resolve_auto({"model": {"norm": "auto"}, "training": {"epochs": 3}}, {"model.norm": "layer"})
    {'model': {'norm': 'layer'}, 'training': {'epochs': 3}}
    """
    for path, value in left_to_dataset(values, {**DEFAULTS, **settings}).items():
        section, key = path.split(".")
        values = {**values, section: {**values[section], key: value}}
    return values


def left_to_dataset(values: Any, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the settings whose parameter is `auto`.

    Examples
    --------
    >>> left_to_dataset({"model": {"norm": "batch"}, "training": {"epochs": "auto"}}, {"training.epochs": 40})
    {'training.epochs': 40}
    """
    return {path: value for path, value in settings.items() if _value_at(values, path) == AUTO}


def _value_at(values: Any, path: str) -> Any:
    for key in path.split("."):
        values = values.get(key) if isinstance(values, Mapping) else None
    return values
