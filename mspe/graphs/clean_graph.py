"""One form for PyG graphs, whatever made them."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.graphs.packing import FEATURE_KEY
from mspe.graphs.validation import Problem, find_problem

_WHOLE = {torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64}
_REAL = {torch.float16, torch.bfloat16, torch.float32, torch.float64}


NODE_FIELDS = ("x", "pos", "z", "feat", "batch", "node_type", "train_mask")
"""What has a row per node, by which nodes are counted where they are not told otherwise."""

USED = ("x", "edge_index", "edge_attr", "edge_weight", "y", "num_nodes")
"""The attributes that are read."""


class _UnreadableError(ValueError):
    """An attribute is not what it has to be."""


def refuse_numbered(attributes: Mapping[str, Any], place: str) -> None:
    """Refuse a graph whose features have been numbered or scaled by a dataset's own tables.

    Taken for raw features they would be numbered once more, and a model of them would misread new graphs.

    Raises
    ------
    MspeError
        If it carries the mark of such tables.
    """
    if attributes.get(FEATURE_KEY) is not None:
        raise MspeError(
            f"{place}: its features are numbered or scaled by get_dataset ({FEATURE_KEY}), allowed: as they were "
            "before; give the dataset by its name, or what it was read from"
        )


def usable_graph(attributes: Mapping[str, Any]) -> Data | Problem:
    """A graph with x, edge_index, edge_attr, edge_weight and y alone, of 64-bit integers or 32-bit reals.

    Its nodes are as many as x has rows, else as many as it says, else as many as `pos` or another of `NODE_FIELDS` has
    rows, else one more than its largest index.

    Returns
    -------
    Data or Problem
        A problem where an attribute is no dense tensor of numbers, or `find_problem` finds one.

    Examples
    --------
    >>> usable_graph({"x": torch.tensor([True, False]), "edge_index": torch.tensor([[0], [1]]), "name": "a"})
    Data(x=[2, 1], edge_index=[2, 1], num_nodes=2)
    >>> print(usable_graph({"x": ["C", "N"], "edge_index": torch.tensor([[0], [1]])}))
    unreadable attribute: x is list, allowed: a dense tensor of real or whole numbers that is no view of fewer
    """
    try:
        graph = _clean(attributes)
    except _UnreadableError as error:
        return Problem("unreadable attribute", str(error))
    return find_problem(graph) or graph


def _clean(attributes: Mapping[str, Any]) -> Data:
    kept = _without_empty(attributes)
    given = {name: _tensor(kept[name], name) for name in USED if kept.get(name) is not None}
    stored = given.pop("num_nodes", None)
    for name in ("x", "edge_attr"):
        if name in given:
            given[name] = _columns(given[name], name)
    if "edge_weight" in given:
        weight = given["edge_weight"].float()
        given["edge_weight"] = weight.flatten() if weight.size() == (weight.numel(), 1) else weight
    count = _num_nodes(given, stored, attributes)
    fields = {name: values for name, values in given.items() if name not in ("x", "edge_attr") or values.size(1)}
    if "y" in fields and fields["y"].numel() == 0:
        del fields["y"]
    return Data(**fields, num_nodes=count)


def _without_empty(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Of a graph without edges: an empty `edge_index` of the right form, and no edge features that say nothing.

    Whatever stands for nothing there ([], shape [0], of any type) is no reason to refuse the graph.
    """
    index = attributes.get("edge_index")
    if not _is_empty(index):
        return dict(attributes)
    kept = {**attributes, "edge_index": torch.empty(2, 0, dtype=torch.long)}
    for name in ("edge_attr", "edge_weight"):
        value = kept.get(name)
        if _is_empty(value) and not (isinstance(value, Tensor) and value.ndim == 2 and _is_plain(value)):
            del kept[name]
    return kept


def _is_empty(value: Any) -> bool:
    return (isinstance(value, Tensor) and value.numel() == 0) or (isinstance(value, list | tuple) and not value)


def _tensor(value: Any, name: str) -> Tensor:
    """A dense tensor of 64-bit integers or 32-bit reals; a number of Python's where one number is meant."""
    if name in ("y", "num_nodes") and (isinstance(value, float) or (isinstance(value, int) and abs(value) < 2**63)):
        value = torch.tensor([value])
    given = type(value).__name__
    if isinstance(value, Tensor):
        value = value.as_tensor() if hasattr(value, "as_tensor") else value
        if value.is_nested:  # which has no shape
            raise _UnreadableError(f"{name} is a nested tensor, allowed: a dense tensor of real or whole numbers")
        given = f"{str(value.layout).removeprefix('torch.')} {value.dtype} of shape {list(value.shape)}"
        if _is_plain(value):
            plain = value.detach().as_subclass(Tensor)
            return plain.float() if value.dtype in _REAL else plain.long()
    raise _UnreadableError(
        f"{name} is {given}, allowed: a dense tensor of real or whole numbers that is no view of fewer"
    )


def _is_plain(tensor: Tensor) -> bool:
    """Whether a tensor's numbers can be used as they are, and are all there: an expanded one can claim any size."""
    if tensor.layout != torch.strided or tensor.is_nested or tensor.is_meta or tensor.dtype not in _WHOLE | _REAL:
        return False
    return tensor.numel() * tensor.element_size() <= tensor.untyped_storage().nbytes()


def _columns(tensor: Tensor, name: str) -> Tensor:
    if tensor.ndim not in (1, 2):
        raise _UnreadableError(f"{name} has shape {list(tensor.shape)}, allowed: [rows] or [rows, columns]")
    return tensor if tensor.ndim == 2 else tensor[:, None]


def _num_nodes(given: Mapping[str, Tensor], stored: Tensor | None, attributes: Mapping[str, Any]) -> int:
    if "x" in given:
        return given["x"].size(0)
    if stored is not None and stored.numel() == 1 and not stored.is_floating_point():
        return int(stored)
    index = given.get("edge_index")
    counted = 0 if index is None or index.numel() == 0 or index.is_floating_point() else int(index.max()) + 1
    return max(counted, *(_rows(attributes.get(name)) for name in NODE_FIELDS))


def _rows(value: Any) -> int:
    return value.size(0) if isinstance(value, Tensor) and value.ndim > 0 else 0


def tells_node_count(attributes: Mapping[str, Any]) -> bool:
    """Return whether a graph says how many nodes it has, other than by the largest index of its edges."""
    return any(attributes.get(name) is not None for name in (*NODE_FIELDS, "num_nodes"))
