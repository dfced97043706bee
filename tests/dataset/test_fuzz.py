"""Malformed files: each ends in one line that says why, or in a dataset without a flaw; never otherwise.

They are a thousand where `MSPE_FAULTS` is `full`, else half as many.
"""

import io
import re
import warnings
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset
from mspe.tasks import SingleLabel, task_of
from tests.conftest import cycle

INPUTS = {"molecule bytes": 200, "molecule cells": 250, "table bytes": 150, "table cells": 150, "file bytes": 100}
INPUTS["tensors"] = 1000 - sum(INPUTS.values())

SMILES = [
    *["CCO", "c1ccccc1", "CC(=O)O", "CCN", "C1CCCCC1", "CC#N", "OCC(O)CO", "[Na+].[Cl-]", "C/C=C/C", "CS(C)=O"],
    *["N[C@@H](C)C(=O)O", "c1ccoc1"],
]
MOLECULES = [["smiles", "target", "split"]] + [
    [smiles, str(number / 4), ("train", "train", "train", "val", "test")[number % 5]]
    for number, smiles in enumerate(SMILES)
]
JUNK = [
    *[
        "",
        " ",
        "nan",
        "inf",
        "-1e999",
        "1e999",
        "1e39",
        "0x10",
        "1_0",
        "9" * 400,
        "9" * 5000,
        "-0",
        "0",
        "1",
        "1.0",
        "2",
    ],
    *[
        '"',
        '""',
        "'",
        "\0",
        "a\nb",
        "\r",
        ",",
        ";",
        "\ufeff",
        "\u2028",
        "٣",
        "é",
        "🙂",
        "\ud7ff",
        "train",
        "TEST",
        "n0",
    ],
]
ODD_MOLECULES = [
    *["[C+9]", "[C+5]", "C" * 600, "C(" * 300, "[Fe]", "[999C]", "*", "[H]", "[H][H]", "C1CC", "c1cccc1", "C.C", "."],
    *[
        "F[P-](F)(F)(F)(F)F",
        "[CH9]",
        "C%99CC%99",
        "C$C",
        "[U]",
        "CC>>CO",
        "C |c:1|",
        "[2H]C",
        "N->[Fe]",
        "c1ccccc1->[Pt]",
    ],
    *[
        "[C@SP1](F)(Cl)(Br)I",
        "[Pt@SP2](F)(Cl)(Br)I",
        "[Co@OH1](F)(Cl)(Br)(I)(N)O",
        "C[As@TB1](F)(Cl)(Br)N",
        "[C]",
        "[O]",
    ],
    *[
        "FI(F)(F)(F)(F)(F)F",
        "[Xe](F)(F)(F)(F)(F)F",
        "O=[Os](=O)(=O)=O",
        "[Re]$[Re]",
        "[Cl]C1=[C@]=C1",
        "C1CC2CC12",
        "[118Og]",
    ],
]


ACCOUNT = re.compile(
    r"(\d+) (?:rows|graphs) read = (\d+) used \+ (\d+) left out(?: \+ (\d+) repeats of an edge)?"
    r"(?: \+ (\d+) of graphs left out)?"
)


