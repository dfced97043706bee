"""What is read of files that `torch.save` wrote, and what those who saved something else are told to do."""

import os
import warnings
import zipfile
from pathlib import Path

import pytest
import torch
from torch_geometric.data import Batch, Data, HeteroData, InMemoryDataset

from mspe.common.errors import MspeError
from mspe.dataset.own.saved_graphs import load_graphs
from tests.dataset.own.fixtures import check_refused, collection, load, raw, save


def test_a_file_that_would_run_code_is_refused_and_does_not_run_it(tmp_path: Path) -> None:
    class Payload:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "ran"),)

    torch.save([*collection(3), Payload()], tmp_path / "graphs.pt")
    check_refused(
        tmp_path, r"graphs\.pt: cannot be read safely \(holds posix\.mkdir, which may run code\); save PyG Data"
    )
    graphs = collection(3)
    graphs[1].extra = Payload()
    torch.save(graphs, tmp_path / "graphs.pt")
    check_refused(tmp_path, "cannot be read safely")
    assert not (tmp_path / "ran").exists()


def test_a_flipped_bit_in_a_tensor_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "graphs.pt"
    torch.save(collection(3), path)
    written = bytearray(path.read_bytes())
    with path.open("rb") as file:
        place = torch._C.PyTorchFileReader(file).get_record_offset("data/0")
    written[place] ^= 1
    path.write_bytes(written)
    check_refused(tmp_path, r"graphs\.pt: not a readable tensor file \(.*data/0 does not match its checksum\)")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ({"x": torch.ones(2)}, "holds a dict, allowed: a PyG Data, or a list of them"),
        ([Data(), torch.ones(2)], "holds a Tensor, allowed"),
        ([], "holds an empty list"),
        ([Data(x=torch.ones(2, 1), y=1.0)], r"no usable graph \(1 no edge index\)"),
    ],
    ids=["dictionary", "tensor", "empty", "no edges"],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: object, match: str) -> None:
    torch.save(content, tmp_path / "graphs.pt")
    check_refused(tmp_path, match)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    whole = (save(tmp_path, collection()) / "graphs.pt").read_bytes()
    for damaged in (b"", b"no archive", whole[:200], whole[:-20]):
        (tmp_path / "graphs.pt").write_bytes(damaged)
        check_refused(
            tmp_path, r"graphs\.pt: cannot be read safely \(damaged, or not written by torch\.save\); save PyG Data"
        )


class Molecule(Data):
    """A subclass, as users write them."""


@pytest.mark.parametrize("form", ["data, slices", "dict, slices, class"])
def test_what_pyg_writes_as_processed_data_is_read(tmp_path: Path, form: str) -> None:
    graphs = collection()
    for number, ring in enumerate(graphs):
        ring.smiles, ring.num_nodes = f"ring {number}", ring.num_nodes
    joined, slices = InMemoryDataset.collate(graphs)
    content = (joined, slices) if form == "data, slices" else (joined.to_dict(), slices, Data)
    torch.save(content, tmp_path / "data.pt")
    torch.save("a description", tmp_path / "pre_transform.pt")
    found = raw(tmp_path).items
    assert len(found) == len(graphs)
    for ours, theirs in zip(found, graphs, strict=True):
        assert ours.num_nodes == theirs.num_nodes
        assert torch.equal(ours.edge_index, theirs.edge_index) and torch.equal(ours.y, theirs.y)
    torch.save((joined.to_dict(), {"x": 3}, Data), tmp_path / "data.pt")
    check_refused(tmp_path, r"data\.pt: cannot be taken apart as PyG's \(data, slices\)")


