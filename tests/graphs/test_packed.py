"""Packed graphs: round trips, selections, batches."""

from pathlib import Path

import pytest
import torch
from torch_geometric.data import Batch
from torch_geometric.loader import DataLoader

from mspe.common.errors import MspeError
from mspe.encodings import EncodingSet, compute_spectrum
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


@pytest.mark.parametrize("batch_size", [1, 3, 4])
def test_a_batch_can_be_taken_apart_again(batch_size: int) -> None:
    bank = EncodingSet.from_config({"filters": {"walk": {"steps": [2, 3]}}})
    graphs = [data.clone() for data in GRAPHS]
    for number, data in enumerate(graphs):
        data.edge_label_index = torch.arange(data.num_nodes).repeat(2, 1)
        data.edge_label = torch.full((data.num_nodes,), float(number))
    packed = PackedGraphs.from_list(graphs)
    spectrum = compute_spectrum(packed)
    packed = packed.with_fields_of(spectrum).with_fields_of(bank.encode_nodes(spectrum))
    restored = [data for batch in GraphLoader(packed, batch_size) for data in batch.to("cpu").to_data_list()]
    assert len(restored) == len(graphs)
    for number, (ours, original) in enumerate(zip(restored, graphs, strict=True)):
        assert ours.num_nodes == original.num_nodes and isinstance(ours.num_nodes, int)
        for name, value in packed[number].to_dict().items():
            left, right = torch.as_tensor(ours[name]), torch.as_tensor(value)
            torch.testing.assert_close(left, right, rtol=0, atol=0, equal_nan=True, msg=name)
        assert torch.equal(ours.edge_index, original.edge_index) and torch.equal(ours.x, original.x)
    assert torch.equal(packed.collate([1, 3]).get_example(1).x, graphs[3].x)


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


def test_groups_of_similar_sizes_have_every_graph_once_in_grids_that_are_small_enough() -> None:
    sizes = [3, 9, 4, 30, 3, 5, 9]
    packed = PackedGraphs.from_list([cycle(size) for size in sizes])
    groups = [[sizes[place] for place in group.tolist()] for group in packed.similar_groups(200)]
    assert groups == [[3, 3, 4, 5], [9, 9], [30]]
    assert sorted(place for group in packed.similar_groups(50) for place in group.tolist()) == list(range(7))
    assert [group.tolist() for group in packed[[]].similar_groups(9)] == []


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
