"""Several processes on one run, as `torchrun` starts them."""

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, distributed, nn

from mspe.training.device import get_device


@contextmanager
def process_group(device: str | torch.device = "auto") -> Iterator[torch.device]:
    """Join the processes that `torchrun` has started, and give the device of this one.

    NCCL connects GPUs, one a process, and gloo CPUs; all but the main process log warnings alone. A process started
    without `torchrun` stays alone.
    """
    chosen = get_device(device)
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield chosen
        return
    if chosen.type == "cuda":
        chosen = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(chosen)
    distributed.init_process_group("nccl" if chosen.type == "cuda" else "gloo")
    if distributed.get_rank() > 0:
        logging.getLogger("mspe").setLevel(logging.WARNING)
    try:
        yield chosen
    finally:
        distributed.destroy_process_group()


class ProcessGroup:
    """The processes that train together; one alone where there is no process group.

    Attributes
    ----------
    rank, size
        Of this process, and how many there are.

    Examples
    --------
    >>> group = ProcessGroup()
    >>> group.size, group.is_main, group.gather("x")
    (1, True, ['x'])
    """

    def __init__(self) -> None:
        together = distributed.is_available() and distributed.is_initialized()
        self.rank = distributed.get_rank() if together else 0
        self.size = distributed.get_world_size() if together else 1

    @property
    def is_main(self) -> bool:
        """Return whether this process writes files, logs and the progress bar."""
        return self.rank == 0

    def broadcast(self, tensors: Iterable[Tensor]) -> None:
        """Give every process the main one's values."""
        if self.size > 1:
            for tensor in tensors:
                distributed.broadcast(tensor, src=0)

    def average_gradients(self, model: nn.Module, weight: int) -> int:
        """Average the gradients of all processes, each weighted by the targets behind it; the sum of the weights."""
        if self.size == 1:
            return weight
        parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad * weight for p in parameters]
        flat = torch.cat([gradient.flatten() for gradient in gradients] + [gradients[0].new_tensor([float(weight)])])
        distributed.all_reduce(flat)
        total = int(flat[-1])
        for parameter, averaged in zip(parameters, flat[:-1].split([p.numel() for p in parameters]), strict=True):
            parameter.grad = (averaged / max(1, total)).view_as(parameter) if total else None
        return total

    def gather(self, value: Any) -> list[Any]:
        """The values of all processes, in the order of their ranks; tensors have to be on the CPU."""
        if self.size == 1:
            return [value]
        values: list[Any] = [None] * self.size
        distributed.all_gather_object(values, value)
        return values
