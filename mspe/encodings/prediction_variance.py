"""How far a model's outputs depend on the random numbers that its encodings draw."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.data import Batch

from mspe.common.errors import MspeError
from mspe.encodings.encoding import Encoding


@torch.no_grad()
def prediction_variance(model: nn.Module, batch: Batch, draws: int = 16) -> Float[Tensor, "samples outputs"]:
    """Return the variance (ddof 1) of each output over new draws of the encodings that draw random numbers.

    All else is as in evaluation; the model is left in the mode it was in. Numbers come from torch's generator.

    Parameters
    ----------
    model
        With `random_features`, or `pearl` of random inputs, in its bank.
    batch
        Graphs that it takes.
    draws
        At least 2; the relative error of a variance is about (2 / draws)^½.

    Raises
    ------
    MspeError
        If no encoding of the model draws, or there are too few draws.
    """
    drawing = [module for module in model.modules() if isinstance(module, Encoding) and module.draws]
    if not drawing:
        raise MspeError("prediction_variance: the model has no encoding that draws random numbers; its variance is 0")
    if draws < 2:
        raise MspeError(f"prediction_variance: draws: got {draws}, allowed: at least 2")
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    for encoding in drawing:
        encoding.training = True
    try:
        return torch.stack([model(batch) for _ in range(draws)]).var(dim=0)
    finally:
        for module, training in modes:
            module.training = training
