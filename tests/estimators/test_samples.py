"""What `fit` is given, in every form, and what it refuses."""

from typing import Any

import numpy as np
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import from_smiles

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset
from mspe.estimators.samples import read_graphs, read_targets
from tests.conftest import cycle, graph


def test_molecules_and_graphs_are_read_and_left_as_they_are() -> None:
    given = from_smiles("CCO")
    for samples in (["CCO"], np.array(["CCO"]), (text for text in ["CCO"]), [given]):
        (read,) = read_graphs(samples)
        assert torch.equal(read.x, given.x) and torch.equal(read.edge_index, given.edge_index)
    assert "smiles" in given and "smiles" not in read


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ([], "X: got none"),
        ("CCO", "X: got one str, allowed: a list"),
        (cycle(3), "X: got one Data"),
        (3, "X: got one int"),
        (["CCO", "C1CC"], r"X\[1\]: unreadable SMILES: 'C1CC'; correct it, or leave it out"),
        (["CCO", cycle(3)], r"X\[1\] is Data, allowed: SMILES strings alone or PyG Data alone, as all others: X\[0\]"),
        ([cycle(3), None], r"X\[1\] is NoneType"),
        ([3.5], r"X\[0\] is float, allowed: SMILES strings alone or PyG Data alone$"),
        ([cycle(3), graph(2, [(0, 2)])], r"X\[1\]: node index out of range"),
    ],
)
def test_what_is_no_list_of_samples_is_one_line(samples: Any, message: str, unchecked: None) -> None:
    with pytest.raises(MspeError, match=message) as error:
        read_graphs(samples)
    assert "\n" not in str(error.value)


def test_features_that_a_dataset_has_numbered_are_refused() -> None:
    """A model of them would not know those of new molecules."""
    train, _, _ = get_dataset("nci", limit=4).get_splits()
    with pytest.raises(MspeError, match=r"X\[0\]: its features are numbered or scaled by get_dataset"):
        read_graphs(list(train))


def with_y(y: Any) -> Data:
    return Data(edge_index=cycle(3).edge_index, num_nodes=3, y=torch.tensor(y))


def test_targets_come_in_every_form() -> None:
    graphs = [with_y([1.0]), with_y([2.0])]
    for given in (None, [1, 2], np.array([1, 2]), torch.tensor([1.0, 2.0])):
        assert read_targets(graphs, given).tolist() == [1, 2]
    assert read_targets(graphs, ["a", "b"]).tolist() == ["a", "b"]
    assert read_targets(graphs, [[1.0, 2.0], [3.0, 4.0]]).shape == (2, 2)
    assert read_targets([with_y([[1.0, 2.0]])], None).shape == (1, 2)


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ([1], "y: got 1 targets for 2 samples"),
        ([1.0, float("nan")], r"y\[1\] is nan, as 1 of 2 targets that are not finite; leave these samples out"),
        ([[1.0, 2.0], [float("inf"), 0.0]], r"y\[1\] is \[inf, 0.0\]"),
        (["a", 2], "y holds text and numbers"),
        ([None, 1], "y holds None, allowed: numbers or, of classes, text"),
        ([[1], [1, 2]], "y: its rows have several lengths"),
        (None, r"y: got none, and X\[1\] has no y of its own; give y"),
    ],
)
def test_targets_that_cannot_be_used_are_one_line(targets: Any, message: str) -> None:
    with pytest.raises(MspeError, match=message) as error:
        read_targets([with_y([1.0]), cycle(3)], targets)
    assert "\n" not in str(error.value)
