"""What a model is given, brought into the form that it was trained on."""

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.graphs import GraphSchema, PackedGraphs
from mspe.graphs.features import Features, FeatureTable
from mspe.graphs.packing import FEATURE_KEY
from mspe.models.inputs import as_trained

Molecules = tuple[GraphSchema, PackedGraphs]


@pytest.mark.parametrize("with_tables", [True, False])
def test_a_batch_of_the_training_data_is_the_same_object(molecules: Molecules, with_tables: bool) -> None:
    schema, graphs = molecules
    batch = graphs.collate([0, 1])
    assert as_trained(batch, Features.of(schema) if with_tables else None) is batch


def test_a_batch_as_users_have_it_becomes_that_of_training(molecules: Molecules) -> None:
    schema, graphs = molecules
    features = Features.of(schema)
    trained, own = graphs.collate([0, 1]), features.restore(graphs).collate([0, 1])
    before = own.x.clone()
    result = as_trained(own, features)
    assert torch.equal(result.x, trained.x) and torch.equal(result.edge_attr, trained.edge_attr)
    assert torch.equal(own.x, before) and not torch.equal(own.x, trained.x)  # left as it is
    assert FEATURE_KEY not in own and torch.equal(result.ptr, own.ptr)


def test_a_batch_that_other_tables_have_marked_is_refused(molecules: Molecules) -> None:
    others = Features(FeatureTable("categorical", 2, ((6, 8),)), FeatureTable("none", 0))
    with pytest.raises(MspeError, match="the batch: the features are numbered or scaled by the tables of another"):
        as_trained(molecules[1].collate([0]), others)


def test_a_batch_without_the_features_is_refused(molecules: Molecules) -> None:
    schema, graphs = molecules
    plain = graphs.without_fields(["x", FEATURE_KEY]).collate([0])
    with pytest.raises(MspeError, match="x has 0 no columns, the model was trained on 9 categorical ones"):
        as_trained(plain, Features.of(schema))


def test_a_batch_without_edges_needs_no_edge_features(molecules: Molecules) -> None:
    schema, graphs = molecules
    features = Features.of(schema)
    own = features.restore(graphs).collate([0])
    own.edge_index, own.edge_attr = torch.empty(2, 0, dtype=torch.long), torch.empty(0)
    assert as_trained(own, features).edge_attr.shape == (0, 3)
