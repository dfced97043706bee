"""Compares compiled layers with eager ones; run by a test in a process of its own, without the run-time type checks."""

import sys

import torch
from torch import nn

from mspe.dataset import get_dataset
from mspe.encodings import PRESETS
from mspe.models import ModelParams, compile_layers, get_model, model_arguments

SMALL = {"hidden_dim": 16, "num_layers": 1, "heads": 2, "node_dim": 6, "pair_dim": 8}


def main(name: str) -> None:
    dataset = get_dataset("nci", limit=48)
    arguments = model_arguments(ModelParams(name=name, **SMALL), dataset.schema, PRESETS["default"])  # type: ignore[arg-type]
    models = []
    for _ in range(2):
        torch.manual_seed(0)
        models.append(get_model(**arguments))
    compile_layers(models[1])
    assert list(models[0].state_dict()) == list(models[1].state_dict())
    for number in range(2):  # two shapes
        batch = dataset.train.collate(range(12 * number, 12 * number + 10 + number))
        results = []
        for model in models:
            model.zero_grad()
            output = model(batch)
            nn.functional.l1_loss(output, batch.y).backward()
            results.append((output.detach(), *(parameter.grad for parameter in model.parameters())))
        torch.testing.assert_close(results[0], results[1], atol=1e-4, rtol=1e-4)


if __name__ == "__main__":
    main(sys.argv[1])
