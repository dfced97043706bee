"""Rows of the tables that graphs are read from."""

from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.dataset.own.csv_table import RejectedRows, Table
from mspe.dataset.own.feature_columns import FeatureColumns
from mspe.dataset.own.graph_csv_rows import Rows, check_names
from mspe.dataset.own.target_columns import TargetColumns

COLUMNS = ["graph", "node", "mass", "target"]


def table(name: str, columns: list[str], *rows: list[str]) -> Table:
    return Table(Path(f"{name}.csv"), columns, list(enumerate(rows, start=2)))


def nodes(*rows: list[str], strict: bool = False) -> Rows:
    """Rows of a table of nodes, with a feature and a target."""
    content = table("nodes", COLUMNS, *rows)
    targets = TargetColumns.choose(content, ["target"], "split", COLUMNS[:3], "regression")
    rejected, unknown = (RejectedRows(content.path, strict) for _ in range(2))
    return Rows(content, rejected, unknown, FeatureColumns.learn(content, [2]), targets)


def take_all(rows: Rows, graphs: set[str] | None = None) -> Rows:
    for line, row in rows.table.rows:
        rows.take(line, row, rows.problem(row, graphs))
    return rows


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["g", "a", "0.5", "1"], None),
        (["g", "a", "0.5", ""], None),
        (["g", "a", "0.5"], "wrong number of cells"),
        (["g", "a", "0.5", "1", "2"], "wrong number of cells"),
        (["", "a", "0.5", "1"], "no name"),
        (["g", " ", "0.5", "1"], "no name"),
        (["h", "a", "0.5", "1"], "unknown graph"),
        (["g", "a", "0.5", "inf"], None),  # the node is there, whatever its target
        (["g", "a", "nan", "1"], "feature not finite"),
        (["g", "a", "", "1"], "missing number"),
    ],
)
def test_every_row_is_usable_or_has_a_reason(row: list[str], reason: str | None) -> None:
    problem = nodes(["g", "b", "1.5", "0"], row).problem(row, {"g"})
    assert (problem and problem.reason) == reason


def test_a_row_is_kept_with_its_line_and_graph_or_counted() -> None:
    rows = take_all(nodes(["g", "a", "0.5", "1"], ["g", "", "0.5", "1"], ["h", "b", "1.5", "0"]))
    assert (rows.lines, rows.graphs, rows.by_graph()) == ([2, 4], ["g", "h"], {"g": [0], "h": [1]})
    assert [rows.names(row) for row in rows.cells] == [["a"], ["b"]]
    assert rows.rejected.dropped() == {"dropped_no_name": 1}


def test_rows_of_other_graphs_are_counted_by_the_reason() -> None:
    rows = take_all(nodes(["g", "a", "0.5", "1"], ["h", "b", "1.5", "0"], ["g", "c", "2.5", "0"]))
    rows.keep_graphs({"g"}, "graph without edges")
    assert (rows.lines, rows.by_graph()) == ([2, 4], {"g": [0, 1]})
    assert rows.rejected.dropped() == {"dropped_graph_without_edges": 1}


def test_a_strict_reader_refuses_the_first_row_by_its_line() -> None:
    with pytest.raises(MspeError, match=r"^nodes\.csv: line 3: unknown graph.*'h'.*dataset\.strict=false"):
        take_all(nodes(["g", "a", "0.5", "1"], ["h", "b", "1.5", "0"], strict=True), {"g"})


def test_a_cell_that_is_not_there_is_empty() -> None:
    rows = nodes(["g", " a ", "0.5", "1"])
    assert [rows.cell(["g", " a "], column) for column in ("node", "mass", "colour")] == ["a", "", ""]


@pytest.mark.parametrize(
    ("nodes_have", "edges_have", "message"),
    [
        (["graph", "node"], ["graph", "source", "target"], None),
        (["node"], ["source", "target"], None),
        (["graph"], ["graph", "source", "target"], "nodes.csv: no column 'node'; its columns are graph; add it"),
        (["node"], ["source"], "edges.csv: no column 'target'; its columns are source; add it"),
        (["graph", "node"], ["source", "target"], "edges.csv: no column 'graph', which nodes.csv has"),
        (["node"], ["graph", "source", "target"], "nodes.csv: no column 'graph', which edges.csv has"),
    ],
)
def test_columns_of_names_are_needed(nodes_have: list[str], edges_have: list[str], message: str | None) -> None:
    tables = {"nodes": table("nodes", nodes_have), "edges": table("edges", edges_have)}
    if message is None:
        check_names(tables)
        return
    with pytest.raises(MspeError) as raised:
        check_names(tables)
    assert str(raised.value).startswith(message) and "\n" not in str(raised.value)
