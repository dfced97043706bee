"""A CUDA device that is pretended on the CPU, so that mistakes with devices show where there is no GPU.

Inside `pretend_cuda` torch reports one CUDA device. A tensor on it is a `DeviceTensor`, which holds its numbers on the
CPU; a mode under which every call of torch passes (`PretendedDevice`) unwraps them, computes, and wraps the result. So
numbers and gradients are the CPU's to the last bit, while what CUDA refuses is refused:

- tensors of two devices in one call, but for numbers without a dimension, CPU indices into a device tensor, and copies;
- `numpy()`, `apply_` and whatever else reads the memory from outside;
- under `use_deterministic_algorithms` the few operations that have no deterministic kernel on CUDA;
- a generator of its own, which a resumed run has to restore, draws the device's random numbers.

Calls for which the CPU waits until the device has finished are counted (`waits`): those that
`torch.cuda.set_sync_debug_mode` would report, by name.

It works on calls of Python and not beneath (`__torch_dispatch__`), because the autograd engine of a build without CUDA
ends the process when it meets a tensor that says `cuda` in C++; `FakeTensorMode` fails alike. So the gradient is that
of the held tensors, and a backward pass is checked only where it is written in Python (`autograd.Function`).

Not seen: kernels and their limits (shapes, types, cuDNN, attention), streams and races, memory, several devices, and
memory that `pin_memory` should have locked. `torch.autocast("cuda")` is that of the CPU, with the CPU's list of
operations; foreach kernels run because the class counts as a plain tensor.
"""

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any
from unittest import mock

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils import _foreach_utils

CUDA, CPU = torch.device("cuda", 0), torch.device("cpu")

_BINARY = ("add", "sub", "mul", "div", "truediv", "true_divide", "floordiv", "floor_divide", "mod", "remainder", "pow")
_COMPARED = ("eq", "ne", "lt", "le", "gt", "ge", "maximum", "minimum", "clamp", "where", "masked_fill", "fill", "lerp")
_SCALARS_MIX = {prefix + name for name in _BINARY for prefix in ("", "r", "i")} | set(_COMPARED)
"""Where a CPU number without a dimension may stand beside device tensors, underscores left out."""

_READ = {"item", "tolist", "__bool__", "__int__", "__float__", "__index__", "__complex__", "__contains__", "__repr__"}
_COUNTED = {"nonzero", "argwhere", "unique", "unique_consecutive", "masked_select", "bincount", "equal", "allclose"}
_WAIT = _READ | _COUNTED | {"is_nonzero", "linalg_eigh", "linalg_eigvalsh", "one_hot", "histc", "combinations"}
"""Calls that return after the device has finished: their result, or its shape, is a number on the CPU."""

_WHERE = {"device.__get__": CUDA, "is_cuda.__get__": True, "is_cpu.__get__": False, "get_device": 0}
_OUTSIDE = {"numpy", "__array__", "apply_", "map_", "map2_", "pin_memory"}
_UNSEEN = {"device", "_parse_to", "__deepcopy__"}  # names of devices; a tensor of the CPU beside all copied before it
_ACROSS = {"copy_", "_has_compatible_shallow_copy_type"}
_CONSTRUCT = {"tensor", "as_tensor", "asarray"}


