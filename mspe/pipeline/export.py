"""A trained model as a program of tensors alone, for graphs of one shape (`torch.export`)."""

import copy
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn
from torch_geometric.data import Batch

from mspe.common.errors import MspeError
from mspe.common.files import atomic_file
from mspe.common.shown import shortened
from mspe.encodings import BatchEncodings, EncodingSet, GivenEncodings
from mspe.graphs import DenseLayout, PackedGraphs


class FixedShape(nn.Module):
    """A model for batches whose graphs have so many nodes, in this order; encodings are inputs.

    Parameters
    ----------
    model
        In evaluation.
    sizes
        Nodes of each graph.
    """

    def __init__(self, model: nn.Module, sizes: list[int]) -> None:
        super().__init__()
        self.model = model
        self.layout = DenseLayout.from_sizes(sizes)
        nodes = torch.tensor(sizes)
        self.register_buffer("graph_of_node", torch.repeat_interleave(torch.arange(len(sizes)), nodes))
        self.register_buffer("ptr", torch.cat([nodes.new_zeros(1), nodes.cumsum(0)]))

    def forward(
        self,
        edge_index: Tensor,
        node_encoding: Tensor,
        pair_encoding: Tensor | None = None,
        edge_encoding: Tensor | None = None,
        x: Tensor | None = None,
        edge_attr: Tensor | None = None,
    ) -> Tensor:
        """Predict as the model does from the same batch and encodings."""
        batch = Batch(x=x, edge_index=edge_index, edge_attr=edge_attr, batch=self.graph_of_node, ptr=self.ptr)
        pair = [] if pair_encoding is None else [pair_encoding]
        encodings = GivenEncodings([self.layout], node_encoding, pair, edge_encoding)
        return self.model.forward_encoded(batch, encodings)  # type: ignore[operator]


@torch.no_grad()
def program_inputs(bank: EncodingSet, graphs: PackedGraphs, device: torch.device) -> dict[str, Tensor]:
    """Return what an exported program takes of graphs in the training data's form, by name.

    On the CPU, encoded on `device`: `edge_index` [2, edges], `node_encoding` [nodes, channels] and, where there are
    such, `pair_encoding` [graphs, size, size, channels], `edge_encoding` [edges, channels], `x` and `edge_attr`.
    """
    batch = graphs.collate(range(len(graphs))).to(device)
    encodings = BatchEncodings(bank, batch, [DenseLayout.from_sizes(batch.ptr.diff().tolist(), device)])
    pair = {"pair_encoding": encodings.pair()[0].contiguous()} if bank.pair_channels else {}
    edge = {"edge_encoding": encodings.edge()} if bank.edge_channels else {}
    features = {name: batch[name] for name in ("x", "edge_attr") if name in batch}
    inputs = {"edge_index": batch.edge_index, "node_encoding": encodings.node(), **pair, **edge, **features}
    return {name: values.cpu() for name, values in inputs.items()}


@torch.no_grad()
def export_program(model: nn.Module, sizes: list[int], inputs: Mapping[str, Tensor], path: str | Path) -> None:
    """Write a model as a program that `torch.export.load` reads; the file needs no class of this library.

    Parameters
    ----------
    model
        It is left as it is; the program is one of the CPU.
    sizes
        Nodes of each graph.
    inputs
        As `program_inputs` gives them; their shapes are the program's.
    path
        Of the file, `.pt2`.

    Raises
    ------
    MspeError
        If torch cannot export the model, or the program's numbers are not the model's.
    """
    # Without gradients, for which operations that write into given memory have none.
    fixed = FixedShape(copy.deepcopy(model).cpu().requires_grad_(False), sizes).eval()
    expected = fixed(**inputs)
    try:
        program = torch.export.export(fixed, (), dict(inputs), strict=False)
        given = program.module()(**inputs)
    except (RuntimeError, TypeError, ValueError, NotImplementedError) as error:
        raise MspeError(f"export: torch cannot export this model: {shortened(str(error), 300)}") from error
    if not torch.allclose(given, expected, rtol=1e-4, atol=1e-5):
        difference = float((given - expected).abs().max())
        raise MspeError(f"export: the program's numbers differ from the model's by up to {difference:.2g}; keep to it")
    with atomic_file(path) as file:
        torch.export.save(program, file)
