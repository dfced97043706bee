"""How many pairs of nodes fit into memory."""

import pytest
import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.encodings import Encoding, Pearl, Stable
from mspe.graphs import GraphLoader, PackedGraphs
from mspe.models import find_max_pairs
from tests.conftest import cycle
from tests.encodings.fixtures import view_of
from tests.models.fixtures import Molecules, build


def test_every_pair_of_nodes_is_counted_before_it_is_allocated(molecules: Molecules) -> None:
    cpu = torch.device("cpu")
    few, many = (find_max_pairs(build(molecules[0], num_layers=layers), cpu) for layers in (2, 8))
    assert few > many > 1000
    assert find_max_pairs(build(molecules[0], name="gps"), cpu) > few
    assert find_max_pairs(build(molecules[0], attention="linear"), cpu) is None
    assert find_max_pairs(nn.Linear(1, 1), cpu) is None


@pytest.mark.parametrize("encoding", [Pearl("basis", 1, 8, 4), Stable(8, 8, 3)], ids=["pearl", "stable"])
def test_an_encoding_counts_what_it_keeps_per_pair(encoding: Encoding) -> None:
    size, kept = 64, dict[int, int]()

    def keep(tensor: Tensor) -> Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    view = view_of(cycle(size), dtype=torch.float32)
    with saved_tensors_hooks(keep, lambda tensor: tensor):
        encoding.node(view)
    kept_per_pair = sum(kept.values()) / (4 * size**2)
    assert kept_per_pair < encoding.numbers_per_pair < 3 * kept_per_pair  # with messages and gradients, of one layer


def test_trained_encodings_count_also_without_attention(molecules: Molecules) -> None:
    cpu = torch.device("cpu")
    basis = {"pearl": {"variant": "basis", "samples": 1, "channels": 8, "layers": 4}}
    plain, with_pearl = (find_max_pairs(build(molecules[0], bank=bank), cpu) for bank in ("none", basis))
    assert with_pearl < plain
    assert with_pearl < find_max_pairs(build(molecules[0], bank=basis, attention="linear"), cpu)


def test_softmax_attention_beyond_memory_is_refused_with_what_to_take_instead(molecules: Molecules) -> None:
    cpu, large = torch.device("cpu"), Data(edge_index=torch.zeros(2, 0, dtype=torch.long), num_nodes=200_000)
    graph = PackedGraphs.from_structure(large)
    for name in ("gps", "graph_transformer"):
        softmax, linear = (build(molecules[0], name=name, attention=kind) for kind in ("softmax", "linear"))
        with pytest.raises(MspeError, match=r"graph 0 has 200,000 nodes: .* set model.attention=linear or none"):
            GraphLoader(graph, 1, max_pairs=find_max_pairs(softmax, cpu))
        assert len(GraphLoader(graph, 1, max_pairs=find_max_pairs(linear, cpu))) == 1
