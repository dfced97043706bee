"""Figures show what there is, and say it in words."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from mspe.influence import RangeReport
from mspe.influence.figures import causal_changes, example_graph, influence_by_distance
from tests.conftest import cycle
from tests.influence.fixtures import LinearModel, all_pairs, hops, measured, packed


@pytest.fixture(scope="module")
def report() -> RangeReport:
    return measured(LinearModel(hops(1), all_pairs), packed(cycle(12)))


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter() if element.tag.endswith("text")]


def test_a_line_per_layer(report: RangeReport) -> None:
    picture = influence_by_distance("layers", report.influence.layers)
    assert picture is not None and {"layer 1", "layer 2", "distance (hops)"} <= set(texts(picture.svg))
    assert "layer 1 1.00 hops" in picture.caption and "layer 1 1.00 hops" in picture.svg


def test_a_graph_is_coloured_by_influence(report: RangeReport) -> None:
    picture = example_graph(report.influence.example)
    assert picture is not None and "10 % or more" in texts(picture.svg)
    assert "of the influence on node" in picture.caption and "7.1 %" in picture.caption


def test_what_cannot_be_drawn_is_left_out(report: RangeReport) -> None:
    example, none = report.influence.example, replace(report.occlusion, range=None)
    assert example_graph(replace(example, influence=[0.0] * 12)) is None
    assert example_graph(replace(example, influence=[1.0] * 301)) is None
    assert (
        causal_changes({"other features": none, "edges removed": None}) is None
        and influence_by_distance("layers", {}) is None
    )
