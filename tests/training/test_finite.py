"""Where NaN or infinity is, and what becomes of its batch."""

import math
from pathlib import Path

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.graphs import GraphLoader
from tests.training.fixtures import loaders, make_graphs, make_trainer


def test_a_gradient_that_is_not_finite_is_named(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    trainer.model.linear.weight.register_hook(lambda gradient: gradient * math.inf)
    message = (
        r"the gradient's norm is (nan|inf) in epoch 1, batch 1, after step 0: the gradient of linear.weight is not"
    )
    with pytest.raises(MspeError, match=message):
        trainer.train_epoch(loaders()[0])
    skipping = make_trainer(tmp_path, skip_nonfinite=True)
    skipping.model.linear.weight.register_hook(lambda gradient: gradient * math.inf)
    before = skipping.model.linear.bias.clone()
    assert skipping.train_epoch(loaders()[0])["skipped"] == 5
    assert torch.equal(before, skipping.model.linear.bias) and skipping.global_step == 0


def test_a_loss_that_is_not_finite_stops_the_run_and_keeps_the_best(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    trainer.fit(*loaders(), epochs=1)
    best = (tmp_path / "best.pt").read_bytes()
    with torch.no_grad():
        trainer.model.output.bias.fill_(math.inf)
    with pytest.raises(
        MspeError,
        match=r"loss is inf in epoch 2, batch 1, after step 5: the parameter output.bias is not finite; lower",
    ):
        trainer.fit(*loaders(), epochs=2)
    assert (tmp_path / "best.pt").read_bytes() == best


def test_a_batch_that_is_not_finite_is_left_out_on_request(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    graphs = make_graphs()
    graphs.fields["x"][5] = math.nan
    train = GraphLoader(graphs, 8)
    with pytest.raises(MspeError, match=r"loss is nan in epoch 1, batch 1, after step 0: the batch's field x is not"):
        make_trainer(tmp_path).fit(train, train, epochs=1)
    trainer = make_trainer(tmp_path, skip_nonfinite=True)
    history = trainer.fit(train, loaders()[1], epochs=2)
    assert history["train_skipped"] == [1.0, 1.0] and trainer.global_step == 8
    assert all(math.isfinite(value) for name in ("train_loss", "train_mae", "val_loss") for value in history[name])
    assert "the batch is left out" in caplog.text
