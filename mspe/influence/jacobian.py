"""Norms of the blocks of a Jacobian between nodes, one source per graph at a time."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mspe.common.errors import MspeError


def block_norms(
    outputs: Float[Tensor, "nodes width"],
    inputs: Sequence[Tensor],
    sources: Int[Tensor, " sources"],
    probes: int,
    generator: torch.Generator,
) -> list[Float[Tensor, "nodes channels"]]:
    """Return √Σ_c (∂out_uc/∂input_vk)² of every node v and channel k, with u the source in v's graph.

    No graph may have two sources. As graphs do not influence each other, one backward pass serves all of a batch.
    Outputs of up to `probes` columns are taken one by one, exactly; wider ones by as many random signs r ∈ {−1, 1}:
    E (rᵀJ)² is the sum of squares over the columns of J.

    Parameters
    ----------
    outputs
        One row per node.
    inputs
        [nodes, channels] each, of the same run; one that the outputs do not depend on gets zeros.
    sources
        Rows of the outputs.
    probes
        Most backward passes.
    generator
        Of the signs, on the CPU.

    Raises
    ------
    MspeError
        If a gradient is not finite.
    """
    width = outputs.size(1)
    exact = width <= probes
    count = width if exact else probes
    squares = [torch.zeros(one.shape, dtype=torch.float64, device=one.device) for one in inputs]
    if outputs.grad_fn is None or not sources.numel():
        return squares
    for number in range(count):
        if exact:
            direction = torch.zeros(sources.numel(), width)
            direction[:, number] = 1.0
        else:
            direction = torch.randint(0, 2, (sources.numel(), width), generator=generator) * 2.0 - 1.0
        weight = torch.zeros_like(outputs)
        weight[sources] = direction.to(weight)
        found = torch.autograd.grad(outputs, inputs, weight, retain_graph=True, allow_unused=True)
        for place, gradient in enumerate(found):
            if gradient is not None:
                squares[place] += gradient.double().square()
    norms = [(total / (1 if exact else count)).sqrt() for total in squares]
    if not all(bool(norm.isfinite().all()) for norm in norms):
        raise MspeError("influence: a gradient is not finite; the model's states overflow on these graphs")
    return norms
