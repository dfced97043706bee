"""A recipe, which is a file of some parameters, put into `params.yaml`."""

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from mspe.common.errors import MspeError
from mspe.common.files import write_text
from mspe.common.merge import merged
from mspe.common.section import validate
from mspe.common.shown import shortened
from mspe.common.text_files import read_text
from mspe.common.yaml_files import LARGEST_FILE, parse_yaml, read_yaml
from mspe.config import Params

if TYPE_CHECKING:
    from ruamel.yaml import YAML

PARAMS = "params.yaml"


def apply_recipe(recipe: str | Path, params: str | Path = PARAMS) -> str:
    """The text of `params.yaml` with a recipe's values in it; its comments and the order of its keys stay.

    What an anchor stands for, in either file, is written out wherever it is used: with other values between, the same
    anchor would stand twice.

    Raises
    ------
    MspeError
        If a file is missing or no YAML mapping, or a parameter or its value is not allowed.
    """
    form = _comment_keeping_yaml()
    text = io.StringIO()
    form.dump(_without_anchors(merged(_load(params, form), _without_comments(_load(recipe, form)))), text)
    validate(Params, parse_yaml(text.getvalue(), f"{recipe} in {params}"), f"{recipe} in {params}")
    return text.getvalue()


def _comment_keeping_yaml() -> "YAML":
    from ruamel.yaml import YAML
    from ruamel.yaml.representer import RoundTripRepresenter

    class Representer(RoundTripRepresenter):
        """Writes null as null, where ruamel.yaml's own leaves the value out."""

    Representer.add_representer(type(None), lambda self, _: self.represent_scalar("tag:yaml.org,2002:null", "null"))
    form = YAML()
    form.Representer = Representer
    form.preserve_quotes = True
    form.width = 120
    return form


def _load(path: str | Path, form: "YAML") -> Mapping[str, Any]:
    from ruamel.yaml import YAMLError

    text = read_text(path, "run from the repository's top folder", LARGEST_FILE)
    plain = parse_yaml(text, str(path))
    try:
        values = form.load(text)
    except (YAMLError, ValueError) as error:  # it reads YAML 1.2, the project's other readers 1.1
        raise MspeError(f"{path}: not valid YAML ({shortened(str(error), 240)})") from None
    if not isinstance(plain, Mapping) or not isinstance(values, Mapping):
        raise MspeError(f"{path}: not a mapping of parameters, expected sections such as `model: {{heads: 8}}`")
    return values


def _without_comments(values: Any) -> Any:
    """The same tree, without the recipe's comments on its mappings and lists: those of `params.yaml` stay."""
    if isinstance(values, (dict, list)):
        comments: Any = values.ca  # type: ignore[union-attr]  # of ruamel.yaml's subclasses
        comments.comment = None
        comments.items.clear()
        for item in values.values() if isinstance(values, dict) else values:
            _without_comments(item)
    return values


def _without_anchors(values: Any) -> Any:
    """The same tree, every value of which is written without a name."""
    anchor = getattr(values, "anchor", None)
    if anchor is not None:
        anchor.value = None
    if isinstance(values, (dict, list)):
        for item in values.values() if isinstance(values, dict) else values:
            _without_anchors(item)
    return values


def differences(old: Mapping[str, Any], new: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """List what differs between two trees of parameters, a line per parameter.

    Examples
    --------
    >>> list(differences({"seeds": [0], "model": {"heads": 4}}, {"seeds": [0], "model": {"heads": 8, "norm": None}}))
    ['model.heads: 4 → 8', 'model.norm: absent → null']
    """
    for name in [*old, *(name for name in new if name not in old)]:
        before, after = old.get(name, "absent"), new.get(name, "absent")
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from differences(before, after, f"{path}{name}.")
        elif before != after:
            yield f"{path}{name}: {_shown(before)} → {_shown(after)}"


def _shown(value: Any) -> str:
    """As YAML writes it, on one line."""
    return yaml.safe_dump(value, default_flow_style=True, width=10**6).splitlines()[0]


def put_recipe(recipe: str | Path) -> list[str]:
    """Put a recipe into `params.yaml`; return what that changes, a line per parameter.

    Raises
    ------
    MspeError
        As `apply_recipe` does; `params.yaml` is left as it is then.
    """
    text = apply_recipe(recipe)
    changed = list(differences(read_yaml(PARAMS), parse_yaml(text, PARAMS)))
    if changed:
        write_text(PARAMS, text)
    return changed
