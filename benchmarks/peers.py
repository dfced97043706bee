"""Other people's functions of a graph, beside which `benchmarks.catalogue` times ours."""

from collections.abc import Callable

import networkx as nx
import numpy as np
import torch
from scipy.linalg import expm
from torch_geometric.data import Data
from torch_geometric.nn import GPSE
from torch_geometric.transforms import AddGPSE, AddLaplacianEigenvectorPE, AddRandomWalkPE
from torch_geometric.utils import to_networkx

Values = np.ndarray
"""Of a graph: [nodes, channels], or [nodes, nodes, channels]."""
Function = Callable[[Data, nx.Graph], Values]
"""Of a PyG graph and its NetworkX form."""


def laplacian(graph: nx.Graph) -> Values:
    return nx.normalized_laplacian_matrix(graph).toarray()


def adjacency(graph: nx.Graph) -> tuple[Values, float]:
    matrix = nx.to_numpy_array(graph)
    return matrix, float(np.abs(np.linalg.eigvalsh(matrix)).max())


def random_walk(data: Data, _: nx.Graph) -> Values:
    return AddRandomWalkPE(20, attr_name="pe")(data.clone()).pe.numpy()


def eigenvectors(data: Data, _: nx.Graph) -> Values:
    return AddLaplacianEigenvectorPE(8, attr_name="pe")(data.clone()).pe.numpy()


def heat(_: Data, graph: nx.Graph) -> Values:
    matrix = laplacian(graph)
    return np.stack([np.diag(expm(-t * matrix)) for t in (1.0, 4.0, 16.0)], axis=-1)


def pagerank(_: Data, graph: nx.Graph) -> Values:
    """By one linear solve a restart, of the walk matrix."""
    matrix = nx.to_numpy_array(graph)
    walk = matrix / matrix.sum(axis=1, keepdims=True)
    identity = np.eye(len(walk))
    return np.stack([a * np.linalg.inv(identity - (1 - a) * walk) for a in (0.1, 0.2)], axis=-1)


def distance(_: Data, graph: nx.Graph) -> Values:
    found = np.zeros((len(graph), len(graph), 1))
    for source, lengths in nx.all_pairs_shortest_path_length(graph):
        for target, length in lengths.items():
            found[source, target] = length <= 5
    return found


def resistance(_: Data, graph: nx.Graph) -> Values:
    found = nx.resistance_distance(graph)
    return np.array([[found[i][j] for j in graph] for i in graph])[..., None]


def diffusion(_: Data, graph: nx.Graph) -> Values:
    channels = []
    for t in (1.0, 4.0):
        kernel = expm(-t * laplacian(graph))
        channels.append(np.linalg.norm(kernel[:, None] - kernel[None], axis=-1))
    return np.stack(channels, axis=-1)


def biharmonic(_: Data, graph: nx.Graph) -> Values:
    inverse = np.linalg.pinv(nx.laplacian_matrix(graph).toarray().astype(float), hermitian=True)
    return np.log1p(np.linalg.norm(inverse[:, None] - inverse[None], axis=-1))[..., None]


def communicability(_: Data, graph: nx.Graph) -> Values:
    """NetworkX's, at β' = 1, which is ours at β = ρ but for the factor e^ρ; here ours is asked for at β = 1."""
    matrix, radius = adjacency(graph)
    scaled = nx.from_numpy_array(matrix / radius)
    nx.communicability_exp(scaled)  # it takes no weights into account: for its time
    return (expm(matrix / radius) / np.e)[..., None]


def katz(_: Data, graph: nx.Graph) -> Values:
    _, radius = adjacency(graph)
    found = nx.katz_centrality_numpy(graph, alpha=0.5 / radius, normalized=False)
    return 0.5 * np.array([found[node] for node in graph])[:, None]


def electrostatic(data: Data, _: nx.Graph) -> Values:
    """GraphGPS's `get_electrostatic_function_encoding`, written once more."""
    laplacian = torch.from_numpy(nx.laplacian_matrix(to_networkx(data, to_undirected=True)).toarray()).double()
    potential = torch.linalg.pinv(laplacian, hermitian=True)
    potential = potential - potential.diagonal()
    step = laplacian.abs().fill_diagonal_(0) / laplacian.diagonal()[:, None]
    column = [potential.amin(0), potential.amax(0), potential.mean(0), potential.std(0)]
    row = [potential.amin(1), potential.amax(0), potential.mean(1), potential.std(1)]
    return torch.stack([*column, *row, (step * potential).sum(0), (step * potential).sum(1)], dim=1).numpy()


def cycles(_: Data, graph: nx.Graph) -> Values:
    counts = np.zeros((len(graph), 4))
    for cycle in nx.simple_cycles(graph, length_bound=6):
        counts[cycle, len(cycle) - 3] += 1
    return np.log1p(counts)


