"""Walk diagonals without a spectrum."""

import torch
from torch_geometric.data import Data

from mspe.encodings import EncodingSet, Walk, compute_spectrum, walk_diagonals
from mspe.graphs import GraphSchema, PackedGraphs


def test_walk_diagonals_need_no_spectrum(awkward: Data, molecules: tuple[GraphSchema, PackedGraphs]) -> None:
    steps = [0, 1, 2, 3, 7, 20]
    for graphs in (PackedGraphs.from_list([awkward]), molecules[1][:20]):
        expected = EncodingSet([Walk(steps)]).encode_nodes(compute_spectrum(graphs, torch.float64))
        result = walk_diagonals(graphs, steps)
        torch.testing.assert_close(result.double(), expected.fields["node_encoding"], atol=1e-6, rtol=0)
