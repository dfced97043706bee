"""Independent implementations on the field's own graphs."""

from collections.abc import Iterator
from pathlib import Path

import networkx
import numpy as np
import pytest
import scipy.linalg
import torch
from torch_geometric.data import Data
from torch_geometric.datasets import Planetoid, TUDataset
from torch_geometric.transforms import AddRandomWalkPE
from torch_geometric.utils import k_hop_subgraph, to_networkx

from mspe.dataset import get_dataset
from mspe.encodings import EncodingSet, Heat, PersonalizedPageRank, Walk, compute_spectrum
from mspe.encodings.catalogue.distance import distance_channels
from mspe.encodings.spectrum.laplacian import normalized_laplacian
from mspe.graphs import PackedGraphs
from tests.encodings.fixtures import adjacency, encode


def raw(shared: Path, tmp_path: Path, *parts: str) -> None:
    """Link raw files where PyG looks, since it writes beside them."""
    folder = tmp_path.joinpath(*parts[1:])
    folder.mkdir(parents=True)
    (folder / "raw").symlink_to(shared.joinpath(*parts, "raw"))


def load(source: str, shared: Path, tmp_path: Path) -> Iterator[Data]:
    """Some simple connected graphs of a benchmark, without features."""
    if source == "ZINC":
        graphs = list(get_dataset("zinc", root=shared, limit=25).train)
    elif source == "Cora":
        raw(shared, tmp_path, "Planetoid", "Cora")
        cora = Planetoid(str(tmp_path), "Cora")[0]
        neighbourhoods = [k_hop_subgraph(node, 2, cora.edge_index, relabel_nodes=True) for node in range(0, 200, 20)]
        graphs = [Data(edge_index=edges, num_nodes=nodes.numel()) for nodes, edges, _, _ in neighbourhoods]
    else:
        raw(shared, tmp_path, "TUDataset", source)
        graphs = list(TUDataset(str(tmp_path), source))[:25]
    for graph in graphs:
        if 1 < graph.num_nodes < 200 and graph.edge_index.unique().numel() == graph.num_nodes:
            yield Data(edge_index=graph.edge_index, num_nodes=graph.num_nodes)


@pytest.mark.parametrize("source", [pytest.param("ZINC", marks=pytest.mark.slow), "MUTAG", "ENZYMES", "Cora"])
def test_every_encoding_agrees_with_an_independent_implementation(
    source: str, shared_data: Path, tmp_path: Path
) -> None:
    bank = EncodingSet([Walk(list(range(1, 17))), Heat([0.5, 8.0]), PersonalizedPageRank([0.2])])
    graphs = list(load(source, shared_data, tmp_path))
    assert len(graphs) >= 5
    for graph in graphs:
        node, pair = encode(bank, graph)
        matrix = adjacency(graph)
        expected = AddRandomWalkPE(16, attr_name="pe")(graph.clone()).pe
        torch.testing.assert_close(node[:, :16].float(), expected, atol=1e-5, rtol=0)
        laplacian = normalized_laplacian(matrix[None])[0][0].numpy()
        for channel, time in ((16, 0.5), (17, 8.0)):
            np.testing.assert_allclose(pair[..., channel], scipy.linalg.expm(-time * laplacian), atol=1e-10)
        transition = (matrix / matrix.sum(1, keepdim=True)).numpy()
        ppr = 0.2 * np.linalg.inv(np.eye(len(transition)) - 0.8 * transition)
        np.testing.assert_allclose(pair[..., 18], ppr, atol=1e-10)
        paths = dict(networkx.all_pairs_shortest_path_length(to_networkx(graph, to_undirected=True)))
        distance = distance_channels(matrix[None], 6)[0].argmax(-1)
        for i, reached in paths.items():
            for j, steps in reached.items():
                assert distance[i, j] == min(steps, 6)


@pytest.mark.filterwarnings("ignore:Sparse")  # of the matrices that PyG uses here
def test_the_walk_diagonal_of_cora_agrees_with_pyg(shared_data: Path, tmp_path: Path) -> None:
    raw(shared_data, tmp_path, "Planetoid", "Cora")
    cora = Planetoid(str(tmp_path), "Cora")[0]
    graph = Data(edge_index=cora.edge_index, num_nodes=cora.num_nodes)
    spectrum = compute_spectrum(PackedGraphs.from_structure(graph), backend="auto")
    ours = EncodingSet([Walk([1, 2, 3, 4, 5])]).encode_nodes(spectrum).fields["node_encoding"]
    theirs = AddRandomWalkPE(5, attr_name="pe")(graph).pe
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)
