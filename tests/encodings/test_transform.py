"""The bank as a PyG transform."""

import torch
from torch_geometric.data import Batch, Data

from mspe.encodings import PRESETS, AddMultiScalePE, BatchEncodings, EncodingSet, compute_spectrum
from mspe.graphs import DenseLayout, GraphSchema, PackedGraphs


def test_the_transform_gives_what_the_stages_store(molecules: tuple[GraphSchema, PackedGraphs]) -> None:
    bank = EncodingSet.from_config({**PRESETS["default"], "eigenvectors": 3, "degree": True})
    packed = molecules[1][:8]
    stored = bank.encode_nodes(compute_spectrum(packed))
    for number, data in enumerate(packed):
        plain = Data(edge_index=data.edge_index, num_nodes=data.num_nodes)
        transformed = AddMultiScalePE(bank, spectrum=True)(plain)
        fields = stored[number]
        torch.testing.assert_close(transformed.pe, fields.node_encoding, atol=1e-5, rtol=0)
        assert transformed.eigenvectors.numel() == data.num_nodes**2
    batch = Batch.from_data_list([AddMultiScalePE(bank, spectrum=True)(data) for data in packed])
    blocks = DenseLayout.blocks(batch.ptr)
    assert BatchEncodings(bank, batch, blocks).pair()[0].shape[-1] == len(bank.pair_channels)
