"""Masks of nodes, as PyG's datasets and users have them."""

import logging
import re
from itertools import chain
from typing import Any

import pytest
import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset import unsplit_graphs, unsplit_source
from mspe.dataset.node_masks import given_masks, split_by_masks


def ring(size: int = 12, **fields: Any) -> Data:
    nodes = torch.arange(size)
    edges = torch.stack([nodes, (nodes + 1) % size])
    return Data(x=torch.rand(size, 2), edge_index=edges, y=nodes % 3, num_nodes=size, **fields)


def masked(size: int = 12, parts: tuple[int, int, int] = (6, 2, 4)) -> Data:
    owner = torch.repeat_interleave(torch.arange(3), torch.tensor(parts))
    return ring(size, train_mask=owner == 0, val_mask=owner == 1, test_mask=owner == 2)


def test_masks_split_the_nodes_of_one_graph() -> None:
    dataset = unsplit_graphs([masked()])
    division = dataset.divide(seed=5)
    assert division.positions == {"train": [*range(6)], "val": [6, 7], "test": [8, 9, 10, 11]}
    assert division.unit == "node" and not dataset.is_drawn
    assert "given by the nodes' masks" in division.summary[-1] and "the nodes are split" in division.summary[-1]
    assert division.schema.counts == {"train": 6, "val": 2, "test": 4}
    part = dataset.part(division, "val")
    assert part.fields["y"].flatten().isnan().tolist() == [True] * 6 + [False] * 2 + [True] * 4


def test_masks_split_the_nodes_of_several_graphs() -> None:
    division = unsplit_graphs([masked(), masked(parts=(2, 2, 8))]).divide(seed=0)
    assert division.positions["train"] == [0, 1, 2, 3, 4, 5, 12, 13]


def test_statistics_are_of_the_training_nodes_alone() -> None:
    graph = masked()
    graph.y = torch.arange(12.0) ** 2 + 0.5
    schema = unsplit_graphs([graph], task="regression").divide(seed=0).schema
    assert schema.target_mean[0] == pytest.approx(float(graph.y[:6].mean()))


def test_unknown_labels_are_left_out_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    graph = masked()
    graph.y[torch.tensor([0, 9])] = -1
    with caplog.at_level(logging.WARNING):
        division = unsplit_graphs([graph]).divide(seed=0)
    assert len(division.positions["train"]) == 5 and len(division.positions["test"]) == 3
    assert "nodes of the split without a target, left out: 1 of train, 1 of test" in caplog.text


def test_another_split_draws_the_labelled_nodes_of_one_graph() -> None:
    graph = masked(parts=(6, 2, 4))
    graph.y[0] = -1
    dataset = unsplit_graphs([graph], split="random")
    first, second = (dataset.divide(seed).positions for seed in (0, 1))
    assert sorted(chain(*first.values())) == [*range(1, 12)] and first != second and dataset.is_drawn
    alone = unsplit_graphs([ring()]).divide(0)
    assert alone.unit == "node" and sorted(chain(*alone.positions.values())) == [*range(12)]


def test_stratified_parts_have_every_class() -> None:
    graph = ring(60)
    positions = unsplit_graphs([graph], split="stratified").divide(0).positions
    assert all(set((torch.tensor(part) % 3).tolist()) == {0, 1, 2} for part in positions.values())


def test_validation_is_cut_from_train_where_there_is_no_mask_for_it() -> None:
    graph = masked(30, (18, 0, 12))
    del graph.val_mask
    positions = unsplit_graphs([graph]).divide(0).positions
    assert {name: len(part) for name, part in positions.items()} == {"train": 16, "val": 2, "test": 12}


