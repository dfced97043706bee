"""One graph's encodings in double precision, and graphs at random."""

from collections.abc import Sequence

import torch
from hypothesis import strategies as st
from torch import Tensor
from torch_geometric.data import Batch, Data

from mspe.encodings import BatchEncodings, EncodingSet, GraphView, Spectrum, compute_spectrum
from mspe.encodings.encoding_set import node_channels
from mspe.encodings.spectrum import NORMALIZED
from mspe.encodings.spectrum.laplacian import dense_adjacency
from mspe.graphs import DenseLayout, PackedGraphs
from tests.conftest import BANK, graph

TOLERANCE = {"atol": 1e-10, "rtol": 0.0}
WL_VOCABULARY = [  # colours of every node of a cycle, and of a node without edges, after one, two and three rounds
    ["7d08bceccfd96a62", "d700d151a7b15f33"],
    ["fa41560808d432b4", "e24ef189ebc818f0"],
    ["5e2a5ea9ffa116be", "f5ec1f4920e3d2d6"],
]
BANK_MODULE = EncodingSet.from_config(BANK)


def view_of(*graphs: Data, dtype: torch.dtype = torch.float64) -> GraphView:
    packed = PackedGraphs.from_list(list(graphs))
    return view_of_batch(packed.with_fields_of(compute_spectrum(packed, dtype=dtype)).collate(range(len(graphs))))


def view_of_batch(batch: Batch) -> GraphView:
    return BatchEncodings(EncodingSet(), batch, DenseLayout.blocks(batch.ptr)).views[0]


def dense_spectrum(*graphs: Data, dtype: torch.dtype = torch.float64) -> Spectrum:
    return view_of(*graphs, dtype=dtype).spectrum


def encode(bank: EncodingSet, data: Data) -> tuple[Tensor, Tensor]:
    """Node [n, channels] and pair [n, n, channels] encodings of one graph in float64."""
    packed = PackedGraphs.from_list([data])
    spectra = compute_spectrum(packed, dtype=torch.float64, operators=bank.operators | {NORMALIZED})
    view = view_of_batch(packed.with_fields_of(spectra).collate([0]))
    pair = bank.pair(view)[0] if bank.on_pairs else torch.empty(data.num_nodes, data.num_nodes, 0)
    return node_channels(bank.on_nodes, view), pair


def weighted(data: Data, weights: Sequence[float]) -> Data:
    """A graph of `graph`, without self-loops, with a weight for each edge, the same in both directions."""
    return Data(edge_index=data.edge_index, edge_weight=torch.tensor([*weights, *weights]), num_nodes=data.num_nodes)


def random_weighted(seed: int, size: int = 10) -> Data:
    """A connected graph with random weights."""
    generator = torch.Generator().manual_seed(seed)
    pairs = [(i, i + 1) for i in range(size - 1)]
    pairs += [(i, j) for i in range(size) for j in range(i + 2, size) if torch.rand(1, generator=generator) < 0.3]
    return weighted(graph(size, pairs), (0.2 + torch.rand(len(pairs), generator=generator)).tolist())


def random_graph(size: int, edges: int, seed: int = 0) -> Data:
    """A graph of so many edges between nodes drawn at random, some twice, some from a node to itself."""
    generator = torch.Generator().manual_seed(seed)
    pairs = torch.randint(0, size, (2, edges), generator=generator)
    return Data(edge_index=torch.cat([pairs, pairs.flip(0)], dim=1), num_nodes=size)


def adjacency(data: Data) -> Tensor:
    return dense_adjacency(PackedGraphs.from_list([data]), data.num_nodes, torch.tensor([0]))[0]


@st.composite
def random_graphs(draw: st.DrawFn) -> Data:
    """Graphs with components, isolated nodes, self-loops and repeated edges."""
    size = draw(st.integers(1, 9))
    node = st.integers(0, size - 1)
    return graph(size, draw(st.lists(st.tuples(node, node), max_size=20)))
