"""The pretended device: what it refuses, what it counts, and that its numbers are the CPU's."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.pretended_device import CUDA, DeviceTensor, PretendedDevice, pretend_cuda


@pytest.fixture
def device() -> Iterator[PretendedDevice]:
    with pretend_cuda() as pretended:
        yield pretended


ON_CPU = torch.arange(6.0).view(2, 3)
INDEX = torch.tensor([1, 0])

MISTAKES: dict[str, Callable[[Tensor], object]] = {
    "two devices": lambda x: x + ON_CPU,
    "two devices in a list": lambda x: torch.cat([x, ON_CPU]),
    "a scalar where none may mix": lambda x: torch.stack([x.sum(), ON_CPU.sum()]),
    "a factory without device": lambda x: x @ torch.eye(3),
    "a scalar of the device in an operation of the CPU": lambda x: ON_CPU * x.sum(),
    "an index of the device into the CPU": lambda x: ON_CPU[INDEX.to(x.device)],
    "a mask of the device into the CPU": lambda x: ON_CPU[x > 1],
    "rows by an index of the CPU": lambda x: x.index_select(0, INDEX),
    "a sum by an index of the CPU": lambda x: x.index_add(0, INDEX, x),
    "an embedding by an index of the CPU": lambda x: functional.embedding(INDEX, x),
    "values of the CPU at an index": lambda x: x.__setitem__(INDEX, ON_CPU),
    "a layer that was not moved": nn.Linear(3, 1),
    "a target that was not moved": lambda x: functional.mse_loss(x, ON_CPU),
    "a gradient of the CPU": lambda x: setattr(x, "grad", ON_CPU),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_devices_do_not_mix(device: PretendedDevice, mistake: str) -> None:
    MISTAKES[mistake](ON_CPU.clone())  # right on the CPU
    with pytest.raises(RuntimeError, match="same device"):
        MISTAKES[mistake](ON_CPU.to("cuda"))


@pytest.mark.parametrize("read", [Tensor.numpy, np.asarray, lambda x: x.apply_(abs)], ids=["numpy", "array", "apply_"])
def test_memory_is_not_read_from_outside(device: PretendedDevice, read: Callable[[Tensor], object]) -> None:
    read(ON_CPU.clone())
    with pytest.raises(TypeError, match="can't convert cuda:0"):
        read(ON_CPU.cuda())


class Scaled(nn.Module):
    """A module whose constant is an attribute, or the buffer that it should be."""

    def __init__(self, buffer: bool) -> None:
        super().__init__()
        if buffer:
            self.register_buffer("scale", torch.ones(3), persistent=False)
        else:
            self.scale = torch.ones(3)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.scale


def test_a_constant_that_is_no_buffer_stays_behind(device: PretendedDevice) -> None:
    x = ON_CPU.cuda()
    assert Scaled(buffer=True).cuda()(x).is_cuda
    with pytest.raises(RuntimeError, match="same device"):
        Scaled(buffer=False).cuda()(x)


def test_what_cuda_allows_is_allowed(device: PretendedDevice) -> None:
    x = torch.zeros(2, 3, device="cuda:0")
    x[0] = ON_CPU[0]  # a copy
    x.copy_(ON_CPU)
    mixed = [
        x + torch.tensor(1.0),
        x[INDEX],
        x.masked_fill(x > 2, torch.tensor(0.0)),
        torch.where(x > 1, x, ON_CPU.sum()),
    ]
    assert all(one.device == torch.device("cuda", 0) for one in mixed)
    assert torch.equal(x.cpu(), ON_CPU) and x.cpu().device.type == "cpu"


FACTORIES: list[Callable[[], Tensor]] = [
    lambda: torch.zeros(2, device="cuda"),
    lambda: torch.arange(3, device=torch.device("cuda")),
    lambda: torch.full((2,), 1.0, device="cuda:0"),
    lambda: torch.tensor([1.0], device="cuda"),
    lambda: torch.as_tensor(np.ones(2), device="cuda"),
    lambda: torch.randn(2, device="cuda"),
    lambda: torch.empty_like(ON_CPU, device="cuda"),
    lambda: ON_CPU.new_ones(2, device="cuda"),
    lambda: torch.zeros(2, device="cuda").new_ones(2),
    lambda: torch.zeros_like(torch.zeros(2, device="cuda")),
    lambda: ON_CPU.to("cuda", torch.float64, non_blocking=True),
    lambda: ON_CPU.to(torch.zeros(2, device="cuda")),
    lambda: ON_CPU.cuda(0),
]


@pytest.mark.parametrize("number", range(len(FACTORIES)))
def test_every_way_onto_the_device(device: PretendedDevice, number: int) -> None:
    made = FACTORIES[number]()
    assert isinstance(made, DeviceTensor) and made.device == CUDA and made.is_cuda


def test_a_copy_shares_no_memory(device: PretendedDevice) -> None:
    x = ON_CPU.clone()
    on_device = x.cuda()
    on_device.add_(1)
    back = on_device.cpu()
    on_device.add_(1)
    assert torch.equal(x, ON_CPU) and torch.equal(back, ON_CPU + 1)


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1))


def steps(model: nn.Module, optimizer: torch.optim.Optimizer, place: str, count: int = 4) -> list[float]:
    """The losses of some steps, with clipped gradients."""
    losses = []
    for number in range(count):
        x = torch.randn(16, 3, generator=torch.Generator().manual_seed(number)).to(place)
        optimizer.zero_grad()
        loss = (model(x) - x.sum(dim=1, keepdim=True)).square().mean()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return losses


KINDS = [
    lambda parameters: torch.optim.AdamW(parameters, fused=True),
    lambda parameters: torch.optim.AdamW(parameters, foreach=True),
    lambda parameters: torch.optim.SGD(parameters, lr=0.1, momentum=0.9, foreach=False),
]


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=["fused", "foreach", "one by one"])
def test_training_is_the_cpus_to_the_last_bit(device: PretendedDevice, kind: int) -> None:
    plain, moved = network(), network()
    parameters = list(moved.parameters())
    optimizers = KINDS[kind](plain.parameters()), KINDS[kind](parameters)  # built before the model moves
    moved.to("cuda")
    assert all(old is new for old, new in zip(parameters, moved.parameters(), strict=True))
    assert steps(plain, optimizers[0], "cpu") == steps(moved, optimizers[1], "cuda")
    assert all(parameter.grad is not None and parameter.grad.is_cuda for parameter in moved.parameters())
    for name, value in moved.cpu().state_dict().items():
        assert type(value) is Tensor and torch.equal(value, plain.state_dict()[name])


def test_a_state_goes_through_a_file_and_a_copy(device: PretendedDevice, tmp_path: Path) -> None:
    model = network().cuda()
    optimizer = torch.optim.AdamW(model.parameters(), fused=True)
    steps(model, optimizer, "cuda")
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, tmp_path / "state.pt")
    twin = copy.deepcopy(model)
    expected = steps(model, optimizer, "cuda")

    state = torch.load(tmp_path / "state.pt", map_location="cpu", weights_only=True)
    assert type(state["model"]["0.weight"]) is Tensor
    again = network().cuda()
    again.load_state_dict(state["model"])
    resumed = torch.optim.AdamW(again.parameters(), fused=True)
    resumed.load_state_dict(state["optimizer"])
    assert steps(again, resumed, "cuda") == expected
    assert isinstance(twin[0].weight, nn.Parameter) and twin[0].weight.is_cuda


class Cube(torch.autograd.Function):
    """x³, with its gradient written out, by a factor that is on the given device."""

    @staticmethod
    def forward(ctx: object, x: Tensor, place: str) -> Tensor:
        ctx.save_for_backward(x)  # type: ignore[attr-defined]
        ctx.place = place  # type: ignore[attr-defined]
        return x**3

    @staticmethod
    def backward(ctx: object, gradient: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors  # type: ignore[attr-defined]
        return gradient * torch.full(x.shape, 3.0, device=ctx.place) * x**2, None  # type: ignore[attr-defined]


def test_a_gradient_written_out_is_checked_too(device: PretendedDevice) -> None:
    x = ON_CPU.cuda().requires_grad_()
    Cube.apply(x, "cuda").sum().backward()
    assert torch.equal(x.grad.cpu(), 3 * ON_CPU**2)
    with pytest.raises(RuntimeError, match="same device"):
        Cube.apply(x, "cpu").sum().backward()


WAITS: dict[str, tuple[int, Callable[[Tensor], object]]] = {
    "arithmetic": (0, lambda x: (x @ x.T).relu().sum(dim=0)[0] + 1),
    "a copy to the device that waits for nothing": (0, lambda x: ON_CPU.to(x.device, non_blocking=True)),
    "a number filled in by a mask": (0, lambda x: x.__setitem__(x > 1, 0.0)),
    "a copy to the device": (1, lambda x: ON_CPU.to(x.device)),
    "a list on the device": (1, lambda x: torch.tensor([1, 2], device=x.device)),
    "a copy to the CPU": (1, lambda x: x.cpu()),
    "item": (1, lambda x: x.sum().item()),
    "a decision": (1, lambda x: bool((x > 1).any())),
    "bounds of a slice": (2, lambda x: ON_CPU[int(x[0, 0]) : int(x[0, 1])]),
    "rows by a mask": (1, lambda x: x[x[:, 0] > 1]),
    "as many as counted": (1, lambda x: x[:, 0].long().repeat_interleave(x[:, 1].long())),
    "where": (1, lambda x: x.nonzero()),
}


@pytest.mark.parametrize("kind", WAITS)
def test_calls_that_wait_for_the_device_are_counted(device: PretendedDevice, kind: str) -> None:
    count, call = WAITS[kind]
    x = ON_CPU.cuda()
    device.waits.clear()
    call(x)
    assert device.waits.total() == count, device.waits


def test_the_device_draws_from_a_generator_of_its_own(device: PretendedDevice) -> None:
    torch.manual_seed(0)
    state = torch.cuda.get_rng_state_all()
    first = torch.rand(3, device="cuda")
    on_cpu = torch.rand(3)
    assert torch.equal(first.cpu(), on_cpu)  # both were seeded, and neither has drawn for the other
    assert not torch.equal(torch.rand(3, device="cuda").cpu(), on_cpu)
    torch.cuda.set_rng_state_all(state)
    assert torch.equal(torch.rand(3, device="cuda").cpu(), on_cpu)


def test_what_has_no_deterministic_kernel_is_refused_where_that_is_asked(device: PretendedDevice) -> None:
    x = ON_CPU.cuda()
    x.cumsum(0)
    torch.use_deterministic_algorithms(True)
    x.long().cumsum(0)
    with pytest.raises(RuntimeError, match="cumsum on CUDA has no deterministic implementation"):
        x.cumsum(0)


def test_half_precision_and_its_scaler(device: PretendedDevice) -> None:
    model, x = network().cuda(), ON_CPU.cuda()
    scaler = torch.amp.GradScaler("cuda", init_scale=1.0)
    optimizer = torch.optim.AdamW(model.parameters(), fused=True)
    with torch.autocast("cuda", dtype=torch.float16):
        loss = model(x).float().sum()
        assert model[0](x).dtype is torch.float16
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    assert scaler.is_enabled() and next(iter(optimizer.state.values()))["step"].item() == 1


def test_everything_ends_with_the_block() -> None:
    before = torch.cuda.is_available(), torch.autocast, torch.Tensor.pin_memory, nn.Module._apply
    with pretend_cuda():
        assert torch.cuda.is_available() and torch.cuda.device_count() == 1
        assert ON_CPU.pin_memory().device.type == "cpu"
    assert before == (torch.cuda.is_available(), torch.autocast, torch.Tensor.pin_memory, nn.Module._apply)
