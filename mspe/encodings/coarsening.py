"""Clusters of the nodes of a connected graph, clusters of these, and so on."""

from typing import Literal

import numpy as np
from jaxtyping import Int
from scipy.sparse import coo_array, csr_array

from mspe.encodings.structure import edges_of

Coarsening = Literal["louvain", "spectral"]

Clusters = Int[np.ndarray, " nodes"]
"""The cluster of each node, numbered from 0."""


def cluster_levels(
    adjacency: csr_array, levels: int, coarsening: Coarsening, nodes_per_cluster: int, seed: int
) -> Int[np.ndarray, "levels nodes"]:
    """Return the cluster of each node at each level: those of a level's clusters, joined by an edge or not.

    Parameters
    ----------
    adjacency
        Of a connected simple graph.
    levels
        At least 1.
    coarsening
        `louvain`: NetworkX's communities of high modularity (Blondel et al. 2008); `spectral`: scikit-learn's spectral
        clustering of the normalised Laplacian (Shi and Malik 2000; clusters by pivoted QR, Damle et al. 2018).
    nodes_per_cluster
        On average, of spectral clustering.
    seed
        Of Louvain's order of nodes, and of the iteration for eigenvectors. The result depends on it and on the order of
        the nodes alone.
    """
    cluster_of = _louvain if coarsening == "louvain" else _spectral
    found, clusters = [], np.arange(adjacency.shape[0])
    for _ in range(levels):
        if adjacency.shape[0] > 1:
            part = cluster_of(adjacency, nodes_per_cluster, seed)
            clusters, adjacency = part[clusters], quotient(adjacency, part)
        found.append(clusters)
    return np.stack(found)


def quotient(adjacency: csr_array, clusters: Clusters) -> csr_array:
    """Return the simple graph of clusters, two joined where an edge joins nodes of both."""
    row, column = (clusters[ends] for ends in edges_of(adjacency))
    between, count = row != column, int(clusters.max()) + 1
    joined = coo_array((np.ones(between.sum()), (row[between], column[between])), shape=(count, count)).tocsr()
    joined.data[:] = 1.0
    return joined


def _louvain(adjacency: csr_array, nodes_per_cluster: int, seed: int) -> Clusters:
    import networkx as nx

    communities = nx.community.louvain_communities(nx.from_scipy_sparse_array(adjacency), seed=seed)
    clusters = np.empty(adjacency.shape[0], dtype=np.int64)
    for number, members in enumerate(communities):
        clusters[list(members)] = number
    return clusters


def _spectral(adjacency: csr_array, nodes_per_cluster: int, seed: int) -> Clusters:
    from sklearn.cluster import spectral_clustering

    nodes = adjacency.shape[0]
    count = -(-nodes // nodes_per_cluster)
    if count == 1:
        return np.zeros(nodes, dtype=np.int64)
    found = spectral_clustering(adjacency.toarray(), n_clusters=count, random_state=seed, assign_labels="cluster_qr")
    return np.unique(found, return_inverse=True)[1]  # numbered without gaps
