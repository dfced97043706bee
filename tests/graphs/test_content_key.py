"""What is derived from graphs knows when they changed."""

from collections.abc import Callable

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.graphs import PackedGraphs
from mspe.graphs.content_key import is_derived, join_derived, structure_keys, text_key, with_structure_keys
from mspe.graphs.packing import STRUCTURE_KEY
from tests.conftest import cycle
from tests.graphs.fixtures import GRAPHS

PACKED = PackedGraphs.from_list(GRAPHS)
WEIGHTS = torch.ones(PACKED.edge_index.size(1))
TEXT_KEY = 5814675473899434644


def weighted(weights: torch.Tensor) -> PackedGraphs:
    return PACKED.with_fields({"edge_weight": weights}, {"edge_weight": "edge"})


def derived() -> PackedGraphs:
    """Something that was computed of the graphs: a rank each."""
    ranks = PACKED.without_edges({"rank": torch.arange(len(PACKED))}, {"rank": "graph"})
    return with_structure_keys(ranks, PACKED)


def test_a_key_is_that_of_its_graph_wherever_it_stands() -> None:
    order = torch.tensor([2, 0])
    assert torch.equal(structure_keys(PACKED[order]), structure_keys(PACKED)[order])


def test_graphs_of_other_sizes_have_other_keys() -> None:
    keys = structure_keys(PackedGraphs.from_list([cycle(size) for size in range(3, 40)]))
    assert keys.unique().numel() == keys.numel() and int(keys.min()) >= 0


def test_a_key_follows_edges_and_weights() -> None:
    keys, has_edges = structure_keys(PACKED), PACKED.num_edges > 0
    assert not (structure_keys(weighted(WEIGHTS)) == keys)[has_edges].any()
    assert not (structure_keys(weighted(2 * WEIGHTS)) == structure_keys(weighted(WEIGHTS)))[has_edges].any()
    assert torch.equal(structure_keys(weighted(WEIGHTS.double())), structure_keys(weighted(WEIGHTS)))


def test_features_and_targets_change_no_key() -> None:
    changed = PACKED.with_fields({"x": PACKED.fields["x"] + 1, "y": PACKED.fields["y"] + 1}, {})
    assert torch.equal(structure_keys(changed), structure_keys(PACKED))


def test_what_was_derived_joins_its_graphs_without_the_key() -> None:
    joined = join_derived(PACKED, derived(), "data/ranks")
    assert joined.fields["rank"].flatten().tolist() == [0, 1, 2, 3] and STRUCTURE_KEY not in joined.fields
    assert torch.equal(joined.edge_index, PACKED.edge_index)


CHANGES: dict[str, Callable[[PackedGraphs], PackedGraphs]] = {
    "another order": lambda graphs: graphs[[1, 0, 2, 3]],
    "one graph less": lambda graphs: graphs[:3],
    "weights": lambda graphs: graphs.with_fields({"edge_weight": WEIGHTS}, {"edge_weight": "edge"}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_derived_of_other_graphs_is_refused(change: Callable[[PackedGraphs], PackedGraphs]) -> None:
    assert is_derived(derived(), PACKED) and not is_derived(derived(), change(PACKED))
    with pytest.raises(MspeError, match=r"^data/ranks: stale: .*; run `dvc repro`$"):
        join_derived(change(PACKED), derived(), "data/ranks")


def test_what_has_no_key_is_refused() -> None:
    assert not is_derived(derived().without_fields([STRUCTURE_KEY]), PACKED)


def test_a_text_has_the_same_key_in_every_process() -> None:
    assert text_key("bank") == TEXT_KEY and text_key("bank") != text_key("Bank")
