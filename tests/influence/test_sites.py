"""Parts of the library's models by name."""

import pytest

from mspe.influence import Sites
from tests.influence.fixtures import transformer

SIGNED = {"filters": {"walk": {"steps": [1, 2]}}, "eigenvectors": 2}


def test_layers_ways_and_channels_are_named() -> None:
    model = transformer(num_layers=3)
    sites = Sites.of(model)
    assert list(sites.layers) == ["layer 1", "layer 2", "layer 3"] and sites.features is model.node_encoder.features
    assert list(sites.paths) == ["attention", "message passing"] and sites.channel_names == model.bank.node_channels
    assert sites.paths["attention"] == [layer.attention for layer in model.layers]


ALONE = [{"name": "gine"}, {"name": "gcn"}, {"attention": "none"}, {"local": "none"}]


@pytest.mark.parametrize("options", ALONE, ids=str)
def test_one_way_alone_is_not_told_apart(options: dict) -> None:
    assert Sites.of(transformer(**options)).paths == {}


def test_updated_encodings_pass_messages_too() -> None:
    assert len(Sites.of(transformer(update_encodings=True)).paths["message passing"]) == 4


def test_without_encodings_there_are_no_channels() -> None:
    sites = Sites.of(transformer(bank={"filters": {"walk": {"steps": [1]}}, "node": False}))
    assert sites.channels is None and sites.channel_names == []


@pytest.mark.parametrize(("encoder", "last"), [("flip", "eigenvector"), ("signnet", "signnet")])
def test_channels_of_arbitrary_sign_are_named_as_the_encoder_has_them(encoder: str, last: str) -> None:
    model = transformer(bank=SIGNED, eigenvector_encoder=encoder)
    names = Sites.of(model).channel_names
    assert names[:2] == ["walk(1)", "walk(2)"] and all(last in name for name in names[2:])
    assert len(names) == model.node_encoder.norm.num_features
