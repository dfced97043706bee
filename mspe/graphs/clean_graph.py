"""One form for PyG graphs, whatever made them."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import MspeError

_WHOLE = {torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64}
_REAL = {torch.float16, torch.bfloat16, torch.float32, torch.float64}


def clean_graph(attributes: Mapping[str, Any], place: str) -> Data:
    """A graph with x, edge_index, edge_attr, edge_weight and y alone, of 64-bit integers or 32-bit reals.

    Its nodes are as many as x has rows, else as many as it says, else one more than its largest index.

    Raises
    ------
    MspeError
        If one of them is no dense tensor of numbers, or a feature has too many dimensions.

    Examples
    --------
    >>> clean_graph({"x": torch.tensor([True, False]), "edge_index": torch.tensor([[0], [1]]), "name": "a"}, "a.pt")
    Data(x=[2, 1], edge_index=[2, 1], num_nodes=2)
    """
    names = ("x", "edge_index", "edge_attr", "edge_weight", "y", "num_nodes")
    given = {name: _tensor(attributes[name], name, place) for name in names if attributes.get(name) is not None}
    stored = given.pop("num_nodes", None)
    for name in ("x", "edge_attr"):
        if name in given:
            given[name] = _columns(given[name], name, place)
    if "edge_weight" in given:
        weight = given["edge_weight"].float()
        given["edge_weight"] = weight.flatten() if weight.size() == (weight.numel(), 1) else weight
    if "edge_index" in given and given["edge_index"].numel() == 0:
        given["edge_index"] = given["edge_index"].long()
    count = _num_nodes(given, stored)
    kept = {name: values for name, values in given.items() if name not in ("x", "edge_attr") or values.size(1)}
    if "y" in kept and kept["y"].numel() == 0:
        del kept["y"]
    return Data(**kept, num_nodes=count)


def _tensor(value: Any, name: str, place: str) -> Tensor:
    """A dense tensor of 64-bit integers or 32-bit reals; a number of Python's where one number is meant."""
    if name in ("y", "num_nodes") and (isinstance(value, float) or (isinstance(value, int) and abs(value) < 2**63)):
        value = torch.tensor([value])
    given = type(value).__name__
    if isinstance(value, Tensor):
        value = value.as_tensor() if hasattr(value, "as_tensor") else value
        given = f"{str(value.layout).removeprefix('torch.')} {value.dtype} of shape {list(value.shape)}"
        if _is_plain(value):
            plain = value.detach().as_subclass(Tensor)
            return plain.float() if value.dtype in _REAL else plain.long()
    raise MspeError(
        f"{place}: {name} is {given}, allowed: a dense tensor of real or whole numbers that is no view of fewer; "
        "convert it, or save a clone"
    )


def _is_plain(tensor: Tensor) -> bool:
    """Whether a tensor's numbers can be used as they are, and are all there: an expanded one can claim any size."""
    if tensor.layout != torch.strided or tensor.is_nested or tensor.is_meta or tensor.dtype not in _WHOLE | _REAL:
        return False
    return tensor.numel() * tensor.element_size() <= tensor.untyped_storage().nbytes()


def _columns(tensor: Tensor, name: str, place: str) -> Tensor:
    if tensor.ndim not in (1, 2):
        raise MspeError(
            f"{place}: {name} has shape {list(tensor.shape)}, allowed: [rows] or [rows, columns]; reshape it"
        )
    return tensor if tensor.ndim == 2 else tensor[:, None]


def _num_nodes(given: Mapping[str, Tensor], stored: Tensor | None) -> int:
    if "x" in given:
        return given["x"].size(0)
    if stored is not None and stored.numel() == 1 and not stored.is_floating_point():
        return int(stored)
    index = given.get("edge_index")
    return 0 if index is None or index.numel() == 0 or index.is_floating_point() else int(index.max()) + 1
