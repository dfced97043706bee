"""Distances of eigenvectors: closed forms, eigenspaces, relabelling, padding, models."""

import math

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.encodings import EigenvectorDistance, compute_spectrum
from mspe.graphs import PackedGraphs
from mspe.models import get_model
from tests.conftest import AWKWARD, complete, cycle, graph
from tests.encodings.catalogue.test_eigenvectors import PATH, eigenvectors, relabelled
from tests.encodings.catalogue.test_stable import turned
from tests.encodings.fixtures import view_of


def distances(data: Data, count: int) -> Tensor:
    return EigenvectorDistance(count).pair(view_of(data))[0, ..., 0]


@pytest.mark.parametrize("size", [4, 7])
def test_closed_forms_of_a_complete_graph_and_a_cycle(size: int) -> None:
    expected = math.sqrt(2) * (1 - torch.eye(size, dtype=torch.float64))  # p pᵀ = I − 11ᵀ/n
    torch.testing.assert_close(distances(complete(size), size - 1), expected, atol=1e-7, rtol=0)
    assert distances(complete(size), size - 2).abs().max() == 0  # the only eigenspace, split
    steps = torch.arange(size, dtype=torch.float64)
    angle = 2 * torch.pi * (steps[:, None] - steps) / size  # p_i = √(2/n) (cos, sin)(2πi/n)
    chords = (4 / size * (1 - angle.cos())).sqrt()
    torch.testing.assert_close(distances(cycle(size), 2), chords, atol=1e-7, rtol=0)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 9])
def test_they_are_distances_of_the_eigenvectors_in_any_basis(awkward: Data, count: int) -> None:
    places = eigenvectors(awkward, count)
    expected = (places[:, None] - places).norm(dim=-1)
    found = distances(awkward, count)
    torch.testing.assert_close(found, expected, atol=1e-10, rtol=0)
    other = EigenvectorDistance(count).pair(turned(awkward))[0, ..., 0]
    torch.testing.assert_close(other, found, atol=1e-7, rtol=0)
    assert torch.equal(found, found.T) and found.diagonal().abs().max() == 0


def test_relabelling_permutes_them(awkward: Data) -> None:
    place = torch.randperm(awkward.num_nodes, generator=torch.Generator().manual_seed(1))
    before, after = distances(awkward, 3), distances(relabelled(awkward, place), 3)
    torch.testing.assert_close(after[place][:, place], before, atol=1e-7, rtol=0)


@pytest.mark.parametrize("count", [1, 3, 8])
def test_a_batch_is_encoded_as_its_graphs_with_zeros_on_padding(count: int) -> None:
    graphs = list(AWKWARD.values())
    together = EigenvectorDistance(count).pair(view_of(*graphs))
    for data, found in zip(graphs, together[..., 0], strict=True):
        size = data.num_nodes
        torch.testing.assert_close(found[:size, :size], distances(data, count), atol=1e-10, rtol=0)
        assert found[size:].abs().sum() + found[:, size:].abs().sum() == 0


def test_single_precision_weights_and_single_nodes() -> None:
    weighted = graph(3, [(0, 1), (1, 2)])
    weighted.edge_weight = torch.tensor([0.5, 2.0, 0.5, 2.0])
    assert (distances(weighted, 1) - distances(graph(3, [(0, 1), (1, 2)]), 1)).abs().max() > 0.1
    single = EigenvectorDistance(2).pair(view_of(PATH, dtype=torch.float32))[0, ..., 0]
    assert single.dtype == torch.float32
    torch.testing.assert_close(single.double(), distances(PATH, 2), atol=1e-5, rtol=0)
    assert distances(graph(1, []), 3).tolist() == [[0.0]]


def test_a_model_takes_them_as_a_bias_and_gives_relabelled_graphs_the_same_output() -> None:
    torch.manual_seed(0)
    bank = {"eigenvector_distance": 3, "node": False, "pair": False}
    options = {"hidden_dim": 16, "num_layers": 1, "heads": 2}
    model = get_model("graph_transformer", num_features=0, num_classes=1, bank=bank, **options).eval()
    graphs = [PATH, cycle(6), AWKWARD["two components"]]
    moved = [relabelled(data, torch.arange(data.num_nodes).flip(0)) for data in graphs]
    batches = [PackedGraphs.from_list(part) for part in (graphs, moved)]
    outputs = [model(packed.collate(range(3))) for packed in batches]
    torch.testing.assert_close(outputs[0], outputs[1], atol=1e-5, rtol=1e-5)
    stored = batches[0].with_fields_of(compute_spectrum(batches[0])).collate(range(3))
    torch.testing.assert_close(model(stored), outputs[0], atol=1e-5, rtol=1e-5)
