"""Learned channel weights."""

import torch
from torch import nn

from tests.models.fixtures import Molecules, build


def test_the_weight_of_every_scale_is_read_out_by_its_name(molecules: Molecules) -> None:
    model = build(molecules[0])
    names = ["walk(0)", "walk(1)", "walk(2)", "walk(5)", "heat(0.25)", "heat(1)", "heat(8)"]
    assert model.scale_weights() == {"node": dict.fromkeys(names, 1.0), "pair": dict.fromkeys(names, 1.0)}
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    for _ in range(5):
        batch = molecules[1].collate(range(16))
        nn.functional.l1_loss(model(batch), batch.y).backward()
        optimizer.step()
    for weights in model.scale_weights().values():
        values = torch.tensor(list(weights.values()))
        assert (values > 0).all() and len(set(weights.values())) > 1
        torch.testing.assert_close(values.mean(), torch.tensor(1.0))
    assert build(molecules[0], scale_gate=False).scale_weights() == {}
    assert set(build(molecules[0], name="gps").scale_weights()) == {"node"}
