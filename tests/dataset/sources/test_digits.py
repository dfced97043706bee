"""Digits: images as graphs of their pixels."""

from collections import Counter

import numpy as np
import pytest
import torch

from mspe.dataset import DatasetParams, GraphDataset, get_dataset
from mspe.dataset.sources.digits import SIDE, read


@pytest.fixture(scope="module")
def digits() -> GraphDataset:
    return get_dataset("digits")


def test_digits_are_their_pixels(digits: GraphDataset) -> None:
    from sklearn.datasets import load_digits

    assert [len(part) for part in digits.get_splits()] == [1437, 180, 180]
    first = digits.train[0]
    mean, std = torch.tensor(digits.schema.node_mean), torch.tensor(digits.schema.node_std)
    x = first.x * std + mean
    pixels = torch.zeros(8, 8)
    column, row = (8 * x[:, 1:]).round().long().T
    pixels[7 - row, column] = 16 * x[:, 0]
    images, labels = load_digits(return_X_y=True)
    match = np.abs(images - pixels.round().flatten().numpy()).sum(axis=1).argmin()
    assert np.abs(images[match] - pixels.flatten().numpy()).max() < 1e-3 and labels[match] == int(first.y)
    step = x[first.edge_index[0], 1:] - x[first.edge_index[1], 1:]
    assert (8 * step).abs().max().round() == 1  # neighbours and diagonals alone
    assert first.num_edges == 2 * (2 * 7 * 8 + 2 * 7 * 7)


def test_real_features_are_scaled_by_the_training_split_alone(digits: GraphDataset) -> None:
    x = digits.train.fields["x"]
    torch.testing.assert_close(x.mean(dim=0), torch.zeros(3), atol=1e-4, rtol=0)
    torch.testing.assert_close(x.std(dim=0, correction=0), torch.ones(3), atol=1e-4, rtol=0)
    other = get_dataset("digits", split_seed=1)
    assert other.schema.node_mean != digits.schema.node_mean


def test_all_images_have_one_grid_and_a_label_of_ten() -> None:
    samples = read(DatasetParams())
    assert len(samples.items) == 1797 and set(samples.labels or ()) == set(range(10))
    first = samples.items[0].edge_index
    assert all(graph.edge_index is first for graph in samples.items)
    degrees = Counter(Counter(first[0].tolist()).values())
    assert degrees == {3: 4, 5: 4 * (SIDE - 2), 8: (SIDE - 2) ** 2}  # corners, sides, inside
    assert not bool((first[0] == first[1]).any())


def test_the_default_split_holds_every_class_alike(digits: GraphDataset) -> None:
    for counts in digits.schema.class_counts.values():
        shares = np.array(counts) / sum(counts)
        assert np.abs(shares - 0.1).max() < 0.01