class DeviceTensor(torch.Tensor):
    """A tensor on the pretended device; `held` has its numbers."""

    held: Tensor
    owner: "PretendedDevice"

    @staticmethod
    def __new__(cls, held: Tensor, owner: "PretendedDevice") -> "DeviceTensor":
        if held.layout is not torch.strided:
            raise NotImplementedError(f"the pretended device holds no tensor of layout {held.layout}")
        made = torch.Tensor._make_wrapper_subclass(
            cls, held.shape, strides=held.stride(), dtype=held.dtype, device=CUDA
        )  # type: ignore[attr-defined]
        made.held, made.owner = held, owner
        return made

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = next(value for value in _leaves([*args, *(kwargs or {}).values()]) if isinstance(value, DeviceTensor))
        return found.owner.call(func, args, kwargs or {})

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise NotImplementedError(f"{func} was called on the pretended device beneath Python")

    def __deepcopy__(self, memo: dict[int, Any]) -> "DeviceTensor":
        if id(self) not in memo:
            with torch._C.DisableTorchFunction():
                memo[id(self)] = DeviceTensor(copy.deepcopy(self.held, memo), self.owner)
            memo[id(self)].__dict__.update({k: v for k, v in vars(self).items() if k not in ("held", "owner")})
        return memo[id(self)]

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Pickle the numbers, as a file of CUDA tensors gives them with `map_location="cpu"`."""
        self.owner.waits["save"] += 1
        with torch._C.DisableTorchFunction():
            return self.held.__reduce_ex__(protocol)


class PretendedDevice(TorchFunctionMode):
    """Sends every call of torch to the device of its tensors, or of its argument `device`.

    Attributes
    ----------
    waits
        How often each call has made the CPU wait for the device; clear it at will.
    random
        State of the device's generator.
    """

    def __init__(self) -> None:
        super().__init__()
        self.waits: Counter[str] = Counter()
        self.random = torch.get_rng_state()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return self.call(func, args, kwargs or {})

    def call(self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Do one call, on whichever device it is for."""
        name = _name_of(func)
        if name in _UNSEEN:
            return func(*args, **kwargs)
        leaves = _leaves([*args, *kwargs.values()])
        present = [value for value in leaves if isinstance(value, DeviceTensor)]
        asked = [device for value in (kwargs.get("device"), *args) if (device := _as_device(value))]
        if name == "cuda" or (name in ("to", "cpu", "type_as") and (present or CUDA in asked)):
            return self._move(name, args, kwargs, asked)
        if not present and CUDA not in asked:
            return func(*args, **kwargs)
        if name in _WHERE:
            return _WHERE[name]
        if present and name in _OUTSIDE:
            raise TypeError(f"{name}: can't convert cuda:0 device type tensor; use Tensor.cpu() to copy it first")
        self._check(name, args, leaves)
        self._count(name, args, kwargs)
        return self._compute(func, name, args, kwargs, present, asked)

    def wrap(self, value: Any) -> Any:
        """Put all tensors of a result onto the device."""
        return _map_tensors(lambda one: one if isinstance(one, DeviceTensor) else DeviceTensor(one, self), value)

    def _compute(self, func: Any, name: str, args: Any, kwargs: Any, present: list[Any], asked: list[Any]) -> Any:
        """Call on the held tensors; what works in place returns the tensor that it was given."""
        if asked:  # the held tensors are all on the CPU
            args = tuple(CPU if _as_device(value) else value for value in args)
            kwargs = {**kwargs, "device": CPU} if kwargs.get("device") is not None else kwargs
        result = self._draw(func, name, _unwrap(args), _unwrap(kwargs))
        if asked[0] == CPU if asked else name in _CONSTRUCT and not isinstance(args[0], Tensor):
            return result
        known = {id(one.held): one for one in present}
        return _map_tensors(lambda one: known[id(one)] if id(one) in known else DeviceTensor(one, self), result)

    def _draw(self, func: Any, name: str, args: Any, kwargs: Any) -> Any:
        """Call with the device's generator in place of the CPU's."""
        if name.endswith("__"):  # an attribute or an operator
            return func(*args, **kwargs)
        outer = torch.get_rng_state()
        torch.set_rng_state(self.random)
        try:
            return func(*args, **kwargs)
        finally:
            self.random = torch.get_rng_state()
            torch.set_rng_state(outer)

    def _move(self, name: str, args: Any, kwargs: Any, asked: list[torch.device]) -> Any:
        """`to`, `cpu`, `cuda`, `type_as`: another device is another memory, so the result is a copy."""
        tensor, *rest = args
        options = {key: value for key, value in kwargs.items() if key not in ("device", "other")}
        options.update(
            zip(("non_blocking", "copy"), (value for value in rest if isinstance(value, bool)), strict=False)
        )
        other = next((value for value in (*rest, kwargs.get("other")) if isinstance(value, Tensor)), None)
        options.update(("dtype", value) for value in rest if isinstance(value, torch.dtype))
        if other is not None:
            asked, options["dtype"] = [other.device], other.dtype
        source = CUDA if isinstance(tensor, DeviceTensor) else CPU
        target = {"cpu": CPU, "cuda": CUDA}.get(name) or (asked[0] if asked else source)
        held = _unwrap(tensor)
        moved = Tensor.to(held, CPU, **options)
        if source == target:
            return tensor if moved is held else self.wrap(moved) if target == CUDA else moved
        if not (options.get("non_blocking") and target == CUDA):
            self.waits[f"copy to {target.type}"] += 1
        moved = moved.clone() if moved is held else moved
        return self.wrap(moved) if target == CUDA else moved

    def _check(self, name: str, args: Any, leaves: list[Any]) -> None:
        """Raise as CUDA does where devices meet, or a deterministic kernel is missing."""
        if torch.are_deterministic_algorithms_enabled() and _is_nondeterministic(name, args):
            raise RuntimeError(f"{name} on CUDA has no deterministic implementation (use_deterministic_algorithms)")
        strangers = [value for value in leaves if isinstance(value, Tensor) and not isinstance(value, DeviceTensor)]
        if not strangers or name in _ACROSS or not any(isinstance(value, DeviceTensor) for value in leaves):
            return
        if name in ("__getitem__", "__setitem__") and isinstance(args[0], DeviceTensor):
            strangers = (
                [] if name == "__getitem__" else [v for v in _tensors(args[2:]) if not isinstance(v, DeviceTensor)]
            )
            strangers = strangers if _tensors(args[1]) else []  # into a slice it is a copy
        direct = [value for value in strangers if any(value is one for one in args)]
        alone = name.strip("_") in _SCALARS_MIX and not (name.endswith("_") and direct and direct[0] is args[0])
        if alone or name == "__setitem__":
            strangers = [value for value in strangers if value.ndim or not any(value is one for one in direct)]
        if strangers:
            raise RuntimeError(f"{name}: expected all tensors to be on the same device, found at least cuda:0 and cpu")

    def _count(self, name: str, args: Any, kwargs: Any) -> None:
        """Note a call that waits for the device."""
        if name in ("__getitem__", "__setitem__"):
            found = _tensors(args[1])
            masked = any(one.dtype in (torch.bool, torch.uint8) for one in found)
            filled = name == "__setitem__" and not (isinstance(args[2], Tensor) and args[2].ndim)
            listed = isinstance(args[1], list) or any(not isinstance(one, DeviceTensor) for one in found)
            waits = (masked and not filled) or listed
        elif name == "repeat_interleave":
            waits = kwargs.get("output_size") is None and any(isinstance(one, DeviceTensor) for one in _tensors(args))
        elif name == "copy_":
            waits = isinstance(args[0], DeviceTensor) != isinstance(args[1], DeviceTensor)
        else:
            waits = name in _WAIT or name in _CONSTRUCT
        if waits:
            self.waits[name] += 1


