"""Probes find what states hold, and not what they do not."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch_geometric.data import Batch

from mspe.influence.readout import read_out
from mspe.influence.sample import draw
from mspe.influence.sites import Sites
from tests.conftest import cycle, graph
from tests.influence.fixtures import packed


class Positions(nn.Module):
    """States of a node of a path: its place along it, its degree, or noise."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.place, self.degree, self.noise = (nn.Identity() for _ in range(4))

    def forward(self, batch: Batch) -> Tensor:
        x = self.encoder(batch.x)
        nodes = torch.arange(x.size(0))
        self.place((nodes - batch.ptr[batch.batch])[:, None] + 0 * x)
        self.degree(torch.bincount(batch.edge_index[0], minlength=x.size(0))[:, None] + 0 * x)
        return self.noise(torch.randn(x.size(0), 1, generator=torch.Generator().manual_seed(0)) + 0 * x)

    @property
    def sites(self) -> Sites:
        return Sites(self.encoder, {"place": self.place, "degree": self.degree, "noise": self.noise})


def test_states_tell_what_they_hold() -> None:
    random = np.random.default_rng(0)
    trees = [[(int(random.integers(node)), node) for node in range(1, size)] for size in range(8, 24)]
    paths = [[(node - 1, node) for node in range(1, size)] for size in range(8, 24)]
    model = Positions()
    found = read_out(model, draw(packed(*(graph(len(t) + 1, t) for t in trees)), 99, 4, 8, 0), model.sites, 0)
    assert found["degree"].degree == pytest.approx(1, abs=1e-3) and abs(found["noise"].degree) < 0.3
    found = read_out(model, draw(packed(*(graph(len(p) + 1, p) for p in paths)), 99, 4, 8, 0), model.sites, 0)
    assert found["place"].distance > 0.8  # (i − j)² is not |i − j|, but close
    assert found["noise"].distance < 0.3


def test_what_cannot_be_told_apart_has_no_score() -> None:
    model = Positions()
    found = read_out(
        model, draw(packed(cycle(6), cycle(8), graph(1, []), graph(3, [(0, 1)])), 9, 9, 9, 0), model.sites, 0
    )
    assert all(one.degree is None or np.isfinite(one.degree) for one in found.values())
    bare = draw(packed(*[graph(2, []), graph(3, [])] * 2), 9, 9, 9, 0)
    assert read_out(model, bare, model.sites, 0)["place"].distance is None
    assert read_out(model, draw(packed(cycle(6)), 9, 9, 9, 0), model.sites, 0) == {}