def options(name: str) -> settings:
    """So many inputs in `make faults`, and the share of them that the profile tells in `make test` and `make quick`."""
    return settings(
        max_examples=INPUTS[name] * settings().max_examples // 100,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def check_survives(name: str, path: Path, **choices: object) -> None:
    """Read a dataset: an `MspeError` of one line, or finite numbers and edges between nodes that are there."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            dataset = get_dataset(name, path=str(path), **choices)
    except MspeError as error:
        assert len(str(error).splitlines()) == 1 and len(str(error)) < 20_000
        return
    for line in dataset.summary:
        if account := ACCOUNT.search(line):
            total, *parts = (int(number or 0) for number in account.groups())
            assert total == sum(parts), line
    for split in dataset.get_splits():
        assert len(split) > 0 and int(split.num_nodes.min()) > 0
        for graph in split[:20]:
            assert (
                graph.edge_index.numel() == 0 or 0 <= graph.edge_index.min() <= graph.edge_index.max() < graph.num_nodes
            )
        for field, values in split.fields.items():
            assert not values.isinf().any(), field
            assert field == "y" or not values.isnan().any(), field
    if isinstance(task_of(dataset.schema), SingleLabel):
        targets = torch.cat([split.fields["y"].flatten() for split in dataset.get_splits()])
        assert int(targets.min()) >= 0 and int(targets.max()) < dataset.num_classes == len(dataset.schema.classes)


@st.composite
def damaged(draw: DrawFn, whole: bytes, kinds: tuple[str, ...] = ("flip", "insert", "delete", "cut")) -> bytes:
    """The same bytes, some of them flipped, inserted, deleted, or the rest cut off."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, 2**32)) % max(1, len(content))
        match draw(st.sampled_from(kinds)):
            case "flip":
                content[place : place + 1] = bytes([draw(st.integers(32, 126) | st.integers(0, 255))])
            case "insert":
                content[place:place] = draw(st.binary(min_size=1, max_size=6))
            case "delete":
                del content[place : place + draw(st.integers(1, 40))]
            case "cut":
                del content[place:]
    return bytes(content)


@st.composite
def altered(draw: DrawFn, rows: list[list[str]]) -> str:
    """The same table with junk in some cells, odd molecules, or rows that are longer, shorter or twice there."""
    table = [list(row) for row in rows]
    for _ in range(draw(st.integers(1, 4))):
        row = table[draw(st.integers(0, len(table) - 1))]
        column = draw(st.integers(0, len(row)))
        text = draw(st.sampled_from(JUNK) | st.text(max_size=4))
        match draw(st.sampled_from([*["replace"] * 3, "molecule", "molecule", "insert", "delete", "repeat", "column"])):
            case "replace":
                row[column : column + 1] = [text]
            case "molecule":
                row[:1] = [draw(st.sampled_from(ODD_MOLECULES))]
            case "insert":
                row.insert(column, text)
            case "delete":
                del row[column:]
            case "repeat":
                table.append(list(row))
            case "column":
                for other in table[1:]:
                    other[column : column + 1] = [text]
    quoted = draw(st.booleans())
    cells = [[f'"{cell}"' if quoted and '"' not in cell else cell for cell in row] for row in table]
    return "\n".join(",".join(row) for row in cells)


def joined(rows: list[list[str]]) -> bytes:
    return "\n".join(",".join(row) for row in rows).encode()


CHOICES = st.fixed_dictionaries(
    {
        "task": st.sampled_from([None, None, "regression", "classification"]),
        "split": st.sampled_from([None, None, "random", "stratified"]),
        "strict": st.sampled_from([False, False, False, True]),
    }
)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("[C@SP1](F)(Cl)(Br)I,1", "atom_or_bond_out_of_range"),  # a hybridisation that PyG has no number for
        ("CCO,1e39", "target_not_finite"),  # infinite as a float32
        ("CCO,1e999", "target_not_finite"),
    ],
)
def test_what_this_has_found(tmp_path: Path, row: str, reason: str) -> None:
    rows = [f"{smiles},{number / 4}" for number, smiles in enumerate(SMILES)]
    (tmp_path / "molecules.csv").write_text("\n".join(["smiles,target", *rows, row]))
    dataset = get_dataset("smiles", path=str(tmp_path / "molecules.csv"))
    assert dataset.schema.counts[f"dropped_{reason}"] == 1 and dataset.task_type == "regression"


def test_one_number_is_one_class_however_it_is_written(tmp_path: Path) -> None:
    rows = [f"{smiles},{('1', '0', '1.0', '0.0')[number % 4]}" for number, smiles in enumerate(SMILES)]
    (tmp_path / "molecules.csv").write_text("\n".join(["smiles,active", *rows * 4]))
    dataset = get_dataset("smiles", path=str(tmp_path / "molecules.csv"), target_columns=[], split="stratified")
    assert dataset.schema.classes == ("0", "1") and dataset.schema.metric == "roc_auc"


@options("molecule bytes")
@given(content=damaged(joined(MOLECULES)), choices=CHOICES)
def test_damaged_tables_of_molecules(folder: Path, content: bytes, choices: dict) -> None:
    (folder / "molecules.csv").write_bytes(content)
    check_survives("smiles", folder / "molecules.csv", **choices)


@options("molecule cells")
@given(text=altered(MOLECULES), choices=CHOICES, scaffold=st.booleans())
def test_tables_of_molecules_with_odd_cells(folder: Path, text: str, choices: dict, scaffold: bool) -> None:
    (folder / "molecules.csv").write_text(text, newline="")
    check_survives("smiles", folder / "molecules.csv", **(choices | {"split": "scaffold"} if scaffold else choices))


def chains() -> dict[str, list[list[str]]]:
    """Twelve chains of two to four nodes as tables."""
    tables = {
        "edges": [["graph", "source", "target", "weight", "bond"]],
        "nodes": [["graph", "node", "element", "mass"]],
        "graphs": [["graph", "target", "split"]],
    }
    for number in range(12):
        part = ("train", "train", "train", "val", "test")[number % 5]
        tables["graphs"].append([f"g{number}", str(number % 3), part])
        for node in range(2 + number % 3):
            tables["nodes"].append([f"g{number}", f"n{node}", "CNOS"[node], f"{node}.5"])
            if node:
                tables["edges"].append([f"g{number}", f"n{node}", f"n{node - 1}", "0.5", str(node)])
    return tables


CHAINS = chains()
TARGETS = st.sampled_from([{}, {}, {"target_columns": ["element"]}, {"target_columns": ["mass"]}])


def write_chains(folder: Path, **changed: bytes) -> Path:
    place = folder / "tables"
    place.mkdir(exist_ok=True)
    for name, rows in CHAINS.items():
        (place / f"{name}.csv").write_bytes(changed.get(name, joined(rows)))
    return place