@contextmanager
def pretend_cuda() -> Iterator[PretendedDevice]:
    """Pretend a CUDA device within the block: what `torch.cuda` says, its generator, autocast, and pinned memory."""
    device = PretendedDevice()
    seed = torch.Generator().manual_seed
    answers = {
        **{"is_available": True, "device_count": 1, "current_device": 0, "is_bf16_supported": True},
        **{"max_memory_allocated": 1_000_000, "memory_allocated": 0, "get_device_name": "pretended CUDA"},
        **{"get_device_capability": (8, 0), "get_device_properties": SimpleNamespace(total_memory=2**34)},
        **dict.fromkeys(("synchronize", "set_device", "reset_peak_memory_stats", "empty_cache", "_lazy_init")),
    }
    generator: dict[str, Callable[..., Any]] = {
        "get_rng_state_all": lambda: [device.random.clone()],
        "get_rng_state": lambda *device_number: device.random.clone(),
        "set_rng_state": lambda state, *device_number: setattr(device, "random", state.clone()),
        "set_rng_state_all": lambda states: setattr(device, "random", states[0].clone()),
        "manual_seed_all": lambda number: setattr(device, "random", seed(number).get_state()),
    }
    functions = {name: lambda *args, value=value, **kwargs: value for name, value in answers.items()} | generator
    with ExitStack() as stack:
        for name, function in functions.items():
            stack.enter_context(mock.patch.object(torch.cuda, name, function))
        autocast, apply = torch.autocast, vars(torch.autograd.Function)["apply"]
        cpu_autocast = lambda device_type, **options: autocast("cpu", **options)  # noqa: E731
        stack.enter_context(mock.patch.object(torch, "autocast", cpu_autocast))
        stack.enter_context(mock.patch.object(torch.Tensor, "pin_memory", lambda tensor, *_: tensor.clone()))
        stack.enter_context(mock.patch.object(torch.autograd.Function, "apply", _apply_on(device, apply)))
        kinds = [*_foreach_utils._foreach_supported_types, DeviceTensor]
        stack.enter_context(mock.patch.object(_foreach_utils, "_foreach_supported_types", kinds))
        stack.enter_context(mock.patch.object(torch.nn.Module, "_apply", _swap_parameters(torch.nn.Module._apply)))
        yield stack.enter_context(device)


