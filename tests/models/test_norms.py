"""Norms of one row."""

import torch

from mspe.models.norms import BatchNorm

WIDTH, HEADS = 16, 4


def test_one_row_is_normalised_by_the_running_statistics() -> None:
    norm = BatchNorm(3)
    assert norm(torch.ones(1, 3)).isfinite().all() and torch.equal(norm.running_mean, torch.zeros(3))
    norm(torch.ones(4, 3))
    torch.testing.assert_close(norm.running_mean, torch.full((3,), 0.1))
