"""Sorted edges."""

import torch

from mspe.graphs import EdgeLayout
from mspe.models.local import _SumMessages
from tests.models.fixtures import BATCH, EDGES, states

WIDTH, HEADS = 16, 4


def test_edges_are_sorted_by_target_and_nothing_is_lost() -> None:
    assert torch.equal(BATCH.edge_index[:, EDGES.order], torch.stack([EDGES.source, EDGES.target]))
    assert (EDGES.target.diff() >= 0).all() and (EDGES.source[EDGES.by_source].diff() >= 0).all()
    assert EDGES.target_offsets[-1] == EDGES.source_offsets[-1] == BATCH.num_edges
    none = EdgeLayout.from_edge_index(torch.zeros(2, 0, dtype=torch.long), 3)
    x = states(rows=3)
    torch.testing.assert_close(_SumMessages.apply(x, torch.zeros(0, WIDTH), none), x)
