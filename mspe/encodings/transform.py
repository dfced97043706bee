"""The bank as a PyG transform, for anyone's PyG code."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

from torch_geometric.data import Data
from torch_geometric.data.datapipes import functional_transform
from torch_geometric.transforms import BaseTransform

from mspe.encodings.config import BankConfig
from mspe.encodings.encoding_set import EncodingSet
from mspe.encodings.spectrum import NORMALIZED, SPECTRUM_LEVELS, choose_backend, compute_spectrum, eigen_levels, further
from mspe.graphs import PackedGraphs


@functional_transform("add_multi_scale_pe")
class AddMultiScalePE(BaseTransform):
    """Adds the node channels of a bank to a graph (functional name: `add_multi_scale_pe`), and its channels on edges.

    Parameters
    ----------
    bank
        An `EncodingSet` or its configuration, or the name of one of `PRESETS`; what is trained is not added.
    attribute
        The node attribute that holds the channels; those on edges, where the bank has any, are `edge_` and this name.
    spectrum
        Whether to add `eigenvalues`, `eigenvectors` (n² values, row-major) and `sqrt_degree` too, from which a model
        builds pair channels per batch, and likewise the fields of each further operator that the bank reads. Only for
        graphs that are decomposed densely.

    Examples
    --------
    >>> import torch
    >>> triangle = Data(edge_index=torch.tensor([[0, 1, 2, 1, 2, 0], [1, 2, 0, 0, 1, 2]]), num_nodes=3)
    >>> AddMultiScalePE({"filters": {"walk": {"steps": [2, 3]}}})(triangle).pe[0].round(decimals=4).tolist()
    [0.5, 0.25]
    """

    def __init__(
        self, bank: EncodingSet | BankConfig | Mapping[str, Any] | str, attribute: str = "pe", spectrum: bool = False
    ) -> None:
        self.bank = bank if isinstance(bank, EncodingSet) else EncodingSet.from_config(bank)
        self.attribute = attribute
        self.spectrum = spectrum

    def __repr__(self) -> str:
        """What it adds, whole, by which PyG notices that a dataset was stored with another `pre_transform`."""
        bank = self.bank.config().model_dump(mode="json")
        return f"{type(self).__name__}({bank}, attribute={self.attribute!r}, spectrum={self.spectrum})"

    def forward(self, data: Data) -> Data:
        """Add the channels to one graph."""
        graphs = PackedGraphs.from_structure(data)
        backend = "dense" if self.spectrum else choose_backend("auto", int(data.num_nodes))
        operators = self.bank.operators | ({NORMALIZED} if self.spectrum else frozenset())
        spectrum = compute_spectrum(graphs, backend=backend, operators=operators)
        encoded = self.bank.encode(spectrum, lambda: graphs).fields
        data[self.attribute] = encoded["node_encoding"]
        if "edge_encoding" in encoded:
            data[f"edge_{self.attribute}"] = encoded["edge_encoding"]
        if self.spectrum:
            for name in [*SPECTRUM_LEVELS, *chain(*map(eigen_levels, further(operators)))]:
                data[name] = spectrum.fields[name]
        return data
