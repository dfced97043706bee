"""Drawn graphs: connected where they must be, noise on the features alone, random numbering."""

import numpy as np
import pytest

from mspe.common.errors import MspeError
from mspe.dataset.synthetic.config import SyntheticParams
from mspe.dataset.synthetic.drawing import draw, features_of, one_hot
from mspe.dataset.synthetic.plan import make_plan
from mspe.dataset.synthetic.question import Answered
from tests.dataset.synthetic.fixtures import drawn_of

COLUMNS = Answered(np.zeros(3), np.array([[0, 2], [1, 0], [0, 1]]), (2, 3))


def test_graphs_that_are_not_connected_are_drawn_again_and_counted() -> None:
    drawn = drawn_of(40, task="diameter", size=30, degree=3)
    assert all(each.graph.is_connected for each in drawn) and sum(each.redrawn for each in drawn) > 40
    assert all(each.redrawn == 0 for each in drawn_of(10, task="degree", size=30, degree=1))


def test_a_graph_that_is_never_connected_is_one_line() -> None:
    plan = make_plan(SyntheticParams(generator="random_regular", degree=1, size=(10, 10)))
    with pytest.raises(MspeError) as raised:
        draw(plan, np.random.default_rng(0))
    assert str(raised.value) == (
        "dataset.synthetic: none of 1000 graphs of random_regular with 10 nodes and degree 1 is connected, which "
        "source_distance needs; raise dataset.synthetic.degree, or take fewer nodes or another generator"
    )


def test_every_size_of_a_range_is_drawn() -> None:
    sizes = [each.graph.size for each in drawn_of(200, size=[6, 10])]
    assert set(sizes) == {6, 7, 8, 9, 10} and max(np.bincount(sizes)) < 80


def test_nodes_are_numbered_at_random() -> None:
    neighbours = {tuple(each.graph.directed[1, :2].tolist()) for each in drawn_of(20, generator="ring", task="degree")}
    assert len(neighbours) > 10


def test_noise_changes_the_features_alone_and_has_its_deviation() -> None:
    clean = drawn_of(30, task="source_distance", size=40)
    noisy = drawn_of(30, task="source_distance", size=40, noise=0.5)
    for one, two in zip(clean, noisy, strict=True):
        assert (one.graph.edges == two.graph.edges).all() and (one.answers == two.answers).all()
    assert all(each.features is not None and each.features.shape == (40, 2) for each in noisy)
    rest = np.concatenate([two.features - np.eye(2)[one.features[:, 0]] for one, two in zip(clean, noisy, strict=True)
                           if one.features is not None and two.features is not None])  # fmt: skip
    assert abs(rest.mean()) < 0.04 and abs(rest.std() - 0.5) < 0.03


def test_categories_are_one_hot_and_numbers_as_they_are() -> None:
    assert one_hot(COLUMNS).tolist() == [[1, 0, 0, 0, 1], [0, 1, 1, 0, 0], [1, 0, 0, 1, 0]]
    numbers = np.array([[0.25], [0.75]])
    assert one_hot(Answered(np.zeros(2), numbers)).tolist() == numbers.tolist()


def test_structure_only_has_no_features() -> None:
    random = np.random.default_rng(0)
    assert features_of(COLUMNS, SyntheticParams(features=False), random) is None
    assert features_of(Answered(np.zeros(2)), SyntheticParams(), random) is None
    features = features_of(COLUMNS, SyntheticParams(), random)
    assert features is not None and features.tolist() == [[0, 2], [1, 0], [0, 1]]