@options("table bytes")
@given(data=st.data(), choices=CHOICES, targets=TARGETS)
def test_damaged_tables_of_graphs(folder: Path, data: st.DataObject, choices: dict, targets: dict) -> None:
    name = data.draw(st.sampled_from(list(CHAINS)))
    place = write_chains(folder, **{name: data.draw(damaged(joined(CHAINS[name])))})
    check_survives("graphs", place, **choices, **targets)


@options("table cells")
@given(data=st.data(), choices=CHOICES, targets=TARGETS)
def test_tables_of_graphs_with_odd_cells(folder: Path, data: st.DataObject, choices: dict, targets: dict) -> None:
    changed = {
        name: data.draw(altered(CHAINS[name])).encode() for name in data.draw(st.sets(st.sampled_from(list(CHAINS))))
    }
    check_survives("graphs", write_chains(folder, **changed), **choices, **targets)


def rings() -> list[Data]:
    graphs = []
    for number in range(12):
        ring = cycle(3 + number % 4)
        ring.x = torch.arange(2.0 * ring.num_nodes).reshape(-1, 2)
        ring.edge_attr = torch.arange(ring.num_edges) % 3
        ring.edge_weight = torch.ones(ring.num_edges)
        ring.y = torch.tensor([number % 3])
        graphs.append(ring)
    return graphs


def saved(graphs: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(graphs, buffer)
    return buffer.getvalue()


def write_rings(folder: Path, content: bytes) -> Path:
    place = folder / "files"
    place.mkdir(exist_ok=True)
    (place / "graphs.pt").write_bytes(content)
    return place


@options("file bytes")
@given(content=damaged(saved(rings()), ("flip",) * 20 + ("insert", "delete", "cut")), choices=CHOICES)
def test_damaged_files_of_graphs(folder: Path, content: bytes, choices: dict) -> None:
    check_survives("graphs", write_rings(folder, content), **choices)


DTYPES = [
    torch.bool,
    torch.uint8,
    torch.int32,
    torch.int64,
    torch.float16,
    torch.float32,
    torch.float64,
    torch.complex64,
]
NUMBERS = [0, 1, -1, 2, 5, 2**31, 2**62, 0.5, 1e30, 1e300, float("nan"), float("inf")]
ODD = [
    "text",
    None,
    3,
    -1,
    10**30,
    2**31 - 1,
    1e300,
    True,
    [1, 2],
    torch.eye(3).to_sparse(),
    torch.ones(1).expand(9),
    {"a": 1},
]


@st.composite
def odd_tensor(draw: DrawFn) -> torch.Tensor:
    shape = draw(st.lists(st.sampled_from([0, 1, 2, 3, 4, 6, 8]), max_size=3))
    dtype = draw(st.sampled_from(DTYPES))
    tensor = torch.zeros(shape, dtype=dtype)
    value = draw(st.sampled_from(NUMBERS if dtype.is_floating_point else [0, 1, 2, 100]))
    if tensor.numel():
        tensor.view(-1)[draw(st.integers(0, tensor.numel() - 1))] = value if dtype != torch.float16 else min(value, 6e4)
    return tensor


@options("tensors")
@given(data=st.data(), choices=CHOICES)
def test_files_of_graphs_with_odd_tensors(folder: Path, data: st.DataObject, choices: dict) -> None:
    graphs = rings()
    for _ in range(data.draw(st.integers(1, 4))):
        which = data.draw(st.sampled_from([*range(12), "all"]))
        name = data.draw(st.sampled_from(["x", "edge_index", "edge_attr", "edge_weight", "y", "num_nodes"]))
        match data.draw(st.sampled_from(["tensor", "number", "odd", "cut", "dtype"])):
            case "tensor":
                value = data.draw(odd_tensor())
            case "odd":
                value = data.draw(st.sampled_from(ODD))
            case kind:
                value = alter(data, graphs[0 if which == "all" else which], name, kind)
        for graph in graphs if which == "all" else [graphs[which]]:
            graph[name] = value
    check_survives("graphs", write_rings(folder, saved(graphs)), **choices)


def alter(data: st.DataObject, graph: Data, name: str, kind: str) -> object:
    """An attribute with one number, its length or its type changed."""
    value = graph.get(name)
    if (
        not isinstance(value, torch.Tensor)
        or value.numel() == 0
        or value.ndim == 0
        or value.layout != torch.strided
        or value.dtype.is_complex
    ):
        return value
    if kind == "cut":
        return value[..., : data.draw(st.integers(0, 3))]
    if kind == "dtype":
        return value.nan_to_num(0, 0, 0).to(data.draw(st.sampled_from(DTYPES)))
    value = value.double() if value.is_floating_point() else value.long()
    numbers = NUMBERS if value.is_floating_point() else NUMBERS[:7]
    value = value.clone(memory_format=torch.contiguous_format)
    value.view(-1)[data.draw(st.integers(0, value.numel() - 1))] = data.draw(st.sampled_from(numbers))
    return value
