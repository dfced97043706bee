"""What the names of variants mean, and that unequal models are refused."""

from typing import Any

import pytest

from mspe.ablation.config import AblationParams, load_ablation
from mspe.ablation.declarations import (
    check_equal_size,
    describe_bank,
    expand_variants,
    parameter_counts,
    single_scale,
    with_epochs,
)
from mspe.common.errors import MspeError
from mspe.common.section import validate
from mspe.common.yaml_files import read_yaml
from mspe.config import load_params
from mspe.encodings import BankConfig, GraphStatistics
from mspe.encodings.scales import geometric
from mspe.graphs import GraphSchema, PackedGraphs
from mspe.training import TrainingParams
from tests.conftest import ROOT

VALUES = read_yaml(ROOT / "params.yaml")
PARAMS = load_params(ROOT / "params.yaml")
WALKS, TIMES = [1, 2, 4, 8, 16], [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0]


STATISTICS = GraphStatistics(max_nodes=40, largest_eigenvalue=2.0, spectral_gap=0.1)


def ablation(*variants: str, **further: Any) -> AblationParams:
    names = list(dict.fromkeys([*variants, "none", "all"]))
    values = {"baseline": variants[0], "variants": names, **further}
    return validate(AblationParams, values, "ablation/params.yaml")


def bank_of(name: str) -> BankConfig:
    return expand_variants(ablation(name), VALUES, STATISTICS)[0].bank


@pytest.mark.parametrize(
    ("name", "channels"),
    [
        ("none", []),
        ("all", [*(f"walk({k})" for k in WALKS), *(f"heat({t:g})" for t in TIMES)]),
        ("only_walk", [f"walk({k})" for k in WALKS]),
        ("only_heat_0.25", ["heat(0.25)"]),
        ("without_heat", [f"walk({k})" for k in WALKS]),
        ("without_walk_4", [*(f"walk({k})" for k in WALKS if k != 4), *(f"heat({t:g})" for t in TIMES)]),
        ("rrwp", [f"walk({k})" for k in range(21)]),
    ],
)
def test_a_name_says_which_channels_there_are(name: str, channels: list[str]) -> None:
    bank = bank_of(name)
    assert list(bank.node_channels) == list(bank.pair_channels) == channels


def test_presets_and_definitions_lay_over_the_parameters() -> None:
    assert bank_of("rwse").pair_channels == () and len(bank_of("rwse").node_channels) == 20
    assert bank_of("lappe").others["eigenvectors"] == 8
    own = {"small": {"encodings": {"filters": {"heat": None}}, "model": {"name": "gps"}, "training": {"epochs": 5}}}
    declared = ablation("small", definitions=own, training={"epochs": 9, "batch_size": 8})
    variant = expand_variants(declared, VALUES, STATISTICS)[0]
    assert list(variant.bank.node_channels) == [f"walk({k})" for k in WALKS]
    assert variant.model.name == "gps" and variant.model.hidden_dim == PARAMS.model.hidden_dim
    assert (variant.training.epochs, variant.training.batch_size) == (5, 8)
    assert variant.training.optimizer == PARAMS.training.optimizer


def test_what_the_ablation_sets_wins_over_the_datasets_own_settings_and_only_the_others_are_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    values = {**VALUES, "dataset": {**VALUES["dataset"], "name": "csl"}}
    declared = ablation("none", training={"epochs": 8})
    own = {"model.norm": "layer", "training.epochs": 40}
    with caplog.at_level("INFO"):
        variant = expand_variants(declared, values, STATISTICS, own)[0]
    assert (variant.model.norm, variant.training.epochs) == ("layer", 8)
    assert len(caplog.messages) == 1 and caplog.messages[0].startswith("csl: model.norm=layer (the dataset's own")


def test_one_filter_alone_has_no_companions_and_leaving_one_out_keeps_them() -> None:
    values = {**VALUES, "encodings": {**VALUES["encodings"], "degree": True, "distance": 3}}
    only, without, *_ = expand_variants(ablation("only_walk_2", "without_walk_2"), values, STATISTICS)
    assert only.bank.node_channels == only.bank.pair_channels == ("walk(2)",)
    assert "degree" in without.bank.node_channels and without.bank.others["distance"] == 3


