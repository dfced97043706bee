"""Pictures of an encoding: a panel per channel, honest values and colours, places that show the graph."""

from pathlib import Path

import networkx
import numpy as np
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.nn import GPSE
from torch_geometric.utils import from_networkx

import mspe
from mspe.common.errors import MspeError
from mspe.encodings import ENCODINGS, AddMultiScalePE, EncodingSet
from mspe.encodings.plot import lay_out, plot_bank, plot_encoding
from tests.conftest import cycle, graph
from tests.encodings.fixtures import view_of

MOLECULE = graph(9, [*((i, (i + 1) % 6) for i in range(6)), (0, 6), (6, 7), (6, 8)])


def test_each_panel_shows_the_values_of_its_channel() -> None:
    figure = mspe.plot_encoding(MOLECULE, "heat", times=[0.5, 8.0])
    expected = AddMultiScalePE({"filters": {"heat": {"times": [0.5, 8.0]}}})(MOLECULE.clone()).pe
    assert [axes.get_title() for axes in figure.axes] == ["heat(0.5)", "heat(8)"]
    for axes, channel in zip(figure.axes, expected.T.numpy(), strict=True):
        edges, nodes = axes.collections
        np.testing.assert_allclose(nodes.get_array(), channel, atol=1e-6)
        assert len(edges.get_paths()) == MOLECULE.num_edges
        assert nodes.get_clim() == pytest.approx((channel.min(), channel.max()), abs=1e-6)
        assert axes.get_xlabel() == f"{channel.min():.3g} … {channel.max():.3g}"


def test_signs_and_memberships_have_one_scale_of_colours() -> None:
    signed = plot_encoding(MOLECULE, "eigenvectors", count=3).axes
    limits = {axes.collections[1].get_clim() for axes in signed}
    assert len(limits) == 1 and sum(limits.pop()) == 0
    assert {axes.collections[1].get_clim() for axes in plot_encoding(MOLECULE, "rings").axes} == {(0.0, 1.0)}


def test_a_constant_channel_shows_no_rounding() -> None:
    low, high = plot_encoding(cycle(6), "heat", times=[2.0]).axes[0].collections[1].get_clim()
    assert high - low == 1.0


def test_pair_channels_are_drawn_from_their_source() -> None:
    axes = plot_encoding(MOLECULE, "distance", source=7, cap=8).axes
    assert [axis.get_title() for axis in axes[:2]] == ["distance(0) from 7", "distance(1) from 7"]
    nodes = axes[1].collections[1]
    assert nodes.get_array().tolist() == [0, 0, 0, 0, 0, 0, 1, 0, 0]  # one step from 7 is 6
    assert nodes.get_linewidths()[7] == max(nodes.get_linewidths())
    both = plot_encoding(MOLECULE, "resistance", source=0).axes
    assert [axis.get_title() for axis in both][4] == "resistance from 0" and len(both) == 7


@pytest.mark.parametrize("name", list(ENCODINGS))
def test_every_encoding_makes_a_picture(tmp_path: Path, name: str) -> None:
    of_some = {"gpse": {"weights": str(tmp_path / "gpse.pt")}}
    params = of_some.get(name, {"count": 4} if name in ("eigenvector_distance", "magnetic_eigenvectors") else {})
    if name == "gpse":
        torch.save(GPSE(dim_in=20, dim_inner=8, layers_mp=2).state_dict(), tmp_path / "gpse.pt")
    figure = plot_encoding(MOLECULE, name, tmp_path / "picture.png", source=0, **params)
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
    assert all(np.isfinite(axes.collections[1].get_array()).all() for axes in figure.axes)


def test_a_bank_has_all_its_channels_in_one_picture() -> None:
    bank = EncodingSet.from_config({"filters": {"walk": {"steps": [2]}}, "eigenvectors": 2, "rings": True})
    walk, first, second, *rings = plot_bank(MOLECULE, bank).axes
    assert walk.get_title() == "walk(2)" and len(rings) == 7
    assert first.collections[1].get_clim() == second.collections[1].get_clim() != walk.collections[1].get_clim()


def test_scales_are_auto_by_default() -> None:
    assert len(plot_encoding(MOLECULE, "heat").axes) == 8


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
def test_the_ending_is_the_format(tmp_path: Path, ending: str) -> None:
    plot_encoding(MOLECULE, "cycles", tmp_path / f"picture{ending}")
    begins = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}[ending]
    assert (tmp_path / f"picture{ending}").read_bytes().startswith(begins)


def test_edges_are_about_one_long_and_components_apart() -> None:
    hexagon = lay_out(view_of(cycle(6)))
    np.testing.assert_allclose(np.linalg.norm(hexagon - np.roll(hexagon, 1, axis=0), axis=1), 1, atol=0.02)
    network = networkx.disjoint_union_all(
        [networkx.grid_2d_graph(3, 4), networkx.star_graph(4), networkx.empty_graph(3)]
    )
    data = Data(edge_index=from_networkx(network).edge_index, num_nodes=len(network))
    places = torch.from_numpy(lay_out(view_of(data)))
    assert float(torch.pdist(places).min()) > 0.4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plot_encoding(cycle(4), "haet"), r"unknown encoding 'haet'; did you mean 'heat'"),
        (
            lambda: plot_encoding(cycle(4), "distance", cap=2),
            "distance has no node channels to draw; give source, the node from which pair channels are drawn",
        ),
        (lambda: plot_encoding(cycle(4), "distance", source=4, cap=2), "source: got 4, allowed: 0 to 3"),
        (
            lambda: plot_encoding(cycle(4), "heat", times=[0]),
            r"plot_encoding: heat: times.0: got 0, input should",
        ),
        (lambda: plot_encoding(cycle(501), "rings"), "got a graph of 501 nodes, allowed: up to 500"),
        (lambda: plot_encoding(cycle(4), "rings", largest=90), "got 89 channels, allowed: up to 64"),
        (
            lambda: plot_encoding(cycle(4), "rings", "picture.txt"),
            r"picture.txt: unknown format '.txt', allowed: ",
        ),
        (lambda: plot_encoding(graph(2, [(0, 5)], False), "rings"), "graph 0: "),
    ],
    ids=["name", "pairs alone", "source", "parameter", "size", "channels", "format", "edge to nowhere"],
)
def test_what_cannot_be_drawn_is_one_line(call: object, message: str) -> None:
    with pytest.raises(MspeError, match=message):
        call()  # type: ignore[operator]
