"""The bank as a PyG transform, for anyone's PyG code."""

from collections.abc import Mapping
from typing import Any

import torch
from torch_geometric.data import Data
from torch_geometric.data.datapipes import functional_transform
from torch_geometric.transforms import BaseTransform

from mspe.encodings.bank import FilterBank
from mspe.encodings.spectrum import choose_backend, compute_spectrum
from mspe.graphs import PackedGraphs


@functional_transform("add_multi_scale_pe")
class AddMultiScalePE(BaseTransform):
    """Adds the node channels of a bank to a graph (functional name: `add_multi_scale_pe`).

    Parameters
    ----------
    bank
        A `FilterBank` without trained filters, or its configuration, or a preset's name as `PRESETS[name]`.
    attribute
        The node attribute that holds the channels: fixed filters, degree, then eigenvectors.
    spectrum
        Whether to add `eigenvalues`, `eigenvectors` (n² values, row-major) and `sqrt_degree` too, from which a model
        builds pair channels per batch. Only for graphs that are decomposed densely.

    Examples
    --------
    >>> triangle = Data(edge_index=torch.tensor([[0, 1, 2, 1, 2, 0], [1, 2, 0, 0, 1, 2]]), num_nodes=3)
    >>> AddMultiScalePE({"filters": {"walk": {"steps": [2, 3]}}})(triangle).pe[0].round(decimals=4).tolist()
    [0.5, 0.25]
    """

    def __init__(self, bank: FilterBank | Mapping[str, Any], attribute: str = "pe", spectrum: bool = False) -> None:
        self.bank = bank if isinstance(bank, FilterBank) else FilterBank.from_config(bank)
        self.attribute = attribute
        self.spectrum = spectrum

    def forward(self, data: Data) -> Data:
        """Add the channels to one graph."""
        graphs = PackedGraphs.from_structure(data)
        backend = "dense" if self.spectrum else choose_backend("auto", int(data.num_nodes))
        spectrum = compute_spectrum(graphs, backend=backend)
        encoded = self.bank.encode_nodes(spectrum, lambda: graphs).fields
        data[self.attribute] = torch.cat(list(encoded.values()), dim=1)
        if self.spectrum:
            for name in ("eigenvalues", "eigenvectors", "sqrt_degree"):
                data[name] = spectrum.fields[name]
        return data
