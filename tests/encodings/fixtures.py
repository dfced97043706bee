"""One graph's encodings in double precision, and graphs at random."""

import torch
from hypothesis import strategies as st
from torch import Tensor
from torch_geometric.data import Batch, Data

from mspe.encodings import BatchEncodings, EncodingSet, GraphView, Spectrum, compute_spectrum
from mspe.encodings.encoding_set import node_channels
from mspe.encodings.spectrum.laplacian import dense_adjacency
from mspe.graphs import DenseLayout, PackedGraphs
from tests.conftest import BANK, graph

TOLERANCE = {"atol": 1e-10, "rtol": 0.0}
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
    view = view_of(data)
    return node_channels(bank.on_nodes, view), bank.pair(view)[0]


def adjacency(data: Data) -> Tensor:
    return dense_adjacency(PackedGraphs.from_list([data]), data.num_nodes, torch.tensor([0]))[0]


@st.composite
def random_graphs(draw: st.DrawFn) -> Data:
    """Graphs with components, isolated nodes, self-loops and repeated edges."""
    size = draw(st.integers(1, 9))
    node = st.integers(0, size - 1)
    return graph(size, draw(st.lists(st.tuples(node, node), max_size=20)))
