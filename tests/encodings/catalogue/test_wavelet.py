"""Wavelets: their matrix function."""

import torch
from torch_geometric.data import Data

from mspe.encodings import EncodingSet, Wavelet
from mspe.encodings.spectrum.laplacian import normalized_laplacian
from tests.conftest import graph
from tests.encodings.fixtures import TOLERANCE, adjacency, encode


def test_the_wavelet_is_its_matrix_function_and_vanishes_on_an_isolated_node(awkward: Data) -> None:
    laplacian, _ = normalized_laplacian(adjacency(awkward)[None])
    _, pair = encode(EncodingSet([Wavelet([0.5, 3.0])]), awkward)
    for channel, time in enumerate([0.5, 3.0]):
        expected = time * laplacian[0] @ torch.linalg.matrix_exp(-time * laplacian[0]) * torch.e
        torch.testing.assert_close(pair[..., channel], expected, **TOLERANCE)
    node, _ = encode(EncodingSet([Wavelet([2.0])]), graph(2, []))
    assert node.abs().max() == 0
