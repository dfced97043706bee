"""A road-like graph: planar, of large diameter, its nodes classified by how far their surroundings reach.

After City-Networks (Liang et al., arXiv 2503.09008), whose junctions are classified by the tenth of their eccentricity
within 16 hops.
"""

import math

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch_geometric.data import Data

from mspe.common.errors import MspeError

HOPS = 16
"""As far as a node's surroundings reach."""

CLASSES = 10

_DISTRICT = 16  # junctions along the side of a square that is built alike
_CLOSED = 0.5  # largest share of streets that are missing, in a district
_WINDING = 0.6  # largest share of the two bends of a street that there are, in a district
_SHIFT = 0.3  # of a junction from its place on the grid, at most, in either direction
_DIRECTIONS = 16
_SHARES = (0.1, 0.1)  # of nodes that train and validate


def road_network(junctions: int, seed: int = 0) -> Data:
    """Draw a road-like graph of some two nodes per junction.

    Junctions stand on a square grid, each moved at random. Of the streets between neighbours some are missing, and of
    the others some have one or two bends, which are nodes too: how many, is drawn for each district of 16 by 16
    junctions. The largest component is kept.

    Parameters
    ----------
    junctions
        Along each side of the grid, from 2; 345 give some 200,000 nodes.
    seed
        Of everything that is drawn.

    Returns
    -------
    Data
        `edge_index` in both directions; `y` [nodes], the tenth of `local_eccentricity` to which a node belongs; `pos`
        [nodes, 2], where it lies, with streets of length 1; `train_mask`, `val_mask` and `test_mask` of 10, 10 and
        80 % of the nodes at random. There are no features.

    Raises
    ------
    MspeError
        If there are fewer than two junctions along a side.
    """
    if junctions < 2:
        raise MspeError(f"road_network: junctions: got {junctions}, allowed: a whole number of at least 2")
    random = np.random.default_rng(seed)
    positions, streets, bends = _draw_streets(random, junctions)
    positions, edges = _largest_component(*_bent(positions, streets, bends))
    reach = local_eccentricity(edges, positions)
    tenths = np.quantile(reach, np.arange(1, CLASSES) / CLASSES)
    part = random.permutation(len(reach)) / len(reach)
    ends = np.cumsum(_SHARES)
    return Data(
        edge_index=torch.from_numpy(np.concatenate([edges, edges[::-1]], axis=1)),
        num_nodes=len(reach),
        y=torch.from_numpy(np.searchsorted(tenths, reach)),
        pos=torch.from_numpy(positions).float(),
        train_mask=torch.from_numpy(part < ends[0]),
        val_mask=torch.from_numpy((part >= ends[0]) & (part < ends[1])),
        test_mask=torch.from_numpy(part >= ends[1]),
    )


def local_eccentricity(
    edges: Int[np.ndarray, "2 edges"], positions: Float[np.ndarray, "nodes 2"], hops: int = HOPS
) -> Float[np.ndarray, " nodes"]:
    """Return how far, as the crow flies, the farthest of the nodes within some hops of each node lies.

    ε(v) = max_u |p_u − p_v| over the nodes u that at most `hops` edges part from v. A largest distance is the largest
    over all directions d of max_u ⟨p_u − p_v, d⟩, and for one direction the largest over a neighbourhood is found for
    all nodes at once, a hop at a time. With 16 directions of a circle that is at most 2 % too little.

    Parameters
    ----------
    edges
        Each edge once; every node has one.
    positions
        p.
    hops
        0 or more.
    """
    angles = 2 * math.pi * np.arange(_DIRECTIONS) / _DIRECTIONS
    along = positions @ np.stack([np.cos(angles), np.sin(angles)])  # ⟨p, d⟩, [nodes, directions]
    source, target = np.concatenate([edges, edges[::-1]], axis=1)
    order = np.argsort(target, kind="stable")
    source, first = source[order], np.searchsorted(target[order], np.arange(len(positions)))
    farthest = along
    for _ in range(hops):
        farthest = np.maximum(farthest, np.maximum.reduceat(farthest[source], first))
    return (farthest - along).max(axis=1)


def _draw_streets(
    random: np.random.Generator, junctions: int
) -> tuple[Float[np.ndarray, "places 2"], Int[np.ndarray, "2 streets"], Int[np.ndarray, " streets"]]:
    """Where junctions lie, which of them streets join, and how many bends each street has."""
    place = np.arange(junctions**2).reshape(junctions, junctions)
    positions = np.stack(np.divmod(place.ravel(), junctions), axis=1) + random.uniform(-_SHIFT, _SHIFT, (place.size, 2))
    down, across = (place[:-1], place[1:]), (place[:, :-1], place[:, 1:])
    streets = np.stack([np.concatenate([both[end].ravel() for both in (down, across)]) for end in (0, 1)])
    districts = -(-junctions // _DISTRICT)
    row, column = np.divmod(streets[0], junctions)
    district = row // _DISTRICT * districts + column // _DISTRICT
    closed, winding = (random.uniform(0, most, districts**2)[district] for most in (_CLOSED, _WINDING))
    kept: Bool[np.ndarray, " all"] = random.random(len(district)) >= closed
    return positions, streets[:, kept], random.binomial(2, winding[kept])


def _bent(
    positions: Float[np.ndarray, "places 2"], streets: Int[np.ndarray, "2 streets"], bends: Int[np.ndarray, " streets"]
) -> tuple[Float[np.ndarray, "nodes 2"], Int[np.ndarray, "2 edges"]]:
    """The nodes with those of bends, which divide a street evenly, and the edges between nodes."""
    street = np.repeat(np.arange(len(bends)), bends)
    number = np.arange(len(street)) - np.repeat(np.cumsum(bends) - bends, bends)  # of a bend on its street, from 0
    start, end = positions[streets[0, street]], positions[streets[1, street]]
    share = ((number + 1) / (bends[street] + 1))[:, None]
    node = len(positions) + np.arange(len(street))
    before = np.where(number == 0, streets[0, street], node - 1)
    last = len(positions) + np.cumsum(bends) - 1  # the last bend of each street that has one
    closing = np.stack([np.where(bends > 0, last, streets[0]), streets[1]])
    edges = np.concatenate([np.stack([before, node]), closing], axis=1)
    return np.concatenate([positions, start + share * (end - start)]), edges


def _largest_component(
    positions: Float[np.ndarray, "places 2"], edges: Int[np.ndarray, "2 links"]
) -> tuple[Float[np.ndarray, "nodes 2"], Int[np.ndarray, "2 edges"]]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = len(positions)
    adjacency = coo_array((np.ones(edges.shape[1]), tuple(edges)), shape=(size, size))
    _, labels = connected_components(adjacency, directed=False)
    kept = labels == np.bincount(labels).argmax()
    number = np.cumsum(kept) - 1
    return positions[kept], number[edges[:, kept[edges[0]]]]
