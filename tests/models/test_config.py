"""Widths that follow each other, and what does not fit."""

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.graphs import PackedGraphs
from mspe.models import MODELS, ModelParams, get_model
from tests.conftest import AWKWARD


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(("width", "heads"), [(4, 4), (8, 4), (8, 8), (12, 4), (16, 16), (24, 4), (28, 4), (28, 28)])
def test_narrow_models_run_by_default(name: str, width: int, heads: int) -> None:
    model = get_model(name, num_features=3, num_classes=2, hidden_dim=width, heads=heads, num_layers=1)
    batch = PackedGraphs.from_list([AWKWARD["path"], AWKWARD["star"]]).collate([0, 1])
    assert model(batch).shape == (2, 2)
    assert model.node_encoder.encoding.out_features == width // 2


def test_wide_models_keep_graphgps_width_of_the_encoding_and_a_given_one_is_kept() -> None:
    assert [ModelParams(hidden_dim=width).encoding_dim for width in (32, 64, 256)] == [28, 28, 28]
    assert ModelParams(hidden_dim=64, node_dim=0).encoding_dim == 0
    assert ModelParams(hidden_dim=8, node_dim=7).encoding_dim == 7


@pytest.mark.parametrize("name", ["graph_transformer", "gps"])
@pytest.mark.parametrize(("width", "heads"), [(10, 4), (28, 8), (64, 5), (4, 8)])
def test_heads_that_do_not_divide_the_width_are_refused_in_a_line(name: str, width: int, heads: int) -> None:
    with pytest.raises(MspeError, match=f"hidden_dim is {width} and heads is {heads}: heads must divide hidden_dim"):
        get_model(name, num_features=3, num_classes=1, hidden_dim=width, heads=heads)


@pytest.mark.parametrize("options", [{"name": "gine"}, {"name": "gps", "attention": "none"}])
def test_a_model_without_attention_takes_any_width(options: dict) -> None:
    model = get_model(num_features=3, num_classes=1, hidden_dim=10, num_layers=1, **options)
    assert torch.isfinite(model(PackedGraphs.from_list([AWKWARD["path"]]).collate([0]))).all()


def test_a_model_that_no_machine_holds_is_refused_before_it_is_built() -> None:
    with pytest.raises(MspeError, match=r"give some 2e\+12 parameters, allowed: up to 1e\+09"):
        get_model("gps", num_features=3, num_classes=1, hidden_dim=16_384, num_layers=1000)


def test_the_networks_of_pairs_count_too_where_they_are_used() -> None:
    shape = {"hidden_dim": 128, "heads": 128, "num_layers": 1000, "pair_dim": 16_384}
    with pytest.raises(MspeError, match=r"pair_dim and heads give some 2e\+09 parameters"):
        get_model("gps", num_features=3, num_classes=1, **shape)
    assert ModelParams(name="gine", **shape).pair_dim == 16_384
