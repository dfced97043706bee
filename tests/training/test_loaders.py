"""What a loader can be told."""

from collections.abc import Iterable, Iterator
from inspect import unwrap  # off the check of types while tests run
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils.data import IterableDataset
from torch_geometric.data import Batch, Data, HeteroData
from torch_geometric.loader import DataListLoader, DataLoader, RandomNodeLoader

from mspe.common.errors import MspeError
from mspe.graphs import GraphLoader
from mspe.training.loaders import (
    EpochLoader,
    ResumableLoader,
    as_batch,
    begin_epoch,
    check_loader,
    count_batches,
    is_sharded,
)
from tests.training.fixtures import make_graphs, make_pair_trainer, make_trainer


class Numbered:
    """A loader that is told the epoch and nothing else."""

    def __init__(self) -> None:
        self.epochs: list[int] = []

    def __iter__(self) -> Iterator[Batch]:
        return iter(())

    def set_epoch(self, epoch: int) -> None:
        self.epochs.append(epoch)


@pytest.mark.parametrize(
    ("loader", "is_told_epochs", "is_resumable"),
    [
        (GraphLoader(make_graphs(8), 4), True, True),
        (Numbered(), True, False),
        (DataLoader(make_graphs(8), batch_size=4), False, False),
        ([], False, False),
    ],
)
def test_a_loader_is_known_by_its_methods(loader: object, is_told_epochs: bool, is_resumable: bool) -> None:
    assert (isinstance(loader, EpochLoader), isinstance(loader, ResumableLoader)) == (is_told_epochs, is_resumable)


def test_an_epoch_begins_where_it_was_left() -> None:
    loader = GraphLoader(make_graphs(), 8, shuffle=True)
    loader.set_epoch(2)
    expected = [batch.y.tolist() for batch in loader]
    begin_epoch(loader, epoch=2, first_batch=3)
    assert [batch.y.tolist() for batch in loader] == expected[3:]
    numbered = Numbered()
    begin_epoch(numbered, epoch=2, first_batch=3)
    assert numbered.epochs == [2]


def test_only_a_part_of_several_is_a_shard() -> None:
    graphs = make_graphs(8)
    assert is_sharded(GraphLoader(graphs, 4, shard=(0, 2)))
    assert not is_sharded(GraphLoader(graphs, 4)) and not is_sharded([])
    check_loader("val_loader", GraphLoader(graphs, 8, shard=(1, 2)))  # one batch, and that is the other's


class Stream(IterableDataset):
    """Graphs that come one by one, without a number."""

    def __iter__(self) -> Iterator[Data]:
        return iter(list(make_graphs(16)))


class Unsized:
    """A loader that does not know its length."""

    def __iter__(self) -> Iterator[Batch]:
        return iter(GraphLoader(make_graphs(16), 8))


def one_graph(count: int = 16) -> Data:
    """A graph whose nodes have targets."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(count, 3, generator=generator)
    edges = torch.stack([torch.arange(count), torch.arange(count).roll(1)])
    return Data(x=x, y=x.sum(1, keepdim=True), edge_index=edges)


LOADERS: dict[str, tuple[Any, int | None]] = {
    "no length": (Unsized(), None),
    "iterable data": (DataLoader(Stream(), batch_size=8), None),
    "lists of graphs": (DataListLoader(list(make_graphs(16)), batch_size=8), 2),
    "graphs": (list(make_graphs(16)), 16),
    "packed graphs": (make_graphs(16), 16),
    "one graph": ([one_graph()], 1),
    "parts of a graph": (RandomNodeLoader(one_graph(), num_parts=4), 4),
}


@pytest.mark.parametrize("kind", LOADERS)
def test_any_loader_trains_evaluates_and_predicts(tmp_path: Path, kind: str) -> None:
    loader, length = LOADERS[kind]
    trainer = make_trainer(tmp_path)
    history = trainer.fit(loader, loader, epochs=2)
    assert history["val_loss"][1] < history["val_loss"][0]
    assert trainer.predict(loader).shape == (16, 1)
    assert count_batches(loader) == length


def test_loaders_of_the_same_graphs_score_alike(tmp_path: Path) -> None:
    """However many graphs a batch holds."""
    trainer = make_trainer(tmp_path)
    scores = [
        trainer.eval_epoch(LOADERS[kind][0]) for kind in ("no length", "iterable data", "graphs", "packed graphs")
    ]
    assert all(score == pytest.approx(scores[0]) for score in scores)


def hetero() -> HeteroData:
    data = HeteroData()
    data["atom"].x = torch.zeros(2, 3)
    data["ring"].x = torch.zeros(1, 3)
    return data


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (hetero(), "heterogeneous data, of nodes atom, ring; give data.to_homogeneous"),
        (Batch.from_data_list([hetero()]), "heterogeneous data, of nodes atom, ring"),
        (torch.zeros(2), "a loader gave a Tensor, allowed: a batch of PyG"),
        ((torch.zeros(2), torch.zeros(2)), "a loader gave a tuple, allowed"),
        ([], "a loader gave a list, allowed"),
        (Data(x=torch.zeros(2, 3), input_id=torch.zeros(1), batch_size=1), "sampled neighbours beside the nodes"),
        (Data(x=torch.zeros(2, 3), input_id=torch.zeros(1), edge_label_index=torch.zeros(2, 1)), "of pairs, negatives"),
    ],
)
def test_what_is_no_batch_is_refused(item: object, message: str) -> None:
    with pytest.raises(MspeError, match=message):
        as_batch(item)


def test_sampled_pairs_are_scored_as_those_of_their_label(tmp_path: Path) -> None:
    """A batch as PyG's LinkNeighborLoader gives it: nodes of the pairs, then their neighbours."""
    graph = one_graph()
    pairs = torch.tensor([[0, 1, 2, 3], [4, 5, 6, 7]])
    sampled = Data(
        x=graph.x,
        edge_index=graph.edge_index,
        n_id=torch.arange(16),
        e_id=torch.arange(graph.num_edges),
        num_sampled_nodes=[8, 8],
        input_id=torch.arange(2),
        edge_label_index=pairs,
        edge_label=torch.tensor([1.0, 0.0, 1.0, 0.0]),
    )
    trainer = make_pair_trainer(tmp_path)
    expected = sampled.x[pairs[0]] @ trainer.model.weight.detach()
    torch.testing.assert_close(trainer.predict([sampled, sampled]), expected.repeat(2, 1))
    assert trainer.fit([sampled], [sampled], epochs=2)["val_roc_auc"]


def test_masks_are_said_not_to_be_used() -> None:
    graph = one_graph()
    graph.train_mask = torch.ones(16, dtype=torch.bool)
    with pytest.warns(UserWarning, match="train_mask: not used, every node with a known target counts"):
        as_batch(graph)


@pytest.mark.parametrize(
    ("loader", "message"),
    [
        (None, "val_loader: got None, allowed: a loader or a list of batches"),
        (one_graph(), r"val_loader: got a Data, allowed: .* one graph is \[data\]"),
        (hetero(), "val_loader: got a HeteroData"),
        (3, "val_loader: got a int"),
        ([], "val_loader: the loader is empty"),
        (iter([one_graph()]), "val_loader: got a list_iterator, which can be read once only"),
    ],
)
def test_what_is_no_loader_is_refused(loader: Iterable[Batch], message: str) -> None:
    with pytest.raises(MspeError, match=message):
        unwrap(check_loader)("val_loader", loader, 2)


def test_an_iterator_serves_one_epoch(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    assert trainer.fit(iter([one_graph()]), iter([one_graph()]), epochs=1)["lr"]