def test_a_column_of_masks_is_chosen_by_fold() -> None:
    graph = masked()
    for name in given_masks(graph.to_dict()):
        graph[name] = torch.stack([graph[name], graph[name].flip(0)], dim=1)
    assert unsplit_graphs([graph], fold=1).divide(0).positions["train"] == [*range(6, 12)]
    with pytest.raises(MspeError, match=r"^dataset.fold: got 2, allowed: 0 to 1, the columns of the graphs given"):
        unsplit_graphs([graph], fold=2)


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (
            torch.ones(11, dtype=torch.bool),
            r"train_mask has shape [11] of bool, allowed: [12] or [12, splits], a row per node",
        ),
        (torch.arange(12), "train_mask holds numbers other than 0 and 1"),
        ("train", "train_mask has str, allowed: [12]"),
    ],
)
def test_what_is_no_mask_is_refused(mask: Any, message: str) -> None:
    with pytest.raises(MspeError, match=re.escape(message)):
        split_by_masks([ring()], [{"train_mask": mask}], 0, "g")


def test_masks_in_some_graphs_alone_are_refused() -> None:
    with pytest.raises(MspeError, match=r"graph 1 has no test_mask, which others have"):
        unsplit_graphs([masked(), ring()])


def test_masks_of_graphs_whose_targets_are_their_own_are_named_as_unused(caplog: pytest.LogCaptureFixture) -> None:
    graphs = [masked() for _ in range(20)]
    for number, graph in enumerate(graphs):
        graph.y = torch.tensor([float(number)])
    with caplog.at_level(logging.WARNING):
        assert unsplit_graphs(graphs).samples.split_unit == "graph"
    assert "attributes that are not used: train_mask (of 20 graphs)" in caplog.text


@pytest.mark.parametrize(
    "names",
    [
        ("train_mask", "valid_mask", "test_mask"),
        ("training_mask", "validation_mask", "testing_mask"),
        ("train_idx", "valid_idx", "test_idx"),
        ("train_index", "val_index", "test_indices"),
    ],
)
def test_the_usual_names_of_parts_are_read(names: tuple[str, str, str], caplog: pytest.LogCaptureFixture) -> None:
    graph = masked()
    for usual, name in zip(("train_mask", "val_mask", "test_mask"), names, strict=True):
        mask = graph[usual]
        del graph[usual]
        graph[name] = mask if name.endswith("mask") else mask.nonzero().flatten()
    with caplog.at_level(logging.WARNING):
        division = unsplit_graphs([graph]).divide(seed=0)
    assert division.positions == {"train": [*range(6)], "val": [6, 7], "test": [8, 9, 10, 11]}
    assert f"masks {', '.join(names)}" in division.summary[-1] and "not used" not in caplog.text


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        (torch.tensor([0, 12]), "train_idx holds 12, allowed: node numbers, 0 to 11"),
        (torch.tensor([-1, 3]), "train_idx holds -1, allowed: node numbers, 0 to 11"),
        (torch.tensor([3, 3]), "train_idx names a node twice"),
        (torch.tensor([True] * 12), "train_idx has shape [12] of bool, allowed: a list of node numbers, 0 to 11"),
        (torch.tensor([[1, 2]]), "train_idx has shape [1, 2] of int64, allowed: a list of node numbers"),
        ([1, "two"], "train_idx has list, allowed: a list of node numbers"),
    ],
)
def test_what_lists_no_nodes_is_refused(numbers: Any, message: str) -> None:
    with pytest.raises(MspeError, match=re.escape(message)):
        split_by_masks([ring()], [{"train_idx": numbers}], 0, "g")


def test_two_attributes_for_one_part_are_refused() -> None:
    graph = masked()
    graph.valid_idx = torch.tensor([6, 7])
    with pytest.raises(MspeError, match=r"val_mask and valid_idx say the same part of the split; keep one of them$"):
        unsplit_graphs([graph])


def test_lists_of_nodes_are_of_one_split() -> None:
    with pytest.raises(
        MspeError, match=r"^dataset.fold: got 1, allowed: 0, since g: graph 0: train_idx is of one split"
    ):
        split_by_masks([ring()], [{"train_idx": [0, 1]}], 1, "g")


def test_a_single_graph_has_many_epochs_since_each_is_one_step() -> None:
    assert unsplit_graphs([masked()]).divide(0).schema.settings == {"training.epochs": 200, "training.batch_size": 1}
    assert unsplit_graphs([masked(), masked()]).divide(0).schema.settings == {}
    own = unsplit_source("karate").divide(0).schema.settings
    assert own == {"training.epochs": 60, "training.batch_size": 1}
