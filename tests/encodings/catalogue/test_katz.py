"""The Katz index: the resolvent, and networkx's centrality as the sum of a row."""

import networkx
import pytest
import scipy.linalg
import torch

from mspe.common.errors import MspeError
from mspe.encodings import EncodingSet, Katz
from tests.conftest import graph
from tests.encodings.fixtures import adjacency, encode, random_weighted


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_resolvent_which_sums_walks(seed: int) -> None:
    data = random_weighted(seed)
    matrix = adjacency(data)
    radius = scipy.linalg.eigvalsh(matrix.numpy()).max()
    node, pair = encode(EncodingSet([Katz(alphas=[0.3, 0.9])]), data)
    for channel, alpha in enumerate([0.3, 0.9]):
        step, power, total = alpha * matrix / radius, torch.eye(len(matrix)).double(), torch.zeros_like(matrix)
        for _ in range(400):
            total, power = total + power, power @ step
        torch.testing.assert_close(pair[..., channel], (1 - alpha) * total, atol=1e-12, rtol=0)
        torch.testing.assert_close(node[:, channel], (1 - alpha) * total.diagonal(), atol=1e-12, rtol=0)


def test_rows_sum_to_networkxs_centrality() -> None:
    network = networkx.les_miserables_graph()
    network = networkx.convert_node_labels_to_integers(network)
    edges = list(network.edges(data="weight"))
    data = graph(len(network), [(i, j) for i, j, _ in edges])
    data.edge_weight = torch.tensor([w for *_, w in edges] * 2).float()
    radius = float(networkx.adjacency_spectrum(network).real.max())
    expected = networkx.katz_centrality_numpy(network, 0.8 / radius, normalized=False, weight="weight")
    _, pair = encode(EncodingSet([Katz(alphas=[0.8])]), data)
    torch.testing.assert_close(pair[..., 0].sum(dim=1) / 0.2, torch.tensor([expected[i] for i in range(77)]).double())


@pytest.mark.parametrize("alpha", [0.0, 1.0, 1.5])
def test_a_share_at_which_the_series_does_not_converge_is_refused(alpha: float) -> None:
    with pytest.raises(MspeError, match=r"encoding katz: alphas.0: got .*, input should be (greater|less) than"):
        Katz(alphas=[alpha])
