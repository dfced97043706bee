"""Draws of graphs and nodes."""

import numpy as np
import torch

from mspe.influence.sample import draw
from tests.conftest import cycle, graph
from tests.influence.fixtures import packed

GRAPHS = packed(*(cycle(size) for size in range(3, 13)))


def numbers(seed: int) -> list[tuple[int, list[int]]]:
    sample = draw(GRAPHS, 4, 3, 2, seed)
    return [(one.number, one.sources.tolist()) for drawn in sample.batches for one in drawn.graphs]


def test_a_seed_draws_the_same_and_no_more_than_asked_for() -> None:
    assert numbers(0) == numbers(0) != numbers(1)
    assert [len(sources) for _, sources in numbers(0)] == [3] * 4
    sample = draw(GRAPHS, 4, 3, 3, 0)
    assert [len(drawn.graphs) for drawn in sample.batches] == [3, 1] and sample.graphs == 10
    assert sample.sizes == {number: number + 3 for number, _ in numbers(0)}


def test_each_source_has_its_turn_at_its_row() -> None:
    (drawn,) = draw(packed(cycle(5), graph(1, []), cycle(3)), 9, 4, 9, 0).batches
    rows = [rows.tolist() for _, rows in drawn.turns()]
    assert [len(one) for one in rows] == [3, 2, 2, 1] and rows[0][1] == 5
    for turn, found in drawn.turns():
        for (one, place), row in zip(turn, found.tolist(), strict=True):
            assert row == one.first + one.sources[place] and one.hops[place][row - one.first] == 0


def test_candidates_alone_are_drawn() -> None:
    allowed = torch.zeros(75, dtype=torch.bool)
    allowed[[0, 4]] = True  # the first of cycle(3), the second of cycle(4)
    sample = draw(GRAPHS, 9, 9, 9, 0, allowed)
    assert [(one.number, one.sources.tolist()) for one in sample.batches[0].graphs] == [(0, [0]), (1, [1])]
    assert sample.graphs == 2 and np.isfinite(sample.batches[0].graphs[0].hops).all()
