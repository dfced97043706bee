"""Cost of one training step of any model: parameters, multiply–adds, milliseconds and memory, and how it grows.

Multiply–adds are those of matrix products, convolutions and attention: half the operations that `FlopCounterMode` of
torch counts. Whatever works value by value, such as an activation, is left out, as is usual; what sums or multiplies
rows without a formula there, such as a scatter or a kernel of one's own, is left out too and named.
"""

import copy
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode, flop_registry
from torch_geometric.data import Batch

from mspe.common.errors import MspeError

_SUMS = (
    *("scatter", "index_add", "index_put", "index_reduce", "embedding_bag", "embedding_dense_backward", "segment"),
    *("sparse", "attention", "linalg", "fft", "cdist", "addmv", "addr", "mv", "dot"),
)
"""Parts of the names of torch's functions that sum or multiply rows."""
_aten = torch.ops.aten
_ON_CPU = {
    getattr(_aten, f"_scaled_dot_product_flash_attention_for_cpu{end}"): flop_registry[
        getattr(_aten, f"_scaled_dot_product_flash_attention{end}")
    ].__wrapped__
    for end in ("", "_backward")
}
"""Attention whose formula torch has for a GPU alone."""


@dataclass(frozen=True)
class StepProfile:
    """Cost of a forward and a backward pass over a batch.

    Attributes
    ----------
    graphs, nodes, edges
        Of the batch.
    parameters
        Trainable ones.
    forward_multiply_adds, backward_multiply_adds
        As the module counts them.
    forward_ms, backward_ms
        Milliseconds, the median over repeated steps.
    memory_bytes
        That the step takes beside parameters and batch: on a GPU the peak of what is allocated during the step, on a
        CPU the tensors that the forward pass keeps for the backward pass.
    not_counted
        Functions that sum or multiply rows and are in no count.
    """

    graphs: int
    nodes: int
    edges: int
    parameters: int
    forward_multiply_adds: int
    backward_multiply_adds: int
    forward_ms: float
    backward_ms: float
    memory_bytes: int
    not_counted: tuple[str, ...]

    @property
    def multiply_adds(self) -> int:
        """Those of the whole step."""
        return self.forward_multiply_adds + self.backward_multiply_adds

    @property
    def ms(self) -> float:
        """Milliseconds of the whole step."""
        return self.forward_ms + self.backward_ms

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {**asdict(self), "not_counted": list(self.not_counted)}


@dataclass(frozen=True)
class Exponent:
    """Slope of a line through the logarithms of sizes and costs: cost ∝ size^value.

    Attributes
    ----------
    value, error
        With its standard error, None with two points: it is large, too, where the cost is no power of the size.
    """

    value: float
    error: float | None


def profile_step(model: nn.Module, batch: Batch, repeats: int = 5) -> StepProfile:
    """Measure a step of a model in training mode; the loss is the mean square of its outputs.

    Parameters
    ----------
    model
        On the batch's device; a copy of it is run, so that it stays as it is, and so does torch's generator.
    batch
        As the model takes it.
    repeats
        Steps that are timed, after two that are not.

    Raises
    ------
    MspeError
        If the outputs depend on no parameter.
    """
    device = batch.edge_index.device
    model = copy.deepcopy(model).train()
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        multiply_adds, not_counted = _count(model, batch)
        times = [_time(model, batch, device) for _ in range(repeats + 2)][2:]
        memory = _memory(model, batch, device)
    return StepProfile(
        graphs=batch.num_graphs,
        nodes=batch.batch.numel(),
        edges=batch.edge_index.size(1),
        parameters=sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad),
        forward_multiply_adds=multiply_adds[0],
        backward_multiply_adds=multiply_adds[1],
        forward_ms=median(forward for forward, _ in times),
        backward_ms=median(backward for _, backward in times),
        memory_bytes=memory,
        not_counted=not_counted,
    )


