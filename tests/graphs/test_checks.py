"""The rules for one graph, over packed graphs: the same in the same words."""

import pytest
import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.graphs import PackedGraphs
from mspe.graphs.checks import check_graphs
from mspe.graphs.validation import find_problem
from tests.conftest import AWKWARD, cycle
from tests.graphs.fixtures import BROKEN, GRAPHS, with_field


def with_good_one(data: Data) -> PackedGraphs:
    """A graph that can be used, with the fields of the other, before it and after it."""
    fields = [name for name in data.to_dict() if name not in cycle(3)]
    good = with_field(fields[0], torch.ones_like(data[fields[0]])) if fields else cycle(3)
    return PackedGraphs.from_list([good, data, good])


@pytest.mark.parametrize("data", [data for data, _ in BROKEN.values()], ids=BROKEN)
def test_the_first_graph_that_breaks_a_rule_is_named_in_the_words_of_that_rule(data: Data) -> None:
    graphs = with_good_one(data)
    with pytest.raises(MspeError) as raised:
        check_graphs(graphs)
    assert str(raised.value) == f"graph 1: {find_problem(data)}; correct the graph, or leave it out"
    check_graphs(graphs[[0, 2]])


@pytest.mark.parametrize("graphs", [list(AWKWARD.values()), GRAPHS], ids=["awkward", "with fields"])
def test_usable_graphs_pass(graphs: list[Data]) -> None:
    check_graphs(PackedGraphs.from_list(graphs))


def test_no_graphs_are_refused() -> None:
    with pytest.raises(MspeError, match="at least one"):
        check_graphs(PackedGraphs.from_list([cycle(3)])[[]])
