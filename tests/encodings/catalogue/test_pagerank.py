"""PageRank: the inverse matrix."""

import numpy as np
import torch
from torch_geometric.data import Data

from mspe.encodings import EncodingSet, PersonalizedPageRank
from tests.encodings.fixtures import TOLERANCE, adjacency, encode


def test_page_rank_is_the_inverse_and_its_rows_sum_to_one(awkward: Data) -> None:
    matrix = adjacency(awkward)
    isolated = (matrix.sum(1) == 0).double()
    transition = ((matrix + isolated.diag()) / (matrix.sum(1) + isolated)[:, None]).numpy()
    _, pair = encode(EncodingSet([PersonalizedPageRank([0.15, 0.6, 1.0])]), awkward)
    for channel, restart in enumerate([0.15, 0.6, 1.0]):
        expected = restart * np.linalg.inv(np.eye(len(transition)) - (1 - restart) * transition)
        torch.testing.assert_close(pair[..., channel], torch.from_numpy(expected), **TOLERANCE)
    torch.testing.assert_close(pair.sum(1), torch.ones_like(pair.sum(1)), **TOLERANCE)
