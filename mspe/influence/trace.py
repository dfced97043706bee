"""One run of a model with perturbations of zero, by which the gradient is taken."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.data import Batch

from mspe.common.errors import MspeError
from mspe.influence.sites import Sites


@dataclass
class Trace:
    """A run of a model on a batch.

    Attributes
    ----------
    features, channels
        The zeros that were added to the embedded features and to the encodings' channels; gradients go to them.
    states
        Of the nodes behind each layer, by its name.
    output
        What the model returned.
    """

    features: Float[Tensor, "nodes hidden"] | None = None
    channels: Float[Tensor, "nodes channels"] | None = None
    states: dict[str, Float[Tensor, "nodes hidden"]] = field(default_factory=dict)
    output: Tensor | None = None

    @property
    def inputs(self) -> list[Tensor]:
        """The zeros that were added: to the features, and to the channels where a model has them."""
        return [one for one in (self.features, self.channels) if one is not None]


def run_traced(model: nn.Module, batch: Batch, sites: Sites, blocked: Sequence[nn.Module] = ()) -> Trace:
    """Run a model so that the influence of nodes can be read off gradients.

    Parameters
    ----------
    model
        In evaluation mode.
    batch
        The graphs, on its device.
    sites
        Its parts.
    blocked
        Modules whose outputs keep their values, but pass no gradient on: what is then left takes other ways.

    Raises
    ------
    MspeError
        If the features' module is not run, or gives no row per node.
    """
    trace = Trace()

    def perturb_features(module: nn.Module, inputs: Any, output: Tensor) -> Tensor:
        trace.features = torch.zeros_like(output).requires_grad_()
        return output + trace.features

    def perturb_channels(module: nn.Module, inputs: Any, output: Tensor) -> Tensor:
        trace.channels = torch.zeros_like(output).requires_grad_()
        return output + trace.channels

    def block(module: nn.Module, inputs: Any, output: Any) -> Any:
        return tuple(map(_detach, output)) if isinstance(output, tuple) else output.detach()

    with ExitStack() as stack:
        stack.enter_context(torch.enable_grad())
        stack.enter_context(hooked([sites.features], perturb_features))
        if sites.channels is not None:
            stack.enter_context(hooked([sites.channels], perturb_channels))
        stack.enter_context(hooked(blocked, block))
        for name, layer in sites.layers.items():
            stack.enter_context(hooked([layer], lambda m, i, output, name=name: _keep(trace, name, output)))
        trace.output = model(batch)
    if trace.features is None or trace.features.size(0) != batch.batch.numel():
        raise MspeError(
            "sites.features: is not run, or gives no row per node; name the module that embeds node features"
        )
    return trace


def device_of(model: nn.Module) -> torch.device:
    """Return where a model's parameters lie; one without any is on the CPU."""
    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))


@contextmanager
def hooked(modules: Sequence[nn.Module], hook: Any) -> Iterator[None]:
    """Have a function see, and maybe replace, what modules return."""
    handles = [module.register_forward_hook(hook) for module in modules]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _keep(trace: Trace, name: str, output: Any) -> None:
    trace.states[name] = output[0] if isinstance(output, tuple) else output


def _detach(value: Any) -> Any:
    return value.detach() if isinstance(value, Tensor) else value