def count_multiply_adds(model: nn.Module, batch: Batch) -> tuple[int, int]:
    """Return the multiply–adds of a forward and a backward pass of a copy of a model."""
    device = batch.edge_index.device
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        return _count(copy.deepcopy(model).train(), batch)[0]


def fit_exponent(sizes: Sequence[float], costs: Sequence[float]) -> Exponent | None:
    """Fit a power law by least squares on logarithms; None where fewer than two sizes differ or a cost is not above 0.

    Examples
    --------
    >>> fit_exponent([1, 2, 4], [3, 12, 48])
    Exponent(value=2.0, error=0.0)
    """
    if len(set(sizes)) < 2 or min(costs) <= 0:
        return None
    x, y = ([math.log2(value) for value in values] for values in (sizes, costs))
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    spread = sum((one - mean_x) ** 2 for one in x)
    slope = sum((one - mean_x) * (other - mean_y) for one, other in zip(x, y, strict=True)) / spread
    if len(x) == 2:
        return Exponent(slope, None)
    residual = sum((other - mean_y - slope * (one - mean_x)) ** 2 for one, other in zip(x, y, strict=True))
    return Exponent(slope, math.sqrt(residual / (len(x) - 2) / spread))


def _loss(model: nn.Module, batch: Batch) -> Tensor:
    loss: Tensor = model(copy.copy(batch)).float().square().mean()
    if not loss.requires_grad:
        raise MspeError("model: its outputs depend on no trainable parameter, so that there is no step to measure")
    return loss


def _count(model: nn.Module, batch: Batch) -> tuple[tuple[int, int], tuple[str, ...]]:
    forward, backward = (FlopCounterMode(display=False, custom_mapping=_ON_CPU) for _ in range(2))
    others = _Uncounted()
    with forward, others:
        loss = _loss(model, batch)
    with backward, others:
        loss.backward()
    counts = forward.get_total_flops() // 2, backward.get_total_flops() // 2
    return counts, tuple(sorted(others.names))


class _Uncounted(TorchDispatchMode):
    """Names of the functions that the counter has no formula for, or none for the form of their arguments."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        packet = func.overloadpacket
        namespace, name = func.namespace, packet.__name__
        if packet in flop_registry or packet in _ON_CPU:
            if any(isinstance(one, Tensor) and one.layout is not torch.strided for one in args):
                self.names.add(f"{name} of a sparse matrix (counted as a dense one)")
        elif namespace not in ("aten", "prim", "prims", "profiler") or _sums(name):
            self.names.add(name if namespace == "aten" else f"{namespace}::{name}")
        return func(*args, **(kwargs or {}))


def _sums(name: str) -> bool:
    words = name.strip("_").split("_")
    return any(part in words if len(part) <= 4 else part in name for part in _SUMS)


def _time(model: nn.Module, batch: Batch, device: torch.device) -> tuple[float, float]:
    model.zero_grad(set_to_none=True)
    times = [_now(device)]
    loss = _loss(model, batch)
    times.append(_now(device))
    loss.backward()
    times.append(_now(device))
    return 1000 * (times[1] - times[0]), 1000 * (times[2] - times[1])


def _now(device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def _memory(model: nn.Module, batch: Batch, device: torch.device) -> int:
    model.zero_grad(set_to_none=True)
    if device.type == "cuda":
        torch.cuda.synchronize(device)
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
        _loss(model, batch).backward()
        torch.cuda.synchronize(device)
        return torch.cuda.max_memory_allocated(device) - before
    given = {_storage(one) for one in (*model.parameters(), *model.buffers(), *batch.to_dict().values()) if _dense(one)}
    kept: dict[int, int] = {}

    def pack(tensor: Tensor) -> Tensor:
        if _dense(tensor) and _storage(tensor) not in given:
            kept[_storage(tensor)] = tensor.untyped_storage().nbytes()
        return tensor

    with saved_tensors_hooks(pack, lambda tensor: tensor):
        _loss(model, batch).backward()
    return sum(kept.values())


def _dense(value: Any) -> bool:
    return isinstance(value, Tensor) and value.layout is torch.strided


def _storage(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()
