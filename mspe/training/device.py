"""Where to compute, and in which precision."""

import logging
import os
import re
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch import nn
from torch_geometric.data import Batch

from mspe.common.errors import MspeError
from mspe.common.shown import shown

logger = logging.getLogger(__name__)


def get_device(name: str | torch.device = "auto") -> torch.device:
    """The named device; `auto` is CUDA where there is one, else the CPU.

    A CUDA device that is not there falls back to the CPU with a warning.

    Raises
    ------
    MspeError
        If torch knows no such device, or it is a CUDA device of more than two digits.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise _unknown(name) from None
    # torch keeps the number in 8 bits: of cuda:999 it would make cuda:-25
    if isinstance(name, str) and device.type == "cuda" and not re.fullmatch(r"cuda(:[0-9]{1,2})?", name):
        raise _unknown(name)
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        warnings.warn(f"device {device} is not available; the CPU is used", stacklevel=2)
        return torch.device("cpu")
    return device


def shared_devices(name: str = "auto") -> list[str]:
    """Return the CUDA devices among which several processes are dealt, by the names that CUDA_VISIBLE_DEVICES takes.

    None where one of them is named, or the CPU, or there is none.
    """
    if name not in ("auto", "cuda") or not torch.cuda.is_available():
        return []
    seen = os.environ.get("CUDA_VISIBLE_DEVICES")
    count = torch.cuda.device_count()
    return seen.split(",")[:count] if seen else [str(number) for number in range(count)]


def _unknown(name: str | torch.device) -> MspeError:
    return MspeError(f"device: got {shown(name)}, allowed: auto, cpu, cuda, cuda:0, … cuda:99")


class Precision:
    """Mixed precision: the autocast context and the gradient scaler that belong together.

    Parameters
    ----------
    mixed
        False: full precision. True: bf16 where the device has it, else fp16. `bf16` or `fp16`: that one.
    device
        Where the model runs.
    """

    def __init__(self, mixed: bool | str, device: torch.device) -> None:
        names = {False: None, "bf16": torch.bfloat16, "fp16": torch.float16}
        if mixed is True:
            has_bf16 = device.type == "cpu" or torch.cuda.is_bf16_supported()
            mixed = "bf16" if has_bf16 else "fp16"
        if not isinstance(mixed, bool | str) or mixed not in names:
            raise MspeError(f"mixed_precision: got {mixed!r}, allowed: true, false, bf16, fp16")
        self.dtype = names[mixed]
        self.device_type = device.type
        self.scaler = torch.amp.GradScaler(device.type, enabled=self.dtype is torch.float16)

    def autocast(self) -> AbstractContextManager[object]:
        """The context of a forward pass."""
        return nullcontext() if self.dtype is None else torch.autocast(self.device_type, dtype=self.dtype)


def upcast_half(prediction: torch.Tensor) -> torch.Tensor:
    """The same in single precision, where it is in half; double stays double."""
    return prediction.float() if prediction.dtype in (torch.float16, torch.bfloat16) else prediction


def log_model_info(model: nn.Module) -> int:
    """Log, and return, how many trainable parameters a model has."""
    trainable = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    total = sum(parameter.numel() for parameter in model.parameters())
    logger.info("%s: %s trainable parameters of %s", type(model).__name__, f"{trainable:,}", f"{total:,}")
    return trainable


@contextmanager
def oom_hint(batch: Batch) -> Iterator[None]:
    """Turn a device's lack of memory into one line that names the batch and what to lower.

    Raises
    ------
    MspeError
        If the memory does not suffice.
    """
    try:
        yield
    except torch.OutOfMemoryError as error:
        largest = int(batch.ptr.diff().max())
        reason = str(error).split(". ", maxsplit=1)[0]
        raise MspeError(
            f"out of memory with a batch of {batch.num_graphs} graphs, {batch.num_nodes:,} nodes, {batch.num_edges:,} "
            f"edges, the largest graph of {largest:,} nodes ({reason}); lower training.batch_size, raise "
            "training.accumulation_steps to make up for it, set training.mixed_precision=true, or lower "
            "model.hidden_dim, model.num_layers or model.heads"
        ) from error
