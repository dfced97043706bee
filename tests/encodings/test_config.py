"""The section `encodings` and the bank that it resolves to."""

from typing import get_origin

import pytest

from mspe.common.errors import MspeError
from mspe.common.section import validate
from mspe.config import load_params
from mspe.encodings import Encoding, EncodingParams, EncodingSet, Filter, GraphStatistics
from mspe.encodings.catalogue import CATALOGUE
from tests.conftest import ROOT

SMALL = GraphStatistics(max_nodes=30, largest_eigenvalue=2.0, spectral_gap=0.1)


def test_auto_is_resolved_once_and_written_out() -> None:
    params = load_params(ROOT / "params.yaml").encodings
    automatic = params.model_validate({"filters": {"heat": {"times": "auto"}, "walk": {"steps": "auto"}}})
    resolved = automatic.resolve(SMALL)
    assert resolved.filters["walk"] == {"steps": [1, 2, 4, 8, 16]}
    assert resolved.filters["heat"]["times"][-1] == 10.0
    assert EncodingSet.from_config(resolved).config().filters == resolved.filters


def test_presets_are_the_published_encodings() -> None:
    params = load_params(ROOT / "params.yaml").encodings

    def bank(name: str) -> EncodingSet:
        config = params.model_copy(update={"preset": name}).resolve(SMALL)
        return EncodingSet.from_config(config)

    assert bank("rwse").node_channels == [f"walk({k})" for k in range(1, 21)]
    assert bank("rwse").pair_channels == []
    assert bank("rrwp").pair_channels == bank("rrwp").node_channels == [f"walk({k})" for k in range(21)]
    assert bank("lappe").node_channels == [f"eigenvector({k})" for k in range(1, 9)]
    assert bank("hkse").node_channels == bank("default").node_channels[5:]
    assert bank("spd").pair_channels[-2:] == ["distance(10+)", "distance(unreachable)"]
    assert bank("none").node_channels == bank("none").pair_channels == []
    assert len(bank("default").pair_channels) == 13


def test_pair_channels_of_a_large_graph_are_refused_with_the_memory_they_would_take() -> None:
    params = load_params(ROOT / "params.yaml").encodings
    large = GraphStatistics(max_nodes=20_000)
    with pytest.raises(
        MspeError, match=r"encodings.pair: the largest graph has 20000 nodes.*13 pair channels.*20.8 GB"
    ):
        params.model_copy(update={"pair": True}).resolve(large)
    instead = "set encodings.distance=null and take encodings.landmarks, or raise"
    with pytest.raises(MspeError, match=rf"encodings.distance: .* has 20000 nodes.*{instead}"):
        validate(EncodingParams, {"distance": 5}, "test").resolve(large)


def test_encodings_with_channels_of_both_kinds_follow_node_and_pair_as_filters_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    both = {"resistance": True, "katz": [0.5], "degree": True, "distance": 2}

    def bank(statistics: GraphStatistics = SMALL, **options: object) -> EncodingSet:
        return EncodingSet.from_config(validate(EncodingParams, {**both, **options}, "test").resolve(statistics))

    assert len(bank().node_channels) == 6 and len(bank().pair_channels) == 8
    assert bank(node=False).node_channels == ["degree"]
    assert [name.split("(")[0] for name in bank(pair=False).pair_channels] == ["distance"] * 4
    large = GraphStatistics(max_nodes=700)
    assert bank(large, distance=None, backend="dense").pair_channels == [] and "pair channels are off" in caplog.text
    with pytest.raises(MspeError, match=r"encodings.pair: the largest graph has 700 nodes .* 4 pair channels"):
        bank(large, distance=None, pair=True)


def test_channels_on_edges_take_the_place_of_those_on_all_pairs_at_any_size() -> None:
    def bank(size: int, **options: object) -> EncodingSet:
        chosen = {"filters": {"walk": {"steps": [1, 2]}}, "pair": "edges", **options}
        return EncodingSet.from_config(validate(EncodingParams, chosen, "test").resolve(GraphStatistics(size)))

    for size in (30, 20_000):
        assert bank(size).edge_channels == bank(size).node_channels == ["walk(1)", "walk(2)"]
        assert bank(size).pair_channels == []
        assert bank(size, node=False).node_channels == [] and len(bank(size, node=False).edge_channels) == 2
    small = bank(30, katz=[0.5], distance=2)
    assert small.edge_channels[2:] == ["katz(0.5)"] and [e.name for e in small.on_pairs] == ["distance"]
    assert EncodingSet.from_config(small.config().model_dump()).edge_channels == small.edge_channels
    assert "edge_channels" not in EncodingSet.from_config("default").config().model_dump()


def test_channels_on_edges_of_large_graphs_are_those_of_filters_that_are_not_trained() -> None:
    def resolve(**options: object) -> None:
        validate(EncodingParams, {"pair": "edges", **options}, "test").resolve(GraphStatistics(20_000))

    with pytest.raises(MspeError, match=r"encodings.pair: got edges, but katz needs eigenvectors, .* 20000 nodes"):
        resolve(katz=[0.5])
    with pytest.raises(MspeError, match=r"heat is trained, .*, allowed: filters that are not trained"):
        resolve(filters={"heat": {"times": [1.0]}}, trainable=True)
    resolve(katz=[0.5], backend="dense")


def test_the_line_that_pair_channels_are_off_names_those_on_edges(caplog: pytest.LogCaptureFixture) -> None:
    chosen = validate(EncodingParams, {"filters": {"walk": {"steps": [1]}}}, "test")
    assert chosen.resolve(GraphStatistics(20_000)).pair is False and "encodings.pair=edges" in caplog.text


def test_the_operators_beside_the_normalised_laplacian_are_known_before_scales_are() -> None:
    def operators(**encodings: object) -> list[str]:
        return validate(EncodingParams, encodings, "test").operators()

    assert operators(filters={"heat": {"times": "auto"}}, resistance=True, distance=3) == []
    assert operators(katz=[0.5], communicability=True, biharmonic=True) == ["adjacency", "combinatorial"]
    assert operators(magnetic={"potentials": [0.25, 0.1]}) == ["magnetic(0.1)", "magnetic(0.25)"]
    assert operators(preset="rwse", katz=[0.5]) == []  # a preset replaces all others


LISTS = [
    (encoding, name)
    for encoding in CATALOGUE
    for name, field in encoding.Params.model_fields.items()
    if get_origin(field.annotation) is tuple
]


def _beside(encoding: type[Encoding], name: str) -> dict[str, int]:
    """What has to stand beside a parameter."""
    return {one: 1 for one, field in encoding.Params.model_fields.items() if field.is_required() and one != name}


def test_most_scales_are_lists() -> None:
    assert len({encoding for encoding, _ in LISTS}) >= 11


@pytest.mark.parametrize(
    ("encoding", "value", "path"),
    [
        *((encoding, _beside(encoding, name) | {name: 5}, f"{encoding.name}.{name}") for encoding, name in LISTS),
        *((encoding, 5, encoding.name) for encoding, _ in LISTS if len(encoding.Params.model_fields) == 1),
    ],
)
def test_a_single_value_where_a_list_is_meant_is_answered_with_the_list(
    encoding: type[Encoding], value: object, path: str
) -> None:
    filters = issubclass(encoding, Filter)
    given = {encoding.name: value}
    with pytest.raises(MspeError) as raised:
        validate(EncodingParams, {"filters": given} if filters else given, "encodings")
    expected = f"filters.{path}" if filters else path
    assert str(raised.value) == f"encodings: {expected}: got 5, allowed: a list, as [5]"
