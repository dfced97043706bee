import copy
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest
import torch
from torch_geometric.data import Batch, Data
from torch_geometric.loader import DataLoader

from mspe.common.errors import MspeError
from mspe.graphs import DenseLayout, GraphLoader, PackedGraphs, read_split, write_splits
from tests.conftest import cycle, graph


def with_fields(data: Data, number: int) -> Data:
    data = data.clone()
    data.x = torch.arange(data.num_nodes)[:, None] + 100 * number
    data.edge_attr = torch.arange(data.num_edges) + 100 * number
    data.y = torch.tensor([[float(number)]])
    return data


GRAPHS = [with_fields(data, number) for number, data in enumerate([cycle(3), cycle(5), graph(1, []), cycle(4)])]


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


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: PackedGraphs.from_list([]), "cannot pack an empty list"),
        (lambda: PackedGraphs.from_list([GRAPHS[0], cycle(3)]), "graph 1 has no 'x', which graph 0 has"),
        (
            lambda: PackedGraphs(
                torch.tensor([2]), torch.tensor([0]), torch.zeros(2, 0).int(), {"x": torch.zeros(3)}, {"x": "node"}
            ),
            "'x' has 3 rows, expected 2, one a node",
        ),
        (
            lambda: PackedGraphs.from_list([Data(node_index=cycle(3).edge_index[0], **cycle(3).to_dict())]),
            "'node_index': its numbers count nodes",
        ),
        (
            lambda: PackedGraphs.from_list([Data(edge_index=cycle(3).edge_index, num_nodes=3, name="a")]),
            "'name': it is a str",
        ),
    ],
)
def test_what_cannot_be_packed_is_refused(build: Callable[[], PackedGraphs], message: str) -> None:
    with pytest.raises(MspeError, match=message):
        build()


def test_padding_and_flattening_are_inverse_and_pairs_keep_their_place() -> None:
    packed = PackedGraphs.from_list([cycle(3), graph(1, []), cycle(4)])
    batch = packed.collate(range(3))
    layout = DenseLayout.from_sizes(batch.ptr.diff().tolist())
    rows = torch.arange(8.0)[:, None]
    assert torch.equal(layout.flatten(layout.pad(rows)), rows)
    pairs = torch.arange(9 + 1 + 16) + 1
    square = layout.pad_pairs(pairs)
    assert torch.equal(square[0, :3, :3].flatten(), pairs[:9])
    assert torch.equal(square[2].flatten(), pairs[10:])
    assert square.sum() == pairs.sum()


def test_an_epoch_holds_every_graph_once_and_follows_the_seed() -> None:
    packed = PackedGraphs.from_list([with_fields(cycle(3 + i % 7), i) for i in range(53)])

    def epoch(seed: int, number: int) -> list[list[int]]:
        loader = GraphLoader(packed, batch_size=8, shuffle=True, seed=seed)
        loader.set_epoch(number)
        assert len(list(loader)) == len(loader) == 7
        return [batch.y.flatten().int().tolist() for batch in loader]

    assert sorted(chain.from_iterable(epoch(0, 0))) == list(range(53))
    assert epoch(0, 3) == epoch(0, 3)
    assert epoch(0, 0) != epoch(0, 1)
    assert epoch(0, 0) != epoch(1, 0)


def test_batches_share_one_gather_and_are_those_of_collate() -> None:
    packed = PackedGraphs.from_list(GRAPHS)
    for mine, graphs in zip(packed.batches([1, 3]), ([0], [1, 2, 3]), strict=True):
        expected = packed.collate(graphs)
        assert mine.keys() == expected.keys() and mine.num_graphs == expected.num_graphs == len(graphs)
        assert all(torch.equal(mine[name], expected[name]) for name in ("x", "edge_index", "edge_attr", "batch", "ptr"))
        changed = copy.copy(mine).to("cpu")
        changed.x = None
        assert "x" not in changed and "x" in mine  # an ordinary PyG batch, whose copies are their own


def test_a_thread_that_reads_ahead_changes_nothing() -> None:
    packed = PackedGraphs.from_list([with_fields(cycle(3 + i % 7), i) for i in range(53)])
    plain, ahead = (GraphLoader(packed, 4, shuffle=True, prefetch=count) for count in (0, 3))
    for mine, other in zip(plain, ahead, strict=True):
        assert torch.equal(mine.y, other.y) and torch.equal(mine.edge_index, other.edge_index)
    assert next(iter(ahead)).num_graphs == 4  # left after one batch


def test_a_batch_too_large_for_memory_is_split_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    packed = PackedGraphs.from_list([with_fields(cycle(3 + i % 7), i) for i in range(53)])
    loader = GraphLoader(packed, 8, shuffle=True, max_pairs=250)
    with caplog.at_level("INFO"):
        batches = list(loader)
    assert len(batches) == len(loader) > 7
    assert sorted(chain.from_iterable(batch.y.flatten().int().tolist() for batch in batches)) == list(range(53))
    assert all(batch.num_graphs * int(batch.ptr.diff().max()) ** 2 <= 250 for batch in batches)
    assert len(caplog.records) == 1
    assert "graphs of up to" in caplog.text and "lower training.batch_size" in caplog.text
    with pytest.raises(MspeError, match="graph 6 has 9 nodes: its 81 pairs of nodes are more than the 80 that fit"):
        GraphLoader(packed, 8, max_pairs=80)


def test_blocks_cover_a_batch_and_spare_padding() -> None:
    packed = PackedGraphs.from_list([cycle(3 + i % 40) for i in range(80)])
    batch = next(iter(GraphLoader(packed, 80, shuffle=True)))
    assert (batch.ptr.diff().diff() >= 0).all()
    blocks = DenseLayout.blocks(batch.ptr)
    assert 1 < len(blocks) < 10
    assert sum(block.mask.numel() * block.shape[1] for block in blocks) < 0.6 * 80 * 42**2
    rows, pairs = torch.randn(int(batch.ptr[-1]), 2), torch.randn(int(batch.ptr.diff().square().sum()))
    assert torch.equal(torch.cat([block.flatten(block.pad(rows)) for block in blocks]), rows)
    assert torch.equal(torch.cat([block.pad_pairs(pairs)[block.pair_mask] for block in blocks]), pairs)
    assert len(DenseLayout.blocks(torch.arange(5) * 7)) == 1  # equal sizes gain nothing