def roles(_: Data, graph: nx.Graph) -> Values:
    """In the units of ours: PageRank of mean 1, and log(1 + x) of what grows."""
    kinds = (nx.clustering, nx.core_number, nx.pagerank, nx.eccentricity, nx.betweenness_centrality)
    found = np.array([[values[node] for node in graph] for values in (kind(graph) for kind in kinds)])
    found[2] *= len(graph)
    found[1:4] = np.log1p(found[1:4])
    return found.T


def rings(_: Data, graph: nx.Graph) -> Values:
    member = np.zeros((len(graph), 7))
    for ring in nx.minimum_cycle_basis(graph):
        member[ring, min(len(ring), 9) - 3] = 1
    return member


def simple_paths(_: Data, graph: nx.Graph) -> Values:
    counts = np.zeros((len(graph), len(graph), 4))
    for i in graph:
        for path in nx.all_simple_paths(graph, i, set(graph) - {i}, cutoff=4):
            counts[i, path[-1], len(path) - 2] += 1
    return np.log1p(counts)


def wavelet(_: Data, graph: nx.Graph) -> Values:
    """PyGSP's frame of kernels tλ·e^(1−tλ), whose blocks of rows are these of the Laplacian."""
    from pygsp import filters, graphs

    ours = graphs.Graph(nx.to_scipy_sparse_array(graph, dtype=float), lap_type="normalized")
    ours.compute_fourier_basis()
    bank = filters.Filter(ours, [lambda x, t=t: t * x * np.exp(1 - t * x) for t in (1.0, 4.0, 16.0)])
    frame = bank.compute_frame(method="exact").reshape(3, len(graph), len(graph))
    return frame.diagonal(axis1=1, axis2=2).T


def colours(_: Data, graph: nx.Graph) -> Values:
    nx.set_node_attributes(graph, "0", "colour")
    found = nx.weisfeiler_lehman_subgraph_hashes(graph, node_attr="colour", iterations=3)
    return np.array([[hash(one) for one in found[node]] for node in graph])


def landmarks(_: Data, graph: nx.Graph) -> Values:
    """The same choice, without a rule for ties."""
    nearest = dict.fromkeys(graph, np.inf)
    node, columns = max(graph, key=graph.degree), []
    for _number in range(16):
        found = nx.single_source_shortest_path_length(graph, node)
        columns.append([found[other] for other in graph])
        nearest = {other: min(nearest[other], found[other]) for other in graph}
        node = max(graph, key=nearest.__getitem__)
    return np.log1p(np.array(columns)).T


def hierarchical(_: Data, graph: nx.Graph) -> Values:
    communities = nx.community.louvain_communities(graph, seed=0)
    cluster = {node: number for number, members in enumerate(communities) for node in members}
    quotient = nx.quotient_graph(graph, communities, relabel=True)
    near, far = (dict(nx.all_pairs_shortest_path_length(one)) for one in (graph, quotient))
    return np.array([[(near[i][j], far[cluster[i]][cluster[j]]) for j in graph] for i in graph])


def eigenvector_distance(data: Data, graph: nx.Graph) -> Values:
    places = torch.from_numpy(eigenvectors(data, graph))
    return torch.cdist(places, places).numpy()[..., None]


def _magnetic_laplacian(graph: nx.Graph, potential: float) -> Values:
    directed = nx.to_numpy_array(graph)
    symmetric = np.maximum(directed, directed.T)
    root, phase = np.sqrt(symmetric.sum(axis=1)), np.exp(2j * np.pi * potential * (directed - directed.T))
    return np.eye(len(root)) - symmetric / root[:, None] / root * phase


def magnetic(_: Data, graph: nx.Graph) -> Values:
    channels = []
    for laplacian in (_magnetic_laplacian(graph, q) for q in (0.1, 0.25)):
        walk = np.eye(len(graph)) - laplacian
        channels += [expm(-t * laplacian) for t in (1.0, 4.0)] + [np.linalg.matrix_power(walk, k) for k in (1, 2, 4)]
    return np.stack(channels, axis=-1).real


def magnetic_eigenvectors(_: Data, graph: nx.Graph) -> Values:
    """With the phases of Geisler et al., by the node of the largest imaginary part."""
    vectors = np.linalg.eigh(_magnetic_laplacian(graph, 0.25))[1][:, :8]
    largest = np.abs(vectors.real).argmax(axis=0)
    vectors = vectors * np.sign(vectors.real[largest, np.arange(vectors.shape[1])])
    return vectors * np.exp(-1j * np.angle(vectors[vectors[:, 0].imag.argmax()]))


def gpse_of(model: GPSE) -> Function:
    """PyG's transform with this model."""
    transform = AddGPSE(model)
    return lambda data, _: transform(data.clone()).pestat_GPSE.numpy()
