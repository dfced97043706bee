"""Where NaN or infinity is."""

import math
from pathlib import Path

import pytest
import torch

from mspe.common.errors import MspeError
from tests.training.fixtures import loaders, make_trainer


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
