"""Changes of the output by what lies far away, in closed form."""

import pytest
import torch

from mspe.influence import causal
from mspe.influence.causal import cut, occlude
from mspe.influence.sample import draw
from tests.conftest import cycle, graph
from tests.influence.fixtures import LinearModel, hops, packed


@pytest.mark.parametrize("distance", [1, 2, 4])
def test_features_exactly_d_hops_away_have_range_d(distance: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def at_distance(adjacency: torch.Tensor, together: torch.Tensor) -> torch.Tensor:
        reached = [
            (torch.linalg.matrix_power(adjacency + torch.eye(len(adjacency)), k) > 0) for k in range(distance + 1)
        ]
        return (reached[distance] & ~reached[distance - 1]).to(adjacency)

    graphs = packed(cycle(12), graph(1, []))
    graphs.fields["x"][-1] = 0.0  # the node that all features are replaced by
    monkeypatch.setattr(causal.torch, "randint", lambda most, size, generator: torch.full(size, most - 1))
    model, sample = LinearModel(at_distance), draw(graphs[:2], 2, 99, 2, 0)
    curve = occlude(model, sample, model.sites, True, 0)
    means = [one.mean for one in curve.change]
    assert curve.distances == list(range(8)) and means[-1] == 0
    assert means == pytest.approx([means[0]] * (distance + 1) + [0] * (7 - distance))
    assert curve.range == pytest.approx(distance) and curve.receptive_field == distance


def test_equal_features_change_nothing() -> None:
    model, sample = LinearModel(hops(1)), draw(packed(cycle(6)), 1, 2, 1, 0)
    curve = occlude(model, sample, model.sites, True, 0)
    assert curve.range is None and curve.receptive_field is None


def test_removed_edges_end_walks() -> None:
    """Walks of two steps on a cycle: 4; without edges one hop away 2, to a neighbour and back; without any, none."""
    model, sample = LinearModel(hops(2)), draw(packed(cycle(8)), 1, 99, 1, 0)
    curve = cut(model, sample, model.sites, True)
    means = [one.mean for one in curve.change]
    assert means == pytest.approx([means[0], means[0] / 2, *[0] * 4])
    assert curve.range == pytest.approx(0.5) and curve.receptive_field == 1


def test_other_components_are_far() -> None:
    model = LinearModel(lambda adjacency, together: together)
    sample = draw(packed(graph(4, [(0, 1), (2, 3)])), 1, 1, 1, 0)
    sample.batches[0].batch.x[:] = torch.arange(4.0)[:, None]
    curve = occlude(model, sample, model.sites, True, 0)
    assert curve.distances == [0, 1, 2] and (curve.change[2].mean or 0) > 0