def test_a_filter_of_one_scale_is_gone_without_it() -> None:
    values = {**VALUES, "encodings": {**VALUES["encodings"], "filters": {"walk": {"steps": [3]}, "ppr": None}}}
    assert expand_variants(ablation("without_walk_3"), values, STATISTICS)[0].bank.filters == {}


def test_scales_left_to_the_data_are_named_by_their_numbers() -> None:
    values = {**VALUES, "encodings": {**VALUES["encodings"], "filters": {"walk": {"steps": "auto"}}}}
    assert expand_variants(ablation("only_walk_8"), values, STATISTICS)[0].bank.filters == {"walk": {"steps": [8]}}


def test_an_encoding_by_its_name_is_alone_and_has_its_defaults() -> None:
    """Whatever else the bank has; a filter's scales are read off the graphs."""
    degree, wavelet = bank_of("degree"), bank_of("wavelet")
    assert (degree.filters, degree.others["degree"], degree.node_channels) == ({}, True, ("degree",))
    expected = geometric(STATISTICS.shortest_time, STATISTICS.longest_time, 8)
    assert list(wavelet.filters) == ["wavelet"] and wavelet.filters["wavelet"]["times"] == pytest.approx(expected)
    assert wavelet.pair and not any(wavelet.others.values())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "only_wavelet",
            "got only_wavelet, but the whole bank, encodings.filters, has no wavelet; it has walk, walk_1",
        ),
        ("without_heat_3", "has no heat_3; it has"),
        ("nonsense", "variants: got nonsense, allowed: all, the presets default, rwse, rrwp"),
    ],
)
def test_a_name_without_a_meaning_is_one_clear_line(name: str, message: str) -> None:
    with pytest.raises(MspeError) as caught:
        bank_of(name)
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_a_parameter_that_is_not_allowed_names_its_variant() -> None:
    with pytest.raises(MspeError, match=r"params.yaml: variant wide: model.heads: got 0"):
        expand_variants(ablation("wide", definitions={"wide": {"model": {"heads": 0}}}), VALUES, STATISTICS)


def test_the_committed_ablation_has_scales_of_each_filter_and_equal_models(
    molecules: tuple[GraphSchema, PackedGraphs],
) -> None:
    committed = load_ablation(ROOT / "ablation/params.yaml")
    assert {"none", "all", "rwse", "rrwp", "lappe", "hkse"} <= set(committed.variants)
    assert {f"only_walk_{k}" for k in WALKS} <= set(committed.variants)
    assert sum(name.startswith("only_heat_") for name in committed.variants) >= 4
    counts = parameter_counts(expand_variants(committed, VALUES, STATISTICS), molecules[0])
    check_equal_size(counts, committed.baseline, tolerance=0.01)
    assert set(counts) == set(committed.variants)
    assert len({variant.training.model_dump_json() for variant in expand_variants(committed, VALUES, STATISTICS)}) == 1


def test_shorter_training_warms_up_for_the_same_share() -> None:
    training = TrainingParams.model_validate({"epochs": 20, "scheduler": {"warmup_epochs": 2}})
    assert with_epochs(training, 10).scheduler.warmup_epochs == 1
    assert with_epochs(training, 1).scheduler.warmup_epochs == 0
    assert with_epochs(with_epochs(training, 10), 20) == training


@pytest.mark.parametrize(
    ("name", "scale"), [("only_heat_4", ("heat", 4.0)), ("only_walk_1", ("walk", 1.0)), ("all", None), ("none", None)]
)
def test_only_variants_of_one_channel_have_a_scale(name: str, scale: tuple[str, float] | None) -> None:
    assert single_scale(bank_of(name)) == scale


def test_a_bank_in_words() -> None:
    assert describe_bank(bank_of("only_heat_4")) == "heat 4" and describe_bank(bank_of("none")) == "nothing"
    assert describe_bank(bank_of("rwse")) == f"walk {', '.join(map(str, range(1, 21)))} (nodes)"


def test_models_of_unequal_size_are_refused() -> None:
    with pytest.raises(MspeError, match=r"parameters of big 1,030, allowed: within 2 % of 1,000, which none has"):
        check_equal_size({"none": 1000, "close": 1020, "big": 1030}, "none", tolerance=0.02)
