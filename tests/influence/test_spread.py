"""Sums by distance, and their means over nodes and graphs."""

import numpy as np
import pytest

from mspe.influence.spread import RESISTANCE_EDGES, NodeSpread, Spread

NODE = NodeSpread.of(
    np.array([4.0, 1.0, 3.0, 2.0]), np.array([0.0, 1.0, 2.0, np.inf]), np.array([0.0, 0.5, 1.5, np.inf])
)


def test_influence_is_summed_by_hops_and_resistance() -> None:
    assert NODE.by_hops.tolist() == [4, 1, 3] and NODE.count.tolist() == [1, 1, 1]
    assert (NODE.total, NODE.hops_sum, NODE.elsewhere, NODE.resistance_sum) == (8, 7, 2, 5)
    assert NODE.by_resistance is not None
    found = dict(zip(RESISTANCE_EDGES, NODE.by_resistance, strict=True))
    assert (found[0.0], found[0.5], found[2.0]) == (4, 1, 3) and sum(found.values()) == 8


def test_means_are_over_nodes_then_graphs() -> None:
    near = NodeSpread.of(np.array([1.0]), np.array([0.0]), None)
    spread = Spread.of({0: [NODE, near], 1: [near]}, {0: 2, 1: 1}, 2)
    assert spread.range.mean == pytest.approx((7 / 8 / 2 + 0) / 2) and spread.range.error == 0
    assert spread.shares == pytest.approx([(0.75 + 1) / 2, 1 / 32, 3 / 32]) and sum(spread.shares) == pytest.approx(1)
    assert spread.per_node == pytest.approx([2, 1, 3])
    assert spread.beyond(0) == pytest.approx(1 / 8) and spread.beyond(2) == 0
    assert spread.elsewhere.mean == pytest.approx(0.2 / 4)
    assert spread.resistance_range is None and spread.resistance_shares == []


def test_nodes_that_nothing_influences_have_no_range() -> None:
    silent = NodeSpread.of(np.zeros(2), np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    spread = Spread.of({0: [silent, NODE]}, {0: 2}, 1)
    assert (spread.nodes, spread.silent) == (2, 1) and spread.range.mean == pytest.approx(7 / 8)
    assert spread.range_sum.mean == pytest.approx(3.5)
    none = Spread.of({0: [silent]}, {0: 1}, 1)
    assert none.range.mean is None and none.shares == [] and none.quantiles == []
