"""Many graphs in a few flat tensors."""

import copy
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import islice
from pathlib import Path
from typing import Any, overload

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor
from torch.utils.data import Dataset
from torch_geometric.data import Batch, Data

from mspe.common.errors import MspeError
from mspe.common.mapped_pages import MappedPages
from mspe.common.tensor_files import read_tensors, write_tensors
from mspe.graphs.narrow import WidenedFields, narrowest
from mspe.graphs.packing import (
    EDGE_LABEL_INDEX,
    HAS_PAIRS,
    Level,
    attribute_level,
    attribute_rows,
    check_form,
    count_links,
    packable_attributes,
)

_PIECE = 10_000
"""Graphs."""


class PackedGraphs(Dataset[Data]):
    """A list of graphs, stored as flat tensors plus offsets.

    Indexing with a number gives a PyG `Data`; with a slice, a list or a tensor it gives the chosen graphs, packed.
    Any PyG loader takes it as a dataset; `collate` builds a batch without making a `Data` a graph.

    Parameters
    ----------
    num_nodes, num_edges
        How many nodes and directed edges each graph has.
    edge_index
        The edges of all graphs, one graph after the other, numbered within their graph.
    fields
        Tensors by name, flat over all graphs. To change one, `with_fields`: what is read of a field whose whole numbers
        are stored in a smaller type is a copy, and writing into it changes nothing.
    levels
        What one row of a field belongs to: a ``graph``, a ``node``, an ``edge``, a ``pair`` of nodes of one graph (n²
        rows a graph, row-major), a node of a graph without pairs (``measure``), or a ``link``: a pair of nodes that is
        to be scored. Where there is a field `has_pairs` [graphs], graphs for which it is false have no rows of pairs.
    types
        By field, and of `edge_index`, the type that it is read as, where its whole numbers are stored in a smaller one
        (`narrowed`); None: its own.
    num_links
        How many links each graph has; None for none. Their nodes are the field `edge_label_index` [links, 2], which a
        `Data` and a batch hold as PyG does, [2, links].

    Raises
    ------
    MspeError
        If a field's length is not what its level asks for.

    Examples
    --------
    >>> path = Data(edge_index=torch.tensor([[0, 1], [1, 0]]), y=torch.zeros(1, 1), num_nodes=2)
    >>> graphs = PackedGraphs.from_list([path, path, path])
    >>> len(graphs), graphs.num_nodes.tolist(), graphs.collate([0, 2]).edge_index.tolist()
    (3, [2, 2, 2], [[0, 1, 2, 3], [1, 0, 3, 2]])
    """

    def __init__(
        self,
        num_nodes: Int[Tensor, " graphs"],
        num_edges: Int[Tensor, " graphs"],
        edge_index: Int[Tensor, "2 edges"],
        fields: Mapping[str, Tensor],
        levels: Mapping[str, Level],
        num_links: Int[Tensor, " graphs"] | None = None,
        types: Mapping[str, torch.dtype] | None = None,
    ) -> None:
        self.num_nodes = num_nodes.long()
        self.num_edges = num_edges.long()
        self.num_links = torch.zeros_like(self.num_nodes) if num_links is None else num_links.long()
        self.levels = dict(levels)
        self._edges = edge_index
        self._stored = dict(fields)
        own = {name: field.dtype for name, field in {"edge_index": edge_index, **self._stored}.items()}
        self._types = {**own, **(types or {})}
        self._mapped: tuple[MappedPages, ...] = ()
        self._offsets_of: dict[Level, Tensor] = {}  # of the levels that are asked for: eight bytes per graph each
        self._check()

    @property
    def edge_index(self) -> Int[Tensor, "2 edges"]:
        """The edges of all graphs, one graph after the other, numbered within their graph."""
        return self._edges.to(self._types["edge_index"])

    @property
    def fields(self) -> WidenedFields:
        """Tensors by name, flat over all graphs."""
        return WidenedFields(self._stored, {name: self._types[name] for name in self._stored})

    def _check(self) -> None:
        lengths: dict[str, tuple[int, Level]] = {"edge_index": (self._edges.size(1), "edge")}
        lengths |= {name: (field.size(0), self.levels[name]) for name, field in self._stored.items()}
        for name, (length, level) in lengths.items():
            expected = int(self._counts(level).sum())
            if length != expected:
                raise MspeError(f"packed field {name!r} has {length} rows, expected {expected}, one a {level}")

    def _counts(self, level: Level) -> Int[Tensor, " graphs"]:
        """How many rows each graph has in a field of this level."""
        if level in ("pair", "measure"):
            has_pairs = self._stored.get(HAS_PAIRS, torch.ones_like(self.num_nodes, dtype=torch.bool))
            return self.num_nodes**2 * has_pairs if level == "pair" else self.num_nodes * ~has_pairs
        if level == "graph":
            return torch.ones_like(self.num_nodes)
        return {"node": self.num_nodes, "edge": self.num_edges, "link": self.num_links}[level]

    def _offsets(self, level: Level) -> Int[Tensor, " graphs_plus_one"]:
        """How many rows stand before those of each graph, and in all."""
        if level not in self._offsets_of:
            self._offsets_of[level] = _offsets(self._counts(level))
        return self._offsets_of[level]

    @classmethod
    def from_list(cls, graphs: Sequence[Data], levels: Mapping[str, Level] | None = None) -> "PackedGraphs":
        """Pack PyG graphs that all carry the same attributes.

        Parameters
        ----------
        graphs
            Attributes that are neither tensors nor numbers are left out, with a line in the log. A graph without edges
            need not have those of edges.
        levels
            What one row of an attribute belongs to, where a graph's shapes leave it open; by default what PyG says of
            the first graph that has it, with edges where there is one (`is_edge_attr`, `is_node_attr`).

        Raises
        ------
        MspeError
            If the list is empty, or a graph lacks an attribute that another one has, or has it in another width.
        """
        if not graphs:
            raise MspeError("cannot pack an empty list of graphs; give at least one")
        for number, graph in enumerate(graphs):
            check_form(graph, number)
        first, given = packable_attributes(graphs), levels or {}
        known = {name: given.get(name) or attribute_level(graphs[first[name]], name) for name in first}
        return cls(
            num_nodes=torch.tensor([graph.num_nodes for graph in graphs]),
            num_edges=torch.tensor([graph.num_edges for graph in graphs]),
            edge_index=torch.cat([graph.edge_index for graph in graphs], dim=1).int(),
            fields={name: attribute_rows(graphs, name, known[name], first[name]) for name in first},
            levels=known,
            num_links=torch.tensor([count_links(graph) for graph in graphs]),
        )

    @classmethod
    def from_structure(cls, graph: Data) -> "PackedGraphs":
        """One graph's edges and, where present, edge weights, without its other fields."""
        check_form(graph, 0)
        weights = {} if graph.get("edge_weight") is None else {"edge_weight": graph.edge_weight}
        return cls(
            num_nodes=torch.tensor([graph.num_nodes], device=graph.edge_index.device),
            num_edges=torch.tensor([graph.num_edges], device=graph.edge_index.device),
            edge_index=graph.edge_index,
            fields=weights,
            levels=dict.fromkeys(weights, "edge"),
        )

    @classmethod
    def from_batch(cls, batch: Batch) -> "PackedGraphs":
        """The structure of a PyG batch (edges and, where present, edge weights), without its other fields."""
        ptr = batch.ptr.to(batch.edge_index.device)
        graph_of_edge = batch.batch[batch.edge_index[0]]
        order = torch.argsort(graph_of_edge, stable=True)
        weights = {"edge_weight": batch.edge_weight[order]} if batch.get("edge_weight") is not None else {}
        return cls(
            num_nodes=ptr.diff(),
            num_edges=torch.bincount(graph_of_edge, minlength=ptr.numel() - 1),
            edge_index=batch.edge_index[:, order] - ptr[graph_of_edge[order]],
            fields=weights,
            levels=dict.fromkeys(weights, "edge"),
        )

    @classmethod
    def concatenate(cls, parts: Sequence["PackedGraphs"]) -> "PackedGraphs":
        """Join packed graphs that carry the same fields, in order."""
        first = parts[0]
        types = {name: reduce(torch.promote_types, (part._types[name] for part in parts)) for name in first._types}
        return cls(
            num_nodes=torch.cat([part.num_nodes for part in parts]),
            num_edges=torch.cat([part.num_edges for part in parts]),
            edge_index=torch.cat([part._edges for part in parts], dim=1),
            fields={name: torch.cat([part._stored[name] for part in parts]) for name in first._stored},
            levels=first.levels,
            num_links=torch.cat([part.num_links for part in parts]),
            types=types,
        )

    def narrowed(self) -> "PackedGraphs":
        """Return the same graphs, whose whole numbers take the fewest bytes that hold them until they are read.

        Examples
        --------
        >>> graphs = PackedGraphs.from_list([Data(x=torch.tensor([[6], [8]]), edge_index=torch.tensor([[0], [1]]))])
        >>> small = graphs.narrowed()
        >>> graphs.bytes_per_graph().tolist(), small.bytes_per_graph().tolist(), small[0].x.dtype
        ([24], [4], torch.int64)
        """
        return self._replaced({name: narrowest(field) for name, field in self._stored.items()}, narrowest(self._edges))

    def pieces(self) -> Iterator["PackedGraphs"]:
        """Cut the graphs, in order, into pieces of a few thousand.

        So whole numbers are at no time all in the type that they are read as, which takes eight times the memory.
        """
        if len(self) <= _PIECE:
            yield self
            return
        for start in range(0, len(self), _PIECE):
            yield self[start : start + _PIECE]

    def bytes_per_graph(self) -> Int[Tensor, " graphs"]:
        """Bytes that each graph's edges and fields take as they are stored."""
        rows: list[tuple[Tensor, Level]] = [(self._edges.T, "edge")]
        rows += [(field, self.levels[name]) for name, field in self._stored.items()]
        sizes = [math.prod(field.shape[1:]) * field.element_size() * self._counts(level) for field, level in rows]
        return torch.stack(sizes).sum(dim=0)

    def _replaced(self, stored: Mapping[str, Tensor], edges: Tensor) -> "PackedGraphs":
        """The same graphs with these fields, of types and levels that stand here, in place of their own."""
        graphs = type(self)(
            num_nodes=self.num_nodes,
            num_edges=self.num_edges,
            edge_index=edges,
            fields=stored,
            levels={name: self.levels[name] for name in stored},
            num_links=self.num_links,
            types={name: self._types[name] for name in ("edge_index", *stored)},
        )
        graphs._mapped = self._mapped
        return graphs

    def with_fields(self, fields: Mapping[str, Tensor], levels: Mapping[str, Level]) -> "PackedGraphs":
        """The same graphs with further fields; a field of the same name is replaced."""
        given = fields if isinstance(fields, WidenedFields) else WidenedFields.of(fields)
        graphs = type(self)(
            num_nodes=self.num_nodes,
            num_edges=self.num_edges,
            edge_index=self._edges,
            fields={**self._stored, **given.stored},
            levels={**self.levels, **levels},
            num_links=self.num_links,
            types={**self._types, **given.types},
        )
        graphs._mapped = self._mapped
        return graphs

    def with_targets(self, values: Tensor) -> "PackedGraphs":
        """The same graphs with `y` [graphs, targets]."""
        return self.with_fields({"y": values}, {"y": "graph"})

    def without_fields(self, names: Iterable[str]) -> "PackedGraphs":
        """The same graphs without the fields of these names, where they have them."""
        dropped = set(names)
        return self._replaced({name: field for name, field in self._stored.items() if name not in dropped}, self._edges)

    def with_fields_of(self, other: "PackedGraphs") -> "PackedGraphs":
        """The same graphs with the fields of `other`, which must describe graphs of the same sizes.

        Raises
        ------
        MspeError
            If the two do not describe the same number of graphs with the same node counts.
        """
        if not torch.equal(self.num_nodes, other.num_nodes):
            raise MspeError(
                f"cannot join the fields {', '.join(other.fields)}: they belong to other graphs "
                f"({len(other)} graphs, {int(other.num_nodes.sum())} nodes) than these "
                f"({len(self)} graphs, {int(self.num_nodes.sum())} nodes); run `dvc repro`"
            )
        joined = self.with_fields(other.fields, other.levels)
        joined._mapped += other._mapped
        return joined

    def __len__(self) -> int:
        return self.num_nodes.numel()

    @overload
    def __getitem__(self, index: int) -> Data: ...
    @overload
    def __getitem__(self, index: slice | Sequence[int] | Tensor) -> "PackedGraphs": ...
    def __getitem__(self, index: Any) -> "Data | PackedGraphs":
        if isinstance(index, (int, np.integer)):
            return self._graph(int(index))
        if isinstance(index, slice):
            index = range(*index.indices(len(self)))
        return self._select(torch.as_tensor(index, dtype=torch.long))

    def __iter__(self) -> Iterator[Data]:
        return (self._graph(index) for index in range(len(self)))

    def _graph(self, index: int) -> Data:
        if not -len(self) <= index < len(self):
            raise IndexError(f"graph {index} of {len(self)}")
        index %= len(self)
        levels: set[Level] = {"edge", *self.levels.values()}
        spans = {level: slice(*self._offsets(level)[index : index + 2].tolist()) for level in levels}
        rows = {name: field[spans[self.levels[name]]] for name, field in self._stored.items()}
        fields = dict(WidenedFields(rows, self._types))
        if EDGE_LABEL_INDEX in fields:
            fields[EDGE_LABEL_INDEX] = fields[EDGE_LABEL_INDEX].T
        return Data(edge_index=self._edges[:, spans["edge"]].long(), num_nodes=int(self.num_nodes[index]), **fields)

    def rows(self, level: Level, graphs: Int[Tensor, " chosen"]) -> Int[Tensor, " rows"]:
        """The rows that the chosen graphs have in a field of this level, in the order of the choice."""
        return _ranges(self._offsets(level)[graphs], self._counts(level)[graphs])

    def gather_rows(self, field: Tensor, level: Level, graphs: Int[Tensor, " chosen"]) -> Tensor:
        """The chosen graphs' rows of a field of this level, stacked: the graphs must have equally many."""
        starts, length = self._offsets(level)[graphs], self._equal_count(level, graphs)
        return field.unfold(0, length, 1)[starts] if field.ndim == 1 else field[self.rows(level, graphs)]

    def scatter_rows(self, field: Tensor, level: Level, graphs: Int[Tensor, " chosen"], values: Tensor) -> None:
        """Write the chosen graphs' rows of a field of this level, converted to its type; they have equally many."""
        starts, length = self._offsets(level)[graphs].tolist(), self._equal_count(level, graphs)
        rows = values.reshape(graphs.numel(), length, *field.shape[1:])
        for start, row in zip(starts, rows, strict=True):
            field[start : start + length] = row

    def _equal_count(self, level: Level, graphs: Int[Tensor, " chosen"]) -> int:
        return int(self._counts(level)[graphs[0]])

    def without_edges(self, fields: Mapping[str, Tensor], levels: Mapping[str, Level]) -> "PackedGraphs":
        """Other fields of the same graphs, to be stored beside them: without edges, which are not stored twice."""
        no_edges = self.edge_index.new_zeros(2, 0)
        return type(self)(self.num_nodes, torch.zeros_like(self.num_nodes), no_edges, fields, levels)

    def _select(self, graphs: Int[Tensor, " chosen"]) -> "PackedGraphs":
        rows = {level: self.rows(level, graphs) for level in {"edge", *self.levels.values()}}
        return type(self)(
            num_nodes=self.num_nodes[graphs],
            num_edges=self.num_edges[graphs],
            edge_index=self._edges[:, rows["edge"]],
            fields={name: field.index_select(0, rows[self.levels[name]]) for name, field in self._stored.items()},
            levels=self.levels,
            num_links=self.num_links[graphs],
            types=self._types,
        )

    def collate(self, graphs: Sequence[int] | Int[Tensor, " chosen"]) -> Batch:
        """Build a PyG `Batch` of the chosen graphs by slicing the flat tensors.

        It has `batch`, `ptr`, `edge_index` and every field, concatenated; a pair field stays flat (Σn² rows). PyG's
        `to_data_list` gives the graphs back.
        """
        chosen = self._select(torch.as_tensor(graphs, dtype=torch.long))
        return next(chosen.batches([len(chosen)]))

    def batches(self, sizes: Sequence[int]) -> Iterator[Batch]:
        """Cut all graphs, in order, into PyG batches of so many graphs each; their tensors share memory.

        Everything is computed once for all batches, so that one of them costs no more than a few slices. With b(g) the
        batch of graph g, f(b) its first graph and o(g) the first node of graph g among all, an edge of graph g is moved
        by o(g) − o(f(b(g))), from numbers within its graph to numbers within its batch.
        """
        count = torch.tensor(sizes, device=self.num_nodes.device)  # [batches]
        first = _offsets(count)  # f, and the number of graphs at the end: [batches + 1]
        node_offsets = self._offsets("node")  # o, and the number of nodes at the end: [graphs + 1]
        start = node_offsets[first[:-1]]  # node that each batch begins with: [batches]
        number = torch.arange(len(self), device=first.device) - torch.repeat_interleave(
            first[:-1], count
        )  # in its batch
        shift = node_offsets[:-1] - torch.repeat_interleave(start, count)  # of each graph's nodes: [graphs]
        ptr = self._batch_offsets("node", first, count)
        levels = {"node", "edge", *self.levels.values()}
        rows = {level: self._offsets(level)[first].diff().tolist() for level in levels}
        bounds = {
            level: (ptr if level == "node" else self._batch_offsets(level, first, count)).split([n + 1 for n in sizes])
            for level in levels
        }
        edge_index = self._edges + torch.repeat_interleave(shift, self.num_edges)  # int64, however they are stored
        fields = {name: field.split(rows[self.levels[name]]) for name, field in self.fields.items()}
        if EDGE_LABEL_INDEX in fields:
            links = self.fields[EDGE_LABEL_INDEX] + torch.repeat_interleave(shift, self.num_links)[:, None]
            fields[EDGE_LABEL_INDEX] = links.T.split(rows["link"], dim=1)
        columns = {
            "edge_index": edge_index.split(rows["edge"], dim=1),
            "batch": torch.repeat_interleave(number, self.num_nodes).split(rows["node"]),
            "ptr": bounds["node"],
            "num_nodes": rows["node"],
            **fields,
        }
        empty = Batch(_base_cls=Data)  # PyG makes a class each time one is built; a copy costs a quarter
        num_nodes = iter(self.num_nodes.tolist())
        for index, values in enumerate(zip(*columns.values(), strict=True)):
            batch = copy.copy(empty).update(dict(zip(columns, values, strict=True)))
            slices = {name: bounds[level][index] for name, level in {"edge_index": "edge", **self.levels}.items()}
            yield _separable(batch, slices, list(islice(num_nodes, sizes[index])))

    def _batch_offsets(
        self, level: Level, first: Int[Tensor, " batches_plus_one"], count: Int[Tensor, " batches"]
    ) -> Int[Tensor, " graphs_and_batches"]:
        """Where the rows of each graph begin within its batch, and behind the last graph's, batch after batch."""
        offsets = self._offsets(level)
        return offsets[_ranges(first[:-1], count + 1)] - torch.repeat_interleave(offsets[first[:-1]], count + 1)

    def groups_by_size(self, max_elements: int) -> Iterable[tuple[int, Int[Tensor, " group"]]]:
        """Yield (node count, graphs of that count), each group small enough that its n² grid has `max_elements`."""
        for size in torch.unique(self.num_nodes).tolist():
            members = torch.nonzero(self.num_nodes == size).flatten()
            for group in members.split(max(1, max_elements // max(1, size * size))):
                yield size, group

    def similar_groups(self, max_elements: int) -> Iterable[Int[Tensor, " group"]]:
        """Yield groups of graphs of similar sizes, whose padded n² grids have at most `max_elements`, or one graph."""
        order, start = torch.argsort(self.num_nodes, stable=True), 0
        for place, size in enumerate(self.num_nodes[order].tolist()):
            if place > start and (place + 1 - start) * size**2 > max_elements:
                yield order[start:place]
                start = place
        if len(self):
            yield order[start:]

    def to(self, device: str | torch.device) -> "PackedGraphs":
        """The same graphs on another device."""
        fields = {name: field.to(device) for name, field in self._stored.items()}
        structure = (self.num_nodes.to(device), self.num_edges.to(device), self._edges.to(device))
        return type(self)(*structure, fields, self.levels, self.num_links.to(device), self._types)

    def save(self, path: str | Path) -> None:
        """Write all tensors into one file, atomically, whole numbers in the smallest type that holds them."""
        small = self.narrowed()
        content = {
            **{name: narrowest(getattr(small, name)) for name in ("num_nodes", "num_edges", "num_links")},
            "edge_index": small._edges,
            "fields": small._stored,
            "levels": small.levels,
            "types": small._types,
        }
        write_tensors(path, content)

    @classmethod
    def load(cls, path: str | Path) -> "PackedGraphs":
        """Open what `save` wrote, every byte verified; fields stay in the file, mapped, until they are used.

        Raises
        ------
        MspeError
            If the file is missing, damaged, not of this kind, or written by an earlier version.
        """
        content = read_tensors(path, mapped=True)
        expected = {"num_nodes", "num_edges", "num_links", "edge_index", "fields", "levels", "types"}
        if set(content) != expected:
            raise MspeError(
                f"{path}: not a file of packed graphs of this version (keys {', '.join(map(str, content))}); run the "
                "stage that writes it again (`dvc repro`), beginning with preprocess"
            )
        graphs = cls(**content)
        tensors = [content["edge_index"], *content["fields"].values()]
        graphs._mapped = (MappedPages(tensors, Path(path).stat().st_size),)
        return graphs

    @property
    def mapped_bytes(self) -> int:
        """Bytes of the files that fields lie in, mapped."""
        return sum(pages.nbytes for pages in self._mapped)

    def release(self) -> None:
        """Take what has been read of mapped files out of this process's memory; the fields can be read again."""
        for pages in self._mapped:
            pages.release()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_mapped": ()}  # a copy lies in no file

    def __repr__(self) -> str:
        nodes, edges = int(self.num_nodes.sum()), int(self.num_edges.sum())
        return f"{type(self).__name__}({len(self)} graphs, {nodes} nodes, {edges} edges, fields={list(self._stored)})"


def _separable(batch: Batch, slices: dict[str, Tensor], num_nodes: list[int]) -> Batch:
    """The same batch, with what PyG takes it apart by (`to_data_list`, `get_example`)."""
    zeros = torch.zeros_like(batch.ptr[:-1])
    moved = {name: batch.ptr[:-1] if name in ("edge_index", EDGE_LABEL_INDEX) else zeros for name in slices}
    batch._slice_dict, batch._inc_dict, batch._num_nodes = slices, moved, num_nodes
    return batch


def _offsets(counts: Int[Tensor, " graphs"]) -> Int[Tensor, " graphs_plus_one"]:
    return torch.cat([counts.new_zeros(1), counts.cumsum(0)])


def _ranges(starts: Int[Tensor, " ranges"], lengths: Int[Tensor, " ranges"]) -> Int[Tensor, " numbers"]:
    """So many consecutive numbers from each start, one range after the other.

    The k-th number of all is k − (numbers before its range) + (start of its range).
    """
    bounds = _offsets(lengths)  # numbers before each range: [ranges + 1]
    return torch.repeat_interleave(starts - bounds[:-1], lengths) + torch.arange(int(bounds[-1]), device=bounds.device)
