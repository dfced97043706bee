"""The usable rows of the tables that graphs are read from."""

import logging
from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from mspe.common.errors import MspeError
from mspe.dataset.own.csv_table import RejectedRows, Table, name_column
from mspe.dataset.own.feature_columns import FeatureColumns
from mspe.dataset.own.target_columns import TargetColumns
from mspe.graphs.validation import Problem

logger = logging.getLogger(__name__)

NAMES = {"graphs": ("graph",), "nodes": ("node",), "edges": ("source", "target")}
"""The tables of a folder, and the columns without which they are none."""


@dataclass
class Rows:
    """The usable rows of a table.

    Attributes
    ----------
    table, rejected, unknown
        The table, its rows that cannot be used, and those of which the target alone cannot.
    features, targets
        What its columns are.
    cells, lines, graphs
        Per usable row its cells, where it stands, and the graph that it names: the empty name where graphs have none.
    left_out
        Graphs of which this table has a row, but no usable one.
    left_along
        How many rows were not read, since their graph is left out.
    repeats
        How many usable rows are an edge that another row is already.
    """

    table: Table
    rejected: RejectedRows
    unknown: RejectedRows
    features: FeatureColumns
    targets: TargetColumns
    cells: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    graphs: list[str] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    left_along: int = 0
    repeats: int = 0

    def cell(self, row: list[str], column: str) -> str:
        """Cell of a column; empty where there is no such column, or the row is too short."""
        position = self.table.columns.index(column) if column in self.table.columns else len(row)
        return row[position].strip() if position < len(row) else ""

    def names(self, row: list[str]) -> list[str]:
        """Names of what a row is about: a graph, a node, or the two nodes of an edge."""
        return [self.cell(row, column) for column in NAMES[self.table.path.stem]]

    def problem(self, row: list[str], graphs: Container[str] | None) -> Problem | None:
        """Return why a row cannot be used, and what was found; `graphs`: those that there are, None for any."""
        if len(row) != len(self.table.columns):
            return Problem("wrong number of cells", f"{len(row)} instead of {len(self.table.columns)}")
        graph = self.cell(row, "graph")
        if not all(self.names(row)) or ("graph" in self.table.columns and not graph):
            return Problem("no name", ", ".join(map(repr, row)))
        if graphs is not None and graph not in graphs:
            return Problem("unknown graph", repr(graph))
        return self.features.problem(row)

    def take(self, line: int, row: list[str], problem: Problem | None) -> None:
        """Keep a row, or count it among those that cannot be used."""
        if problem is not None:
            self.rejected.add(f"line {line}", problem)
            return
        self.cells.append(row)
        self.lines.append(line)
        self.graphs.append(self.cell(row, "graph"))

    def account(self) -> tuple[str, ...]:
        """Describe what became of the rows, and of targets that cannot be used."""
        used = len(self.cells) - self.repeats
        return self.rejected.account(len(self.table.rows), used, repeats=self.repeats), *self.unknown.unknown()

    def unused(self) -> tuple[str, ...]:
        """The columns that name nothing and are neither features, targets, weights nor the split."""
        table = self.table
        named = {"graph", *NAMES[table.path.stem], *(["weight"] if table.path.stem == "edges" else [])}
        taken = {*self.features.positions, *self.targets.positions, self.targets.split}
        left = (name for place, name in enumerate(table.columns) if place not in taken and name not in named)
        return tuple(f"{name_column(name)} of {table.path.name}" for name in left)

    def feature_names(self) -> tuple[str, ...]:
        """The columns that are features."""
        return tuple(self.table.columns[place] or "one without a name" for place in self.features.positions)

    def report_left_along(self) -> None:
        """Say how many rows graphs that are left out took along."""
        if self.left_along:
            logger.warning("%s: %d rows are of graphs that are left out", self.table.path, self.left_along)

    def keep_graphs(self, graphs: Container[str], reason: str) -> None:
        """Leave out the rows of all other graphs."""
        rows = list(zip(self.lines, self.cells, self.graphs, strict=True))
        self.cells, self.lines, self.graphs = [], [], []
        for line, cells, graph in rows:
            self.take(line, cells, None if graph in graphs else Problem(reason, repr(graph)))

    def by_graph(self) -> dict[str, list[int]]:
        """The positions of each graph's rows."""
        groups: dict[str, list[int]] = {}
        for position, graph in enumerate(self.graphs):
            groups.setdefault(graph, []).append(position)
        return groups


def check_names(tables: Mapping[str, Table]) -> None:
    """See that the columns are there that name nodes, and those that name graphs in all tables or in none.

    Raises
    ------
    MspeError
        If one is missing.
    """
    some = next((table.path.name for table in tables.values() if "graph" in table.columns), None)
    for name, table in tables.items():
        needed = [*NAMES[name], *(["graph"] if some else [])]
        missing = [column for column in needed if column not in table.columns]
        if missing:
            why = f", which {some} has" if some and missing[0] == "graph" else ""
            raise MspeError(
                f"{table.path}: no column {missing[0]!r}{why}; its columns are {', '.join(table.columns)}; add it"
            )
