"""Graphs in tables: what stands in the files is what comes out, and every mistake is one line."""

from pathlib import Path

import pytest
import torch

from tests.dataset.own.fixtures import check_refused, load, raw, write


def tables(count: int = 12) -> dict[str, list[str]]:
    """Chains, whose nodes are called as in every other chain, with a split column."""
    parts = ["train"] * (count - 4) + ["val", "val", "test", "test"]
    rows = {
        "edges": ["graph,source,target,weight,bond"],
        "nodes": ["graph,node,element,mass"],
        "graphs": ["graph,target"],
    }
    rows["graphs"][0] += ",split"
    for number, part in enumerate(parts):
        name = f"chain {number}"
        rows["graphs"].append(f"{name},{number / 2},{part}")
        for node in range(number + 2):
            rows["nodes"].append(f"{name},n{node},{'CNO'[node % 3]},{12.5 + node}")
            rows["edges"] += [f"{name},n{node},n{node - 1},{node / 4},{'double' if node % 2 else 'single'}"] * (
                node > 0
            )
    return rows


def put(folder: Path, rows: dict[str, list[str]]) -> Path:
    return write(folder, **{name: "\n".join(lines) + "\n" for name, lines in rows.items()})


def test_tables_come_back_as_they_were(tmp_path: Path) -> None:
    found = raw(put(tmp_path, tables()))
    assert found.predefined_split == (list(range(8)), [8, 9], [10, 11]) and found.dropped == {}
    third = found.items[1]
    assert third.x.tolist() == [[1, 0, 0, 12.5], [0, 1, 0, 13.5], [0, 0, 1, 14.5]]
    assert third.edge_index.tolist() == [[0, 1, 1, 2], [1, 0, 2, 1]]
    assert third.edge_attr.tolist() == [[0], [0], [1], [1]]  # double, single
    assert third.edge_weight.tolist() == [0.25, 0.25, 0.5, 0.5] and third.y.tolist() == [[0.5]]
    dataset = load(tmp_path)
    assert (dataset.task_type, dataset.num_features, dataset.schema.edge_features) == ("regression", 4, "categorical")
    assert dataset.test.num_nodes.tolist() == [12, 13]
    assert sum(len(split) for split in load(tmp_path, split="random").get_splits()) == 12


def test_text_and_whole_numbers_are_categories(tmp_path: Path) -> None:
    rows = tables()
    rows["nodes"] = [line.replace(".5", "") for line in rows["nodes"]]
    found = raw(put(tmp_path, rows))
    assert found.items[1].x.tolist() == [[0, 0], [1, 1], [2, 2]]
    assert found.items[1].x.dtype == torch.long


def test_targets_that_stand_in_the_table_of_nodes(tmp_path: Path) -> None:
    rows = tables()
    del rows["graphs"]
    dataset = load(put(tmp_path, rows), target_columns=["element"])
    assert (dataset.schema.target_level, dataset.schema.classes) == ("node", ("C", "N", "O"))
    assert dataset.num_features == 1
    for chain in dataset.val:
        assert torch.equal(chain.y.flatten(), torch.arange(chain.num_nodes) % 3)
    given = raw(put(tmp_path, tables()), target_columns=("mass",))
    assert given.predefined_split == (list(range(8)), [8, 9], [10, 11]) and given.items[0].y.tolist() == [
        [12.5],
        [13.5],
    ]
    rows["nodes"][1] = "chain 0,n0,,12.5"
    (tmp_path / "graphs.csv").unlink()
    first = raw(put(tmp_path, rows), target_columns=("element",)).items[0]
    assert first.num_nodes == 2 and first.y[0].isnan() and first.y[1] == 1  # the others are C, N and O


def test_a_node_whose_target_cannot_be_used_stays_a_node(tmp_path: Path) -> None:
    rows = tables()
    del rows["graphs"]
    rows["nodes"][1] = "chain 0,n0,C,>10"
    found = raw(put(tmp_path, rows), target_columns=("mass",))
    assert found.dropped == {} and found.items[0].y[0].isnan()
    line = "nodes.csv: 1 cells count as unknown: target is no number: line 2 ('>10')"
    assert line in "\n".join(found.account)
    assert [graph.num_nodes for graph in found.items[:2]] == [2, 3] and found.items[0].num_edges == 2


def test_one_cell_of_a_feature_makes_no_categories_of_numbers(tmp_path: Path) -> None:
    rows = tables()
    before = raw(put(tmp_path, rows)).items[0].x
    rows["nodes"].append("chain 1,n9,C,>10")
    after = raw(put(tmp_path, rows))
    assert after.dropped == {"dropped_feature_is_no_number": 1} and torch.equal(after.items[0].x, before)


