"""Node encodings of a pretrained GPSE model (Cantürk et al., arXiv 2307.07107)."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch_geometric.data import Data

from mspe.common.checksums import file_checksum
from mspe.common.errors import MspeError
from mspe.common.section import PositiveInt, Section
from mspe.common.tensor_files import read_tensors
from mspe.encodings.about import About
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.node_noise import node_noise
from mspe.encodings.spectrum.laplacian import merged_edges
from mspe.encodings.statistics import GraphStatistics

_PARTS = ("pre_mp.", "mp.")  # of the model, without the heads, which only its own training needs


class Gpse(Encoding):
    """GPSE: what a pretrained network makes of random node features, as `torch_geometric.nn.GPSE` has it.

    The states before the model's heads, of unit length, as PyG's `AddGPSE` gives them: of graphs with a virtual node
    whose features are zeros, joined to every node both ways, and of standard normal features of all other nodes. The
    file has PyG's `GPSE.state_dict()`, or is a published checkpoint; widths and depths are read off it, the rest is as
    by default (residual layers, ReLU, normalised states).

    Computed by the encode stage, and never trained. The k-th node of every graph has the same fixed features, where
    PyG draws new ones for each, so the encoding of a graph repeats, whatever batch it is in. Another order of the nodes
    gives them other features, hence another encoding: the permuted one in distribution, as for the published model.

    Edges are followed either way, without weights; repeated edges are one. An isolated node is joined to the virtual
    node alone. That node joins the components of a graph, so a disjoint union is not encoded as its parts. Draws from
    no generator. Cost: (edges + 2 · nodes) · width · layers, and width numbers stored per node: 512 of the published
    models.

    A checkpoint of a model, like `bank.json`, names the file and its checksum, and does not contain it: where graphs
    come without stored encodings, it must be at hand, the same. Where `encodings.files` of `params.yaml` lists it, as
    the pipeline asks for, `dvc repro` encodes anew after a change.

    Parameters
    ----------
    weights
        Path of the file.
    checksum, channels
        Of the file, and of the encoding; by default read off the file.

    Raises
    ------
    MspeError
        If the file is missing, has no weights of a GPSE model, or is another one than the checksum says.
    """

    name = "gpse"
    about = About("a pretrained network", "arXiv 2307.07107", "m", ("node",))
    equivariant = False
    needs: ClassVar[frozenset[Need]] = frozenset({"edges"})

    class Params(Section):
        """File with the weights, and what is read off it."""

        weights: str
        checksum: str | None = None
        channels: PositiveInt | None = None

    def __init__(self, weights: str, checksum: str | None = None, channels: int | None = None) -> None:
        checksum = checksum or _read_checksum(weights)
        channels = channels or _input_weight(_load_encoder(weights)).size(0)
        super().__init__(weights=weights, checksum=checksum, channels=channels)
        self.weights, self.checksum, self.channels = weights, checksum, channels

    @classmethod
    def resolve(cls, params: Section, statistics: GraphStatistics) -> Section:
        """Return the parameters with the file's checksum and the number of channels."""
        return cls(**dict(params)).params

    @classmethod
    def files_of(cls, params: Section) -> tuple[str, ...]:
        """Return the file of weights."""
        return (dict(params)["weights"],)

    @property
    def node_channels(self) -> list[str]:
        """Numbered from 1."""
        return [f"gpse({number})" for number in range(1, self.channels + 1)]

    @torch.no_grad()
    def node(self, graphs: GraphView) -> Float[Tensor, "nodes channels"]:
        """Return the states of the nodes."""
        layout = graphs.layout
        num_nodes, (num_graphs, size) = layout.slot.numel(), layout.shape
        encoder = self._encoder.to(layout.slot.device)
        noise = node_noise(layout, _input_weight(encoder).size(1))
        features = torch.cat([noise, noise.new_zeros(num_graphs, noise.size(1))])
        index, _ = merged_edges(graphs.edge_index, None, num_nodes)
        edges = torch.cat([index, _virtual_edges(layout.slot // size)], dim=1)
        return encoder(Data(x=features, edge_index=edges)).x[:num_nodes]

    @cached_property  # no module of this one, whose parameters would be trained and saved
    def _encoder(self) -> nn.Module:
        found = _read_checksum(self.weights)
        if found != self.checksum:
            raise MspeError(
                f"encodings.gpse.weights: {self.weights} has the checksum {found}, and the encodings were made with "
                f"{self.checksum}; restore that file, or encode and train anew"
            )
        return _load_encoder(self.weights)


def _virtual_edges(graph: Int[Tensor, " nodes"]) -> Int[Tensor, "2 edges"]:
    """Edges from each node to the virtual node of its graph, which comes after all nodes, and back."""
    node = torch.arange(graph.numel(), device=graph.device)
    there = torch.stack([node, graph + graph.numel()])
    return torch.cat([there, there.flip(0)], dim=1)


def _input_weight(encoder: nn.Module) -> Float[Tensor, "channels inputs"]:
    return encoder.get_parameter("pre_mp.Layer_0.layer.model.weight")


def _read_checksum(weights: str) -> str:
    if not Path(weights).is_file():
        raise MspeError(
            f"encodings.gpse.weights: {weights}: no such file, allowed: one with the weights of a GPSE model; say "
            "where it is"
        )
    return file_checksum(Path(weights))


def _load_encoder(weights: str) -> nn.Module:
    try:
        return _build_encoder(_read_state(weights))
    except (MspeError, AttributeError, KeyError, RuntimeError, ValueError) as error:
        raise MspeError(
            f"encodings.gpse.weights: {weights}: no weights of a GPSE model, allowed: the state_dict() of PyG's GPSE, "
            "saved with torch.save, or a published checkpoint"
        ) from error


def _read_state(weights: str) -> dict[str, Tensor]:
    """The weights in the file that are not of heads, by their names in PyG's model."""
    content = read_tensors(weights)
    if "model_state" in content:  # a published checkpoint, whose names begin with that of its wrapper
        content = {name.partition(".")[2]: value for name, value in content["model_state"].items()}
    return {name: value for name, value in content.items() if isinstance(value, Tensor) and name.startswith(_PARTS)}


def _build_encoder(state: Mapping[str, Tensor]) -> nn.Module:
    """PyG's model of these weights, without heads."""
    from torch_geometric.nn import GPSE

    width, inputs = state["pre_mp.Layer_0.layer.model.weight"].shape
    with torch.device("meta"):  # neither memory nor random numbers for weights that are replaced
        model = GPSE(
            dim_in=inputs,
            dim_inner=width,
            layers_pre_mp=_count_layers(state, "pre_mp"),
            layers_mp=_count_layers(state, "mp"),
            has_bn="pre_mp.Layer_0.post_layer.0.running_mean" in state,
        )
        model.post_mp = nn.Identity()
    model.load_state_dict(state, assign=True)
    return model.float().eval()


def _count_layers(state: Mapping[str, Tensor], part: str) -> int:
    return len({name.split(".")[1] for name in state if name.startswith(f"{part}.")})
