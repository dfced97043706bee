"""WL colours as channels: equal graphs, the vocabulary of training graphs, and what is beside it."""

from pathlib import Path

import pytest
import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.common.section import validate
from mspe.encodings import EncodingParams, EncodingSet, GraphStatistics, Wl
from mspe.graphs import GraphLoader, PackedGraphs
from tests.conftest import cycle, graph
from tests.encodings.catalogue.test_pearl import assert_same_predictions, circulants, loaders, trainer
from tests.encodings.fixtures import view_of

PATHS = [graph(4, [(0, 1), (1, 2), (2, 3)]), graph(3, [(0, 1), (1, 2)])]


def resolved(*graphs: Data, **params: object) -> Wl:
    packed = PackedGraphs.from_list(list(graphs))
    statistics = GraphStatistics(9, graphs=lambda: [packed[:1], packed[1:]])
    return Wl(**dict(Wl.resolve(Wl.Params.model_validate(params), statistics)))


def test_graphs_that_refinement_does_not_tell_apart_have_the_same_channels() -> None:
    triangles = graph(6, [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)])
    encoding = resolved(cycle(6), *PATHS)
    hexagon, others = encoding.node(view_of(cycle(6))), encoding.node(view_of(triangles))
    assert torch.equal(hexagon, others) and not torch.equal(hexagon[:4], encoding.node(view_of(PATHS[0])))


def test_the_vocabulary_has_the_most_frequent_colours_of_training_nodes_in_order() -> None:
    encoding = resolved(*PATHS, cycle(3), rounds=[1], colours=1)
    assert encoding.node_channels == ["wl(1; colour 1)", "wl(1; other)"]  # six nodes of degree 2, four of degree 1
    assert encoding.node(view_of(PATHS[0])).tolist() == [[0, 1], [1, 0], [1, 0], [0, 1]]
    both = resolved(*PATHS, cycle(3), rounds=[2, 1])
    assert both.node_channels[-3:] == ["wl(1; colour 1)", "wl(1; colour 2)", "wl(1; other)"]


def test_a_colour_never_seen_has_a_channel_of_its_own() -> None:
    star = graph(4, [(0, 1), (0, 2), (0, 3)])
    node = resolved(*PATHS, rounds=[1]).node(view_of(star))
    assert node.tolist() == [[0, 0, 1], *[[1, 0, 0]] * 3]  # most nodes of paths are ends


def bank(graphs: PackedGraphs) -> dict:
    params = validate(EncodingParams, {"filters": {}, "wl": {"rounds": [1, 2], "colours": 4}}, "test")
    return params.resolve(GraphStatistics(11, graphs=lambda: [graphs])).model_dump()


def test_the_resolved_bank_holds_the_vocabulary_and_a_checkpoint_predicts_with_it(tmp_path: Path) -> None:
    config = bank(circulants())
    found = EncodingSet.from_config(config)
    assert EncodingSet.from_config(found.config()).config() == found.config()
    assert found.config().others["wl"]["vocabulary"] == config["wl"]["vocabulary"] != []
    whole = trainer(tmp_path / "whole", config)
    whole.fit(*loaders(), epochs=1)
    loaded = trainer(tmp_path / "loaded", config, seed=5)
    loaded.load_checkpoint(whole.save_checkpoint("saved.pt"))
    assert_same_predictions(whole, loaded)
    assert whole.predict(GraphLoader(PackedGraphs.from_list([cycle(4), PATHS[0]]), 2)).isfinite().all()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"rounds": [0]}, r"rounds\.0: got 0, input should be greater than 0"),
        ({"rounds": [1, 1]}, "duplicate entries"),
        (
            {"rounds": [1, 2], "vocabulary": [["0" * 16]]},
            "got 1 lists of colours, allowed: one for each of the 2 rounds",
        ),
        ({"vocabulary": [["red"]] * 3}, r"vocabulary\.0\.0: got 'red'"),
    ],
)
def test_a_mistake_is_named(params: dict, message: str) -> None:
    with pytest.raises(MspeError, match=message):
        validate(Wl.Params, params, "test")


def test_without_training_graphs_it_is_refused() -> None:
    with pytest.raises(MspeError, match="vocabulary: missing, which is read off the training graphs"):
        EncodingSet.from_config({"wl": True})
    with pytest.raises(MspeError, match="training graphs, which were not given"):
        Wl.resolve(Wl.Params(), GraphStatistics(9))
