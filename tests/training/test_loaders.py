"""What a loader can be told."""

from collections.abc import Iterator

import pytest
from torch_geometric.data import Batch
from torch_geometric.loader import DataLoader

from mspe.graphs import GraphLoader
from mspe.training.loaders import EpochLoader, ResumableLoader, begin_epoch, is_sharded
from tests.training.fixtures import make_graphs


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
