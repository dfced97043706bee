"""The karate club: one graph, whose members are classified."""

import networkx as nx
import pytest
import torch

from mspe.dataset import get_dataset
from mspe.graphs import SPLITS


def test_the_club_is_networkxs() -> None:
    dataset = get_dataset("karate")
    network = nx.karate_club_graph()
    assert {tuple(edge) for edge in dataset.train[0].edge_index.T.tolist()} == set(network.to_directed().edges)
    sides = torch.stack([part.fields["y"].flatten() for part in dataset.get_splits()]).nansum(dim=0)
    assert [dataset.schema.classes[int(side)] for side in sides] == [club for _, club in network.nodes(data="club")]


@pytest.mark.parametrize("split", ["stratified", "random"])
def test_each_member_is_in_one_part(split: str) -> None:
    dataset = get_dataset("karate", split=split)
    known = torch.stack([~part.fields["y"].isnan() for part in dataset.get_splits()]).sum(dim=0)
    assert known.flatten().tolist() == [1] * 34
    assert sum(dataset.schema.counts[part] for part in SPLITS) == 34


def test_folds_test_every_member_once() -> None:
    tested = [~get_dataset("karate", split="folds", fold=fold).test.fields["y"].isnan() for fold in range(5)]
    assert torch.stack(tested).sum(dim=0).flatten().tolist() == [1] * 34
