"""Random features: their distribution, what is drawn when, resumed runs, and the variance of outputs."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from mspe.encodings import BatchEncodings, EncodingSet, RandomFeatures
from mspe.encodings.node_noise import node_noise
from mspe.graphs import DenseLayout, PackedGraphs
from tests.conftest import complete, cycle, graph
from tests.encodings.catalogue.test_pearl import assert_same_predictions, loaders, trainer
from tests.encodings.fixtures import view_of

BANK = {"random_features": 8, "node": False, "pair": False}


def moments(samples: Tensor) -> None:
    """Mean 0, variance 1, no covariance: within five standard errors."""
    count, width = samples.shape
    assert samples.mean(dim=0).abs().max() < 5 * count**-0.5
    torch.testing.assert_close(samples.T @ samples / count, torch.eye(width), atol=5 * (2 / count) ** 0.5, rtol=0.0)


def test_numbers_of_training_have_mean_0_and_variance_1_over_draws() -> None:
    torch.manual_seed(0)
    encoding, view = RandomFeatures(2).train(), view_of(cycle(3))
    moments(torch.stack([encoding.node(view).flatten() for _ in range(2000)]))


def test_numbers_of_evaluation_have_mean_0_and_variance_1_over_nodes() -> None:
    moments(RandomFeatures(4).eval().node(view_of(graph(500, []))))


def test_evaluation_has_the_same_numbers_in_any_batch_and_moves_no_generator() -> None:
    encoding = RandomFeatures(4).eval()
    graphs = [cycle(3), graph(1, []), complete(6)]
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    together = encoding.node(view_of(*graphs))
    assert torch.equal(together, torch.cat([encoding.node(view_of(one)) for one in graphs]))
    assert torch.equal(torch.rand(1), expected)


def test_training_draws_anew_and_repeats_from_a_seed() -> None:
    encoding, view = RandomFeatures(4).train(), view_of(cycle(5))
    torch.manual_seed(3)
    first, second = encoding.node(view), encoding.node(view)
    torch.manual_seed(3)
    assert torch.equal(encoding.node(view), first) and not torch.equal(first, second)


def test_it_is_evaluated_in_every_batch_and_reads_nothing_of_graphs() -> None:
    bank = EncodingSet.from_config({"random_features": 2, "degree": True, "node": False})
    assert bank.node_channels == ["degree", "random(1)", "random(2)"]
    assert [one.name for one in bank.evaluated] == ["random_features"] and not bank.batch_needs
    assert EncodingSet.from_config(bank.config()).config() == bank.config()


def test_large_graphs_beside_small_ones_are_not_decomposed_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mspe.encodings.batch.compute_spectrum", None)
    both = PackedGraphs.from_list([cycle(3), cycle(600)]).collate([0, 1])
    channels = BatchEncodings(EncodingSet([RandomFeatures(2)]).eval(), both, DenseLayout.blocks(both.ptr))
    assert torch.equal(channels.node()[3:], node_noise(DenseLayout.from_sizes([600]), 2))


def test_a_checkpoint_predicts_the_same(tmp_path: Path) -> None:
    whole = trainer(tmp_path / "whole", BANK)
    whole.fit(*loaders(), epochs=2)
    loaded = trainer(tmp_path / "loaded", BANK, seed=5)
    loaded.load_checkpoint(whole.save_checkpoint("saved.pt"))
    assert_same_predictions(whole, loaded)
    assert_same_predictions(whole, whole)
