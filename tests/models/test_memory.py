"""How many pairs of nodes fit into memory."""

import torch
from torch import nn

from mspe.models import find_max_pairs
from tests.models.fixtures import Molecules, build


def test_every_pair_of_nodes_is_counted_before_it_is_allocated(molecules: Molecules) -> None:
    cpu = torch.device("cpu")
    few, many = (find_max_pairs(build(molecules[0], num_layers=layers), cpu) for layers in (2, 8))
    assert few > many > 1000
    assert find_max_pairs(build(molecules[0], name="gps"), cpu) > few
    assert find_max_pairs(build(molecules[0], attention="linear"), cpu) is None
    assert find_max_pairs(nn.Linear(1, 1), cpu) is None
