"""The graphs in a file that `torch.save` wrote, loaded without running code."""

import logging
import re
import sys
import warnings
from collections.abc import Mapping
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.data.data import DataEdgeAttr, DataTensorAttr
from torch_geometric.data.separate import separate
from torch_geometric.data.storage import BaseStorage, EdgeStorage, GlobalStorage, NodeStorage

from mspe.common.errors import MspeError
from mspe.common.shown import first_of, shortened
from mspe.common.tensor_files import verify_tensors
from mspe.common.unpacking import refuse_special

logger = logging.getLogger(__name__)

_CLASSES = [DataEdgeAttr, DataTensorAttr, GlobalStorage, BaseStorage, NodeStorage, EdgeStorage]
"""What a Data or a HeteroData consists of, beside the classes that PyG has declared safe."""
_OF_BATCHES = {
    "torch_geometric.data.batch.Batch",
    "torch_geometric.data.batch.DynamicInheritance",
    "torch_geometric.data.batch.DynamicInheritanceGetter",
    *(f"{kind.__module__}.{kind.__qualname__}" for kind in _CLASSES),
}
"""Names in a file of a `Batch`."""

_READ = "`graphs = torch.load(PATH, weights_only=False)`"
_REMEDIES = {
    "Batch": f"convert it in two lines: {_READ}, `torch.save(graphs.to_data_list(), PATH)`",
    "HeteroData": "its nodes and edges are of several types; convert it in two lines: "
    f"{_READ}, `torch.save([g.to_homogeneous() for g in graphs], PATH)`",
    "other": "if you trust the file and it holds a subclass of Data, convert it in two lines: "
    f"{_READ} (or, of a processed data.pt, its dataset), `torch.save([Data.from_dict(g.to_dict()) for g in graphs], "
    "PATH)`",
}


def load_graphs(path: Path) -> list[dict[str, Any]]:
    """The attributes of the graphs in a file: one `Data`, a list or tuple of them, or PyG's processed `data.pt`.

    A graph without `edge_index` beside graphs that have one has no edges, with a line in the log.

    Raises
    ------
    MspeError
        If the file is damaged, holds anything else, or would execute code.
    """
    content = _load(path)
    if _is_collated(content):
        items = _separate(content[0], content[1], path)
    else:
        items = list(content) if isinstance(content, list | tuple) else [content]
    if not items:
        raise MspeError(f"{path}: holds an empty list; save at least one PyG Data, or remove the file")
    other = next((_kind(item) for item in reversed(items) if type(item) is not Data), None)
    if other is not None:
        remedy = _REMEDIES.get(other, "save those with torch.save").replace("PATH", repr(path.name))
        if not isinstance(content, list | tuple):
            remedy = remedy.replace("[g.to_homogeneous() for g in graphs]", "graphs.to_homogeneous()")
        raise MspeError(f"{path}: holds a {other}, allowed: a PyG Data, or a list of them; {remedy}")
    try:
        graphs = [item.to_dict() for item in items]
    except (AttributeError, RuntimeError):  # a Data without the storage that PyG gives it
        raise MspeError(
            f"{path}: holds a Data that PyG did not make; save PyG Data with tensors alone, or a list of them"
        ) from None
    _assume_no_edges(graphs, path)
    return graphs


def _kind(item: Any) -> str:
    return item.__name__ if isinstance(item, type) else type(item).__name__


def _load(path: Path) -> Any:
    refuse_special(path)
    if is_zipfile(path):  # torch's older format has no checksums
        verify_tensors(path)
    try:
        with torch.serialization.safe_globals(_CLASSES), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises a dozen types for a damaged archive
        unknown = re.search(r"GLOBAL ([\w.]+) ", str(error))
    if unknown is None:
        raise MspeError(
            f"{path}: cannot be read safely (damaged, or not written by torch.save); save PyG Data with tensors alone, "
            "or a list of them"
        )
    raise MspeError(
        f"{path}: cannot be read safely (holds {shortened(unknown[1])}, which may run code); save PyG Data with tensors"
        f" alone, or a list of them{_conversion(path)}"
    )


def _conversion(path: Path) -> str:
    """How to convert a file of PyG's batches, or of a user's own subclasses; of one that names anything else, nothing.

    The lines load the file whatever it holds: so they are no advice where it names a function, say `posix.system`, of
    Python or of a library that is installed.
    """
    try:
        named = torch.serialization.get_unsafe_globals_in_checkpoint(path)
    except Exception:  # torch cannot list them: it is an older format, or written to hide them
        return ""
    installed = sys.stdlib_module_names | packages_distributions().keys()
    others = [name for name in named if name not in _OF_BATCHES]
    if any(
        name.split(".")[0] in installed or (name.count(".") > 1 and name.startswith("__main__.")) for name in others
    ):
        return ""
    return "; " + _REMEDIES["other" if others else "Batch"].replace("PATH", repr(path.name))


def _is_collated(content: Any) -> bool:
    """Whether it is what `InMemoryDataset` writes: all graphs joined, where each begins, and the class of them."""
    if not isinstance(content, tuple) or not 2 <= len(content) <= 3:
        return False
    joined, slices = content[:2]
    return (
        isinstance(joined, Data | Mapping)
        and isinstance(slices, Mapping)
        and bool(slices)
        and content[2:] in ((), (Data,))
        and not any(_is_view_of_fewer(starts) for starts in slices.values())
    )


def _is_view_of_fewer(starts: Any) -> bool:
    """Whether a tensor claims more numbers than are stored, and so more graphs than a file of its size can hold."""
    return isinstance(starts, Tensor) and starts.numel() * starts.element_size() > starts.untyped_storage().nbytes()


def _separate(joined: Data | Mapping[str, Any], slices: Mapping[str, Any], path: Path) -> list[Any]:
    """The graphs that `InMemoryDataset.collate` joined."""
    try:
        batch = joined if isinstance(joined, Data) else Data.from_dict(dict(joined))
        count = len(next(iter(slices.values()))) - 1
        return [separate(Data, batch, number, slices, decrement=False) for number in range(count)]
    except Exception as error:  # whatever a pair of mappings of another meaning makes of it
        raise MspeError(
            f"{path}: cannot be taken apart as PyG's (data, slices): {error!r}; save a list of PyG Data"
        ) from None


def _assume_no_edges(graphs: list[dict[str, Any]], path: Path) -> None:
    """Give graphs without `edge_index` an empty one where others have edges, and none tells them in another way."""
    without = [n for n, graph in enumerate(graphs) if not any("edge" in name or "adj" in name for name in graph)]
    if not without or len(without) == len(graphs):
        return
    for number in without:
        graphs[number]["edge_index"] = torch.empty(2, 0, dtype=torch.long)
    logger.warning(
        "%s: %d graphs have no edge_index, taken as without edges: %s", path, len(without), first_of(without)
    )