def _swap_parameters(apply: Callable[..., Any]) -> Callable[..., Any]:
    """`Module.to`, which moves parameters in place: an optimizer built before keeps them, as it does on CUDA."""

    def move(module: torch.nn.Module, *args: Any, **kwargs: Any) -> torch.nn.Module:
        before = torch.__future__.get_swap_module_params_on_conversion()
        torch.__future__.set_swap_module_params_on_conversion(True)
        try:
            return apply(module, *args, **kwargs)
        finally:
            torch.__future__.set_swap_module_params_on_conversion(before)

    return move


def _apply_on(device: PretendedDevice, apply: Any) -> Any:
    """`autograd.Function.apply` for device tensors: forward and backward run on the device, the graph is the CPU's."""

    def apply_on(cls: type[torch.autograd.Function], *args: Any) -> Any:
        if not any(isinstance(value, DeviceTensor) for value in args):
            return apply.__get__(None, cls)(*args)

        class Held(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, *held: Any) -> Any:
                again = [
                    device.wrap(one) if isinstance(value, DeviceTensor) else one
                    for one, value in zip(held, args, strict=True)
                ]
                return _unwrap(cls.forward(_DeviceContext(ctx, device), *again))

            @staticmethod
            def backward(ctx: Any, *gradients: Any) -> Any:
                with device:
                    return _unwrap(cls.backward(_DeviceContext(ctx, device), *device.wrap(gradients)))

        return device.wrap(apply.__get__(None, Held)(*_unwrap(args)))

    return classmethod(apply_on)


class _DeviceContext:
    """The context of a function, which saves held tensors and gives device tensors."""

    def __init__(self, ctx: Any, device: PretendedDevice) -> None:
        vars(self).update(ctx=ctx, device=device)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.ctx, name)
        return self.device.wrap(value) if name == "saved_tensors" else value

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.ctx, name, value)

    def save_for_backward(self, *tensors: Any) -> None:
        self.ctx.save_for_backward(*_unwrap(tensors))


def _name_of(func: Any) -> str:
    name = getattr(func, "__name__", str(func))
    return f"{func.__self__.__name__}.{name}" if name in ("__get__", "__set__") else name


def _as_device(value: Any) -> torch.device | None:
    """The device that an argument names, if it does."""
    if isinstance(value, torch.device) or (isinstance(value, str) and value.split(":")[0] in ("cpu", "cuda")):
        return CPU if torch.device(value).type == "cpu" else CUDA
    return None


def _tensors(value: Any) -> list[Tensor]:
    return [one for one in _leaves(value) if isinstance(one, Tensor)]


def _leaves(value: Any) -> list[Any]:
    """What stands in nested lists and tuples; faster than `tree_leaves`, and every call passes here."""
    if isinstance(value, list | tuple):
        return [leaf for one in value for leaf in _leaves(one)]
    return [value]


def _unwrap(value: Any) -> Any:
    return _map_tensors(lambda one: vars(one)["held"] if isinstance(one, DeviceTensor) else one, value)


def _map_tensors(change: Callable[[Tensor], Any], value: Any) -> Any:
    """The same nested lists, tuples and dictionaries with every tensor changed."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, dict):
        return {key: _map_tensors(change, one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        parts = [_map_tensors(change, one) for one in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return value


def _is_nondeterministic(name: str, args: Any) -> bool:
    """Whether a call has no deterministic kernel on CUDA, by torch's list."""
    if name in ("cumsum", "cumsum_"):
        return args[0].is_floating_point()
    if name in ("median", "bincount"):  # along a dimension; with weights
        return len(args) > 1 and args[1] is not None
    return name in ("histc", "kthvalue", "put_")
