"""Packed graphs: round trips, selections, batches."""

from pathlib import Path

import pytest
import torch
from torch_geometric.data import Batch
from torch_geometric.loader import DataLoader

from mspe.common.errors import MspeError
from mspe.graphs import GraphLoader, PackedGraphs, read_split, write_splits
from tests.conftest import cycle
from tests.graphs.fixtures import GRAPHS


def test_a_graph_comes_back_as_it_was_packed() -> None:
    packed = PackedGraphs.from_list(GRAPHS)
    for original, restored in zip(GRAPHS, packed, strict=False):
        assert set(restored.to_dict()) == set(original.to_dict())
        for name, value in original.to_dict().items():
            assert torch.equal(torch.as_tensor(restored[name]), torch.as_tensor(value)), name


@pytest.mark.parametrize("chosen", [[0, 1, 2, 3], [3, 1], [2], [1, 1]])
def test_collate_gives_the_batch_that_pyg_gives(chosen: list[int]) -> None:
    ours = PackedGraphs.from_list(GRAPHS).collate(chosen)
    theirs = Batch.from_data_list([GRAPHS[i] for i in chosen])
    assert ours.num_graphs == theirs.num_graphs == len(chosen)
    assert ours.num_nodes == theirs.num_nodes
    for name in ("x", "edge_index", "edge_attr", "y", "batch", "ptr"):
        assert torch.equal(ours[name], theirs[name]), name


def test_pairs_to_be_scored_are_renumbered_as_pyg_does(tmp_path: Path) -> None:
    asked = []
    for number, links in enumerate([[[0, 1], [1, 2]], [], [[0, 0]]]):
        data = cycle(3 + number)
        data.edge_label_index = torch.tensor(links, dtype=torch.long).reshape(-1, 2).T
        data.edge_label = torch.arange(len(links)).float() + number
        asked.append(data)
    packed = PackedGraphs.from_list(asked)
    assert packed.num_links.tolist() == [2, 0, 1]
    packed.save(tmp_path / "asked.pt")
    for form in (packed, PackedGraphs.load(tmp_path / "asked.pt"), PackedGraphs.concatenate([packed[:1], packed[1:]])):
        ours, theirs = form.collate([2, 0, 1]), Batch.from_data_list([asked[i] for i in (2, 0, 1)])
        assert torch.equal(ours.edge_label_index, theirs.edge_label_index)
        assert torch.equal(ours.edge_label, theirs.edge_label)
    assert torch.equal(packed[0].edge_label_index, asked[0].edge_label_index)
    loaded = list(GraphLoader(packed, batch_size=2))
    assert [batch.edge_label_index.tolist() for batch in loaded] == [[[0, 1], [1, 2]], [[0], [0]]]


def test_pygs_own_loader_takes_packed_graphs() -> None:
    batch = next(iter(DataLoader(PackedGraphs.from_list(GRAPHS), batch_size=4)))
    assert torch.equal(batch.x, PackedGraphs.from_list(GRAPHS).collate(range(4)).x)


def test_selection_slices_and_concatenation_agree() -> None:
    packed = PackedGraphs.from_list(GRAPHS)
    joined = PackedGraphs.concatenate([packed[:2], packed[[2, 3]]])
    for name, field in packed.fields.items():
        assert torch.equal(joined.fields[name], field)
    assert torch.equal(joined.edge_index, packed.edge_index)


def test_the_structure_of_a_batch_is_recovered() -> None:
    packed = PackedGraphs.from_list(GRAPHS)
    structure = PackedGraphs.from_batch(packed.collate(range(4)))
    assert torch.equal(structure.num_nodes, packed.num_nodes)
    assert torch.equal(structure.edge_index, packed.edge_index)


def test_saved_graphs_are_the_same_and_fields_join(tmp_path: Path) -> None:
    packed = PackedGraphs.from_list(GRAPHS)
    write_splits(tmp_path / "graphs", {"train": packed})
    further = PackedGraphs(
        packed.num_nodes, torch.zeros(4).int(), torch.zeros(2, 0).int(), {"rank": packed.num_nodes}, {"rank": "graph"}
    )
    write_splits(tmp_path / "further", {"train": further})
    assert read_split(tmp_path / "graphs", "train", tmp_path / "further")[1].rank.item() == 5


def test_fields_of_other_graphs_do_not_join() -> None:
    packed = PackedGraphs.from_list(GRAPHS)
    with pytest.raises(MspeError, match=r"cannot join the fields x.*they belong to other graphs \(3 graphs"):
        packed.with_fields_of(packed[:3])