def test_the_two_lines_of_the_message_convert_other_files(tmp_path: Path) -> None:
    graphs = collection()
    typed = HeteroData({"atom": {"x": torch.ones(4, 1), "y": torch.ones(4)}})
    typed["atom", "bond", "atom"].edge_index = torch.tensor([[0, 1], [1, 2]])
    others = {
        "Batch": (Batch.from_data_list(graphs), r"torch_geometric\.data\.batch\.\w+, which may run code\).*"),
        "subclass": ([Molecule.from_dict(ring.to_dict()) for ring in graphs], r"test_saved_graphs\.Molecule.*"),
        "HeteroData": ([typed] * 12, r"holds a HeteroData, .*several types; .*"),
        "one HeteroData": (typed, "holds a HeteroData, .*"),
    }
    for name, (content, match) in others.items():
        path = tmp_path / name / "graphs.pt"
        path.parent.mkdir()
        torch.save(content, path)
        with pytest.raises(ValueError, match=match + "in two lines: ") as raised:
            load_graphs(path)
        first, *_, last = [part for part in str(raised.value).split("`")[1::2] if "torch." in part]
        scope = {"torch": torch, "Data": Data}
        for line in (first, last):
            exec(line.replace("graphs.pt", str(path)), scope)
        assert len(load_graphs(path)) == (1 if name == "one HeteroData" else len(content)), name  # type: ignore[arg-type]


class Payload:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


@pytest.mark.parametrize("legacy", [False, True])
def test_a_file_that_names_a_function_is_refused_without_advice_to_load_it(tmp_path: Path, legacy: bool) -> None:
    for content in (Payload(), [Batch.from_data_list(collection()), Payload()]):
        torch.save(content, tmp_path / "graphs.pt", _use_new_zipfile_serialization=not legacy)
        with pytest.raises(MspeError, match=r"graphs\.pt: cannot be read safely \(holds ") as raised:
            load_graphs(tmp_path / "graphs.pt")
        assert "weights_only" not in str(raised.value) and "torch.load" not in str(raised.value)


def test_names_that_hide_a_function_bring_no_advice(tmp_path: Path) -> None:
    """A dotted name of protocol 4 leads through a module to whatever that has imported."""
    torch.save([1], tmp_path / "plain.pt")
    for name in (b"ctorch_geometric.data.download\nos.system\n", b"ctorch_geometric.data\ndownload_url\n"):
        path = tmp_path / "graphs.pt"
        with zipfile.ZipFile(tmp_path / "plain.pt") as plain, zipfile.ZipFile(path, "w") as archive:
            for entry in plain.namelist():
                content = b"\x80\x04" + name + b"X\x04\0\0\0true\x85R."
                archive.writestr(entry, content if entry.endswith("data.pkl") else plain.read(entry))
        with pytest.raises(MspeError, match=r"graphs\.pt: cannot be read safely") as raised:
            load_graphs(path)
        assert "torch.load" not in str(raised.value)


def test_a_data_without_its_storage_and_a_nested_tensor_are_one_line(tmp_path: Path) -> None:
    bare = Data(x=torch.ones(1, 1))
    bare.__dict__["_store"] = 1
    torch.save(bare, tmp_path / "graphs.pt")
    with pytest.raises(MspeError, match=r"graphs\.pt: holds a Data that PyG did not make; save PyG Data with tensors"):
        load_graphs(tmp_path / "graphs.pt")
    with warnings.catch_warnings(action="ignore"):  # that torch may yet change them
        nested = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])
    found = raw(save(tmp_path, [*collection(), Data(x=nested, edge_index=torch.zeros(2, 0).long(), y=torch.ones(1))]))
    assert "x is a nested tensor" in str(found)


def test_a_graph_without_edge_index_beside_others_has_no_edges(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    graphs = [*collection(), Data(x=torch.ones(2, 2), y=torch.ones(1, 1))]
    dataset = load(save(tmp_path, graphs))
    assert sum(map(len, dataset.get_splits())) == 21
    assert "1 graphs have no edge_index, taken as without edges: 20" in caplog.text
    graphs[-1].adj = torch.ones(2, 2)  # which does tell of edges, and is not read
    assert load(save(tmp_path, graphs)).schema.counts["dropped_no_edge_index"] == 1
