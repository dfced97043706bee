"""Graphs that no model of a kind can tell apart are named before it is trained."""

import itertools
import logging
from functools import partial

import networkx
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import from_networkx

from mspe.dataset import get_dataset
from mspe.encodings import EncodingSet, compute_spectrum
from mspe.graphs import PackedGraphs
from mspe.models import ModelParams, model_arguments
from mspe.pipeline.equal_graphs import warn_of_equal_graphs
from tests.conftest import cycle

CPU = torch.device("cpu")


def rook() -> networkx.Graph:
    """The 4 × 4 rook's graph: strongly regular, as Shrikhande's is, with the same parameters and spectrum."""
    return networkx.line_graph(networkx.complete_bipartite_graph(4, 4))


def shrikhande() -> networkx.Graph:
    steps = [(0, 1), (1, 0), (1, 1)]
    nodes = itertools.product(range(4), range(4))
    return networkx.Graph(((i, j), ((i + a) % 4, (j + b) % 4)) for (i, j), (a, b) in itertools.product(nodes, steps))


def strongly_regular() -> PackedGraphs:
    """Eight relabelled copies of each of the two."""
    graphs = []
    for seed, (label, network) in itertools.product(range(8), enumerate([rook(), shrikhande()])):
        plain = from_networkx(networkx.convert_node_labels_to_integers(network))
        place = torch.randperm(16, generator=torch.Generator().manual_seed(seed))
        graphs.append(Data(edge_index=place[plain.edge_index], num_nodes=16, y=torch.tensor([label])))
    return PackedGraphs.from_list(graphs)


def encoded(graphs: PackedGraphs, bank: EncodingSet) -> PackedGraphs:
    spectrum = compute_spectrum(graphs)
    return graphs.with_fields_of(spectrum).with_fields_of(bank.encode_nodes(spectrum, lambda: graphs))


def arguments(bank: EncodingSet, **options: object) -> dict:
    schema = get_dataset("csl").schema
    params = ModelParams(**{"hidden_dim": 16, "num_layers": 2, **options})  # type: ignore[arg-type]
    return model_arguments(params, schema.model_copy(update={"num_classes": 2}), bank.config())


@pytest.mark.parametrize("preset", ["default", "rwse", "rrwp", "hkse", "spd", "none"])
def test_strongly_regular_graphs_are_equal_under_every_filter(preset: str, caplog: pytest.LogCaptureFixture) -> None:
    bank = EncodingSet.from_config(preset)
    graphs = encoded(strongly_regular(), bank)
    state = torch.get_rng_state()
    assert warn_of_equal_graphs(graphs, arguments(bank), CPU) == 16
    assert "16 of 16 training graphs" in caplog.text and "set model.norm=layer" in caplog.text
    assert torch.equal(torch.get_rng_state(), state)
    caplog.clear()
    warn_of_equal_graphs(graphs, arguments(bank, norm="layer"), CPU)
    assert "take encodings that tell them apart" in caplog.text and "model.norm" not in caplog.text


def test_what_encodings_features_or_targets_do_not_confuse_gets_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    warn = partial(warn_of_equal_graphs, device=CPU)
    graphs = get_dataset("csl").train
    for preset, expected in (("default", 0), ("none", len(graphs))):
        bank = EncodingSet.from_config(preset)
        assert warn(encoded(graphs, bank), arguments=arguments(bank)) == expected
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        same = PackedGraphs.from_list([Data(**{**cycle(5).to_dict(), "y": torch.tensor([1])}) for _ in range(3)])
        bank = EncodingSet.from_config("default")
        assert warn(encoded(same, bank), arguments=arguments(bank)) == 0  # equal graphs of one target
        told = PackedGraphs.from_list(
            [Data(**{**cycle(5).to_dict(), "y": torch.tensor([i]), "x": torch.full((5, 1), i)}) for i in range(3)]
        )
        assert warn(encoded(told, bank), arguments={**arguments(bank), "num_features": 3, "features": None}) == 0
    assert not caplog.records


@pytest.mark.parametrize("count", [48, pytest.param(256, marks=pytest.mark.slow)])
def test_molecules_are_told_apart(count: int) -> None:
    dataset, bank = get_dataset("nci", limit=count), EncodingSet.from_config("default")
    given = model_arguments(ModelParams(), dataset.schema, bank.config())
    assert warn_of_equal_graphs(encoded(dataset.train, bank), given, CPU) == 0
