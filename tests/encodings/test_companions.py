"""Eigenvectors, distances, the PyG transform, the batch's own encodings, CSL."""

import networkx
import pytest
import torch
from mspe.encodings.distances import distance_channels
from mspe.encodings.eigenvectors import packed_eigenvectors, sparse_eigenvectors
from torch_geometric.data import Batch, Data
from torch_geometric.utils import to_networkx

from mspe.encodings import PRESETS, AddMultiScalePE, BatchEncodings, EncodingSet, compute_spectrum
from mspe.encodings.spectrum.laplacian import normalized_laplacian
from mspe.graphs import DenseLayout, GraphSchema, PackedGraphs
from mspe.models import get_model
from mspe.models.encoders import SignNet
from tests.conftest import AWKWARD, complete, cycle, graph
from tests.encodings.test_bank import adjacency

PATH = graph(5, [(i, i + 1) for i in range(4)])


def eigenvectors(data: Data, count: int) -> torch.Tensor:
    return packed_eigenvectors(compute_spectrum(PackedGraphs.from_list([data]), dtype=torch.float64), count)


def test_they_are_eigenvectors_in_ascending_order_without_the_trivial_one() -> None:
    laplacian, root = normalized_laplacian(adjacency(PATH)[None])
    vectors = eigenvectors(PATH, 4)
    values = torch.linalg.eigvalsh(laplacian[0])[1:]
    torch.testing.assert_close(laplacian[0] @ vectors, vectors * values)
    torch.testing.assert_close(root @ vectors, torch.zeros(1, 4).double(), atol=1e-10, rtol=0)


def test_the_fiedler_vector_separates_two_cliques() -> None:
    edges = (
        [(i, j) for i in range(5) for j in range(i)] + [(5 + i, 5 + j) for i in range(5) for j in range(i)] + [(0, 5)]
    )
    first = eigenvectors(graph(10, edges), 1)[:, 0]
    assert (first[:5].sign() == first[0].sign()).all() and (first[5:].sign() == -first[0].sign()).all()


def test_a_split_eigenspace_is_left_out_and_few_nodes_are_padded() -> None:
    assert eigenvectors(complete(5), 3).abs().max() == 0  # one space of four: none of it fits
    assert eigenvectors(cycle(6), 3)[:, 2].abs().max() == 0 and eigenvectors(cycle(6), 3)[:, :2].abs().min() >= 0
    padded = eigenvectors(graph(3, [(0, 1), (1, 2)]), 5)
    assert padded[:, 2:].abs().max() == 0 and padded[:, :2].norm(dim=0).tolist() == pytest.approx([1, 1])
    assert eigenvectors(graph(1, []), 2).tolist() == [[0, 0]]


def test_the_null_space_of_several_components_loses_only_the_trivial_direction() -> None:
    data = graph(5, [(0, 1), (1, 2), (3, 4)])
    vector = eigenvectors(data, 1)[:, 0]
    _, root = normalized_laplacian(adjacency(data)[None])
    scaled = vector / root[0]
    assert scaled[:3].std() < 1e-10 and scaled[3:].std() < 1e-10 and scaled[0] * scaled[3] < 0
    assert abs(float(vector @ root[0])) < 1e-10


def test_signs_are_fixed_and_the_sparse_solver_agrees() -> None:
    generator = torch.Generator().manual_seed(1)
    pairs = torch.randint(0, 60, (2, 150), generator=generator)
    graphs = PackedGraphs.from_list([Data(edge_index=torch.cat([pairs, pairs.flip(0)], 1), num_nodes=60)])
    dense = packed_eigenvectors(compute_spectrum(graphs, dtype=torch.float64), 4)
    torch.testing.assert_close(sparse_eigenvectors(graphs, 4), dense, atol=1e-6, rtol=0)
    assert dense.gather(0, dense.abs().argmax(0, keepdim=True)).min() > 0


def test_distances_agree_with_networkx(awkward: Data) -> None:
    cap = 3
    channels = distance_channels(adjacency(awkward)[None], cap)[0]
    assert torch.equal(channels.sum(-1), torch.ones(awkward.num_nodes, awkward.num_nodes))
    expected = dict(networkx.all_pairs_shortest_path_length(to_networkx(awkward, to_undirected=True)))
    for i in range(awkward.num_nodes):
        for j in range(awkward.num_nodes):
            distance = expected[i].get(j)
            assert channels[i, j].argmax() == (cap + 1 if distance is None else min(distance, cap))


