"""What `fit`, `predict` and `score` are given, checked: graphs from SMILES or PyG `Data`, and targets."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.common.shown import shown
from mspe.graphs.clean_graph import refuse_numbered, usable_graph
from mspe.graphs.molecules import describe_problem, molecule_structure
from mspe.graphs.validation import Problem


def read_graphs(samples: Iterable[Data] | Iterable[str], name: str = "X") -> list[Data]:
    """Return samples as graphs with the attributes that are read; none of those given is changed.

    Parameters
    ----------
    samples
        SMILES strings, or PyG `Data`; a list, an array or a column of them.
    name
        Of the argument, for errors.

    Raises
    ------
    MspeError
        If there is none, they are of several types, or one cannot be used: it is named by its index.
    """
    if isinstance(samples, str | Data) or not isinstance(samples, Iterable):
        raise MspeError(f"{name}: got one {type(samples).__name__}, allowed: a list of SMILES or of PyG Data")
    listed: list[Any] = list(samples)
    if not listed:
        raise MspeError(f"{name}: got none, allowed: a list of at least one SMILES string or PyG Data")
    kind = str if isinstance(listed[0], str) else Data
    for index, sample in enumerate(listed):
        if not isinstance(sample, kind):
            others = "" if index == 0 else f", as all others: {name}[0] is {type(listed[0]).__name__}"
            raise MspeError(
                f"{name}[{index}] is {type(sample).__name__}, allowed: SMILES strings alone or PyG Data alone{others}"
            )
    return [_read(sample, f"{name}[{index}]") for index, sample in enumerate(listed)]


def _read(sample: Data | str, place: str) -> Data:
    graph: Data | Problem | None
    if isinstance(sample, str):
        graph = describe_problem(sample) or molecule_structure(sample)
    else:
        attributes = sample.to_dict()
        refuse_numbered(attributes, place)
        graph = usable_graph(attributes)
    if isinstance(graph, Problem):
        raise MspeError(f"{place}: {graph}; correct it, or leave it out")
    return graph


def read_targets(graphs: Sequence[Data], targets: Any = None) -> np.ndarray:
    """Return the targets of graphs as an array with a row per graph, finite where they are numbers.

    Parameters
    ----------
    graphs
        As `read_graphs` gives them.
    targets
        A list, an array or a tensor; None: the graphs' own `y`.

    Raises
    ------
    MspeError
        If there are none, more or fewer than graphs, NaN or infinite ones, or they are text and numbers.
    """
    given = _own_targets(graphs) if targets is None else list(targets)
    if len(given) != len(graphs):
        raise MspeError(f"y: got {len(given)} targets for {len(graphs)} samples; give one per sample")
    if len({isinstance(value, str) for value in given}) > 1:
        raise MspeError("y holds text and numbers, allowed: one of these; write all classes in one way")
    try:
        values = np.array([np.asarray(value) for value in given])
    except ValueError:
        raise MspeError("y: its rows have several lengths, allowed: as many targets for every sample") from None
    if values.dtype.kind in "fc":
        _refuse_nonfinite(values)
    elif values.dtype.kind not in "biuU":
        raise MspeError(f"y holds {shown(values.flatten()[0].item())}, allowed: numbers or, of classes, text")
    return values


def _refuse_nonfinite(values: np.ndarray) -> None:
    unknown = ~np.isfinite(values.reshape(len(values), -1)).all(axis=1)
    if unknown.any():
        index = int(unknown.argmax())
        raise MspeError(
            f"y[{index}] is {shown(values[index].tolist())}, as {int(unknown.sum())} of {len(values)} targets that are "
            "not finite; leave these samples out"
        )


def _own_targets(graphs: Sequence[Data]) -> list[Any]:
    for index, graph in enumerate(graphs):
        if graph.y is None:
            raise MspeError(f"y: got none, and X[{index}] has no y of its own; give y")
    return [graph.y.flatten() if graph.y.numel() > 1 else graph.y.item() for graph in graphs]
