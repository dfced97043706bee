"""Heat: the matrix exponential, the semigroup, the trace."""

import scipy.linalg
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.data import Data

from mspe.encodings import EncodingSet, Heat
from mspe.encodings.spectrum.laplacian import normalized_laplacian
from tests.encodings.fixtures import TOLERANCE, adjacency, dense_spectrum, encode, random_graphs


def test_heat_is_the_matrix_exponential(awkward: Data) -> None:
    laplacian, _ = normalized_laplacian(adjacency(awkward)[None])
    _, pair = encode(EncodingSet([Heat([0.3, 7.0])]), awkward)
    for channel, time in enumerate([0.3, 7.0]):
        expected = torch.from_numpy(scipy.linalg.expm(-time * laplacian[0].numpy()))
        torch.testing.assert_close(pair[..., channel], expected, **TOLERANCE)


@settings(deadline=None)
@given(random_graphs(), st.floats(0.1, 10), st.floats(0.1, 10))
def test_heat_semigroup_and_trace(data: Data, first: float, second: float) -> None:
    if first in (second, first + second):
        return
    _, pair = encode(EncodingSet([Heat([first]), Heat([second]), Heat([first + second])]), data)
    torch.testing.assert_close(pair[..., 0] @ pair[..., 1], pair[..., 2], **TOLERANCE)
    trace = torch.exp(-first * dense_spectrum(data).eigenvalues[0]).sum()
    torch.testing.assert_close(pair[..., 0].trace(), trace, **TOLERANCE)