def test_the_transform_gives_what_the_stages_store(molecules: tuple[GraphSchema, PackedGraphs]) -> None:
    bank = EncodingSet.from_config({**PRESETS["default"], "eigenvectors": 3, "degree": True})
    packed = molecules[1][:8]
    stored = bank.encode_nodes(compute_spectrum(packed))
    for number, data in enumerate(packed):
        plain = Data(edge_index=data.edge_index, num_nodes=data.num_nodes)
        transformed = AddMultiScalePE(bank, spectrum=True)(plain)
        fields = stored[number]
        expected = torch.cat([fields.node_encoding, fields.laplacian_eigenvectors], dim=1)
        torch.testing.assert_close(transformed.pe, expected, atol=1e-5, rtol=0)
        assert transformed.eigenvectors.numel() == data.num_nodes**2
    batch = Batch.from_data_list([AddMultiScalePE(bank, spectrum=True)(data) for data in packed])
    blocks = DenseLayout.blocks(batch.ptr)
    assert BatchEncodings(bank, batch, blocks).pair()[0].shape[-1] == len(bank.pair_channels)


def test_csl_is_told_apart_by_the_default_bank_and_not_by_degree() -> None:
    skips = [2, 3, 4, 5, 6, 9, 11, 12, 13, 16]
    rings = [graph(41, [(i, (i + s) % 41) for i in range(41) for s in (1, skip)]) for skip in skips]
    spectrum = compute_spectrum(PackedGraphs.from_list(rings), dtype=torch.float64)
    encoding = EncodingSet.from_config(PRESETS["default"]).encode_nodes(spectrum).fields["node_encoding"]
    classes = encoding.view(10, 41, -1)[:, 0]
    assert torch.pdist(classes, p=torch.inf).min() > 1e-5
    degree = EncodingSet.from_config({"degree": True}).encode_nodes(spectrum).fields["node_encoding"]
    assert degree.unique().numel() == 1


@pytest.mark.parametrize(
    "config",
    [
        PRESETS["lappe"],
        PRESETS["none"],
        PRESETS["spd"],
        {**PRESETS["default"], "trainable": True, "pair": True},
        {"filters": {"learned": {"channels": 4}}, "distance": 3, "degree": True, "eigenvectors": 2},
    ],
    ids=["lappe", "none", "spd", "trainable", "everything"],
)
@pytest.mark.parametrize("encoder", ["flip", "signnet"])
def test_a_model_takes_every_encoding_and_computes_what_is_missing(config: dict, encoder: str) -> None:
    bank = EncodingSet.from_config(config)
    options = {"hidden_dim": 16, "num_layers": 2, "heads": 2, "node_dim": 6, "eigenvector_encoder": encoder}
    model = get_model("graph_transformer", num_features=0, num_classes=1, bank=bank.config(), **options)
    packed = PackedGraphs.from_list(list(AWKWARD.values()))
    spectrum = compute_spectrum(packed)
    stored = packed.joined(spectrum).joined(bank.encode_nodes(spectrum)).collate(range(len(packed)))
    model(stored).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())
    model.eval()
    torch.testing.assert_close(model(packed.collate(range(len(packed)))), model(stored), atol=1e-4, rtol=1e-4)


def test_signs_flip_per_graph_in_training_only_and_sign_net_does_not_care() -> None:
    torch.manual_seed(0)  # of few weights, all may be dead for a graph
    packed = PackedGraphs.from_list([PATH] * 16)
    bank = EncodingSet.from_config(PRESETS["lappe"])
    options = {"hidden_dim": 16, "num_layers": 1, "heads": 2, "node_dim": 6, "norm": "layer"}
    model = get_model("graph_transformer", num_features=0, num_classes=1, bank=bank, **options)
    batch = packed.collate(range(16))
    assert model(batch).unique().numel() > 1  # the same graph, sixteen times, with other signs
    assert model.eval()(batch).sub(model(batch)[0]).abs().max() < 1e-5
    vectors = torch.randn(5, 3)
    net = SignNet(3, 4)
    torch.testing.assert_close(net(vectors), net(vectors * torch.tensor([1, -1, -1])))
