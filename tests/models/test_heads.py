"""From states to outputs."""

import pytest

from mspe.common.errors import MspeError
from tests.models.fixtures import Molecules, build


def test_edge_scores_need_pairs(molecules: Molecules) -> None:
    model = build(molecules[0].model_copy(update={"target_level": "edge"}))
    with pytest.raises(MspeError, match="the batch has no edge_label_index, the pairs of nodes to score"):
        model(molecules[1].collate(range(2)))


def test_outputs_are_in_the_targets_units(molecules: Molecules) -> None:
    schema = molecules[0].model_copy(update={"target_mean": (1000.0,), "target_std": (5.0,)})
    scores = build(schema)(molecules[1].collate(range(16)))
    assert (scores - 1000).abs().max() < 100