@pytest.mark.parametrize(
    ("table", "row", "match"),
    [
        ("edges", "chain 1,n0,n99,1,single", "unknown node: 'n99'"),
        ("edges", "chain 99,n0,n1,1,single", "unknown graph: 'chain 99'"),
        ("edges", "chain 1,n0,n1", "wrong number of cells: 3 instead of 5"),
        ("edges", "chain 1,n0,n1,inf,single", "weight not finite or negative: 'inf'"),
        ("edges", "chain 1,n0,n1,-1,single", "weight not finite or negative: '-1'"),
        ("edges", "chain 1,,n1,1,single", "no name: "),
        ("nodes", "chain 1,n0,C,1.5", "repeated node: 'n0'"),
        ("nodes", "chain 99,n0,C,1.5", "unknown graph: 'chain 99'"),
        ("nodes", "chain 1,n9,C,nan", "feature not finite: 'nan'"),
        ("nodes", "chain 1,n9,C,1e999", "feature not finite: '1e999'"),
        ("nodes", "chain 1,n9,C,", "missing number: cell 4 is empty"),
        ("nodes", "chain 1,n9,C,1,2", "wrong number of cells: 5 instead of 4"),
        ("graphs", "chain 1,5,val", "repeated graph: 'chain 1'"),
        ("graphs", "chain 77,5,val", "graph without nodes: 'chain 77'"),
        ("graphs", "chain 77,inf,val", "target not finite: inf"),
        ("graphs", "chain 77,,val", "no target: 'chain 77'"),
        ("graphs", "chain 77,5,spare", "unknown split: 'spare', allowed: train, val, test"),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_or_refused(tmp_path: Path, table: str, row: str, match: str) -> None:
    rows = tables()
    before = raw(put(tmp_path, rows))
    rows[table].append(row)
    after = raw(put(tmp_path, rows))
    assert after.dropped == {f"dropped_{match.split(':', maxsplit=1)[0].replace(' ', '_')}": 1}
    for ours, theirs in zip(after.items, before.items, strict=True):
        assert all(
            torch.equal(ours[name], theirs[name]) for name in ("x", "edge_index", "edge_attr", "edge_weight", "y")
        )
    check_refused(tmp_path, rf"{table}\.csv: line {len(rows[table])}: {match}.*correct it", strict=True)


def test_a_graph_that_is_left_out_takes_its_rows_along(tmp_path: Path) -> None:
    rows = tables()
    rows["graphs"][1] = "chain 0,nan,train"
    found = raw(put(tmp_path, rows))
    assert found.dropped == {"dropped_no_target": 1} and len(found.items) == 11


@pytest.mark.parametrize(
    ("table", "header", "match"),
    [
        ("edges", "graph,from,target,weight,bond", r"edges\.csv: no column 'source'; its columns are graph, from"),
        ("nodes", "graph,name,element,mass", r"nodes\.csv: no column 'node'"),
        ("nodes", "which,node,element,mass", r"nodes\.csv: no column 'graph', which graphs\.csv has"),
        ("graphs", "graph,target,target", "duplicate column 'target'"),
    ],
)
def test_a_missing_column_is_named(tmp_path: Path, table: str, header: str, match: str) -> None:
    rows = tables()
    rows[table][0] = header
    check_refused(put(tmp_path, rows), match)


def test_decimal_commas_are_no_categories(tmp_path: Path) -> None:
    rows = tables()
    rows["nodes"] = [line.replace(",", ";").replace(".", ",") for line in rows["nodes"]]
    check_refused(put(tmp_path, rows), r"nodes\.csv: line 2: column 'mass' holds numbers with commas \('12,5'\)")


def test_which_column_is_the_target_is_asked(tmp_path: Path) -> None:
    rows = tables()
    rows["graphs"] = ["graph,logp,melting", *(f"chain {number},{number},{number / 2}" for number in range(12))]
    check_refused(put(tmp_path, rows), r"graphs\.csv: which column is the target\? Set dataset\.target_columns")


def test_rows_that_repeat_an_edge_or_are_of_graphs_left_out_are_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = tables()
    rows["edges"] += ["chain 1,n0,n1,9,single", "chain 1,n1,n0,9,double", "chain 2,n0,n0,1,single"]
    found = raw(put(tmp_path, rows))
    last = len(rows["edges"])
    assert found.items[1].edge_weight.tolist() == [0.25, 0.25, 0.5, 0.5]
    assert found.items[2].edge_index[:, 0].tolist() == [0, 0]
    assert f"2 rows repeat an edge, in either direction, and are not used: lines {last - 2}, {last - 1}" in caplog.text
    assert f"1 rows are self-loops: lines {last}" in caplog.text
    rows["graphs"][1] = "chain 0,nan,train"
    raw(put(tmp_path, rows))
    assert "nodes.csv: 2 rows are of graphs that are left out" in caplog.text
    assert "edges.csv: 1 rows are of graphs that are left out" in caplog.text
