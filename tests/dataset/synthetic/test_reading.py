"""The dataset `synthetic`: splits, shifts, determinism, and any parameters at all."""

from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset import DatasetParams, GraphDataset, get_dataset, load_dataset, read_unsplit, unsplit_source
from mspe.dataset.synthetic.config import SyntheticParams
from mspe.dataset.synthetic.generators import GENERATORS
from mspe.dataset.synthetic.plan import make_plan
from mspe.dataset.synthetic.questions import QUESTIONS
from mspe.dataset.synthetic.reading import read, train_val_test
from mspe.encodings import PRESETS
from mspe.graphs import GraphLoader, PackedGraphs
from mspe.models import ModelParams, get_model, model_arguments
from mspe.pipeline.buckets import NONE, sample_values
from mspe.training import Trainer, get_optimizer, set_seed


def synthetic(graphs: int = 40, **values: Any) -> GraphDataset:
    return get_dataset("synthetic", synthetic={"graphs": graphs, **values})


def content(graph: Data) -> list[Any]:
    return [graph.num_nodes, graph.edge_index.tolist(), graph.y.nan_to_num(-1).tolist(), None if graph.x is None
            else graph.x.tolist()]  # fmt: skip


def test_the_same_seed_gives_the_same_graphs_and_more_of_them_begin_with_them() -> None:
    few, more, other = (
        read(DatasetParams(name="synthetic", synthetic=SyntheticParams(graphs=count, seed=seed, noise=0.1))).items
        for count, seed in ((10, 0), (20, 0), (10, 1))
    )
    assert [content(graph) for graph in few] == [content(graph) for graph in more[:10]]
    assert not any(content(one) == content(two) for one, two in zip(few, other, strict=True))


def test_a_random_split_is_drawn_by_the_split_seed_and_a_comparison_draws_one_for_each_seed() -> None:
    dataset = read_unsplit(DatasetParams(name="synthetic", synthetic=SyntheticParams(graphs=40)))
    assert dataset.is_drawn and len(dataset.graphs) == 40
    assert dataset.divide(seed=0).positions != dataset.divide(seed=1).positions
    loaded = get_dataset("synthetic", split_seed=1, synthetic={"graphs": 40})
    assert [len(part) for part in loaded.get_splits()] == [32, 4, 4]
    part = dataset.part(dataset.divide(seed=1), "val")
    assert [content(graph) for graph in part] == [content(graph) for graph in loaded.val]
    assert len(unsplit_source("synthetic", synthetic={"graphs": 12}).graphs) == 12


def test_what_is_of_files_is_refused_by_name() -> None:
    with pytest.raises(MspeError, match=r"dataset: got target_columns, allowed for synthetic: none of"):
        unsplit_source("synthetic", target_columns=["y"])


def sizes(graphs: PackedGraphs) -> set[int]:
    return set(graphs.num_nodes.tolist())


def test_a_shift_of_sizes_leaves_no_graph_of_the_wrong_size() -> None:
    dataset = synthetic(100, size=[10, 20], shift={"size": [30, 45]})
    assert [len(part) for part in dataset.get_splits()] == [80, 10, 10]
    assert sizes(dataset.train) | sizes(dataset.val) <= set(range(10, 21)) and len(sizes(dataset.train)) == 11
    assert sizes(dataset.test) <= set(range(30, 46))
    assert "task: regression per node, as the dataset defines it; metric mae" in dataset.summary
    assert dataset.summary[-1] == "split: given by dataset.synthetic.shift (train, val, test)"
    assert (
        "test: source_distance: each node's distance from a marked one; erdos_renyi, 30 to 45 nodes" in dataset.summary
    )
    params = SyntheticParams.model_validate({"graphs": 40, "shift": {"size": 60}})
    unsplit = read_unsplit(DatasetParams(name="synthetic", synthetic=params))
    assert not unsplit.is_drawn and unsplit.divide(seed=0).positions == unsplit.divide(seed=1).positions
    assert sizes(unsplit.graphs[unsplit.divide(seed=5).positions["test"]]) == {60}


def test_a_shift_of_the_generator_leaves_training_as_it_was() -> None:
    dataset = synthetic(40, generator="ring", size=[10, 20], shift={"generator": "balanced_tree"}, task="diameter")
    for part, is_ring in zip(dataset.get_splits(), (True, True, False), strict=True):
        for graph in part:
            network = nx.Graph(graph.edge_index.T.tolist())
            assert nx.is_tree(network) != is_ring and 10 <= len(network) <= 20


def test_parts_of_a_shift_are_never_empty() -> None:
    for graphs in range(10, 100):
        parts = train_val_test(graphs)
        assert min(map(len, parts)) >= 1 and [*parts[0], *parts[1], *parts[2]] == list(range(graphs))


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_task_is_described_as_its_question_says(name: str) -> None:
    question, dataset = QUESTIONS[name], synthetic(60, task=name)
    schema = dataset.schema
    assert schema.target_level == question.level
    assert schema.task_type == ("regression" if question.classes is None else "classification")
    assert (schema.node_features == "none") == (question.features == "none")
    if question.classes is None:
        assert (schema.loss, schema.metric, schema.num_classes) == ("mae", "mae", 1)
    else:
        assert (schema.loss, schema.metric) == (question.loss, question.metric)
        assert schema.classes == question.classes(make_plan(SyntheticParams(task=name)).params)


@pytest.mark.parametrize("name", [name for name, question in QUESTIONS.items() if question.as_classes])
def test_distances_as_classes_are_named_after_their_numbers(name: str) -> None:
    numbers, classes = synthetic(30, task=name), synthetic(30, task=name, as_classes=True)
    names = [int(label) for label in classes.schema.classes]
    assert names == list(range(names[0], names[-1] + 1))
    for one, two in zip(numbers.get_splits(), classes.get_splits(), strict=True):
        assert one.fields["y"].flatten().tolist() == [names[label] for label in two.fields["y"].flatten().tolist()]
    every = torch.cat([part.fields["y"] for part in numbers.get_splits()])
    assert (names[0], names[-1]) == (every.min(), every.max())


def test_structure_only_has_no_features() -> None:
    assert synthetic(task="role", generator="caterpillar").schema.node_features == "categorical"
    dataset = synthetic(task="role", generator="caterpillar", features=False)
    assert dataset.schema.node_features == "none" and "x" not in dataset.train.fields


def test_graphs_that_were_drawn_again_are_counted() -> None:
    dataset = synthetic(task="diameter", size=30, degree=3)
    assert dataset.schema.counts["not_connected"] > 0
    assert "not_connected" not in synthetic(task="diameter", generator="grid_2d", size=[20, 40]).schema.counts


def test_a_question_with_one_answer_is_nothing_to_learn() -> None:
    with pytest.raises(
        MspeError, match=r"synthetic: target 0 has 2 everywhere in the train split, so there is nothing"
    ):
        synthetic(task="degree", generator="ring")


ANY_SIZE = st.one_of(st.none(), st.integers(2, 30), st.tuples(st.integers(2, 30), st.integers(2, 30)))
ANY = st.fixed_dictionaries(
    {"task": st.sampled_from(list(QUESTIONS)), "graphs": st.integers(10, 14)},
    optional={
        "generator": st.sampled_from(list(GENERATORS)),
        "size": ANY_SIZE,
        "degree": st.integers(1, 12),
        "rewiring": st.floats(0, 1),
        "blocks": st.integers(2, 6),
        "mixing": st.floats(0, 0.99),
        "branching": st.integers(2, 4),
        "distance": st.integers(1, 6),
        "as_classes": st.booleans(),
        "cycle_length": st.sampled_from([3, 4, 5]),
        "classes": st.integers(2, 6),
        "features": st.booleans(),
        "noise": st.sampled_from([0.0, 0.0, 1.0]),
        "seed": st.integers(0, 2**32 - 1),
        "shift": st.fixed_dictionaries({}, optional={"size": ANY_SIZE, "generator": st.sampled_from(list(GENERATORS))}),
    },
)


@settings(deadline=None)
@given(ANY)
def test_any_parameters_give_a_dataset_or_one_line(values: dict[str, Any]) -> None:
    try:
        dataset = get_dataset("synthetic", synthetic=values)
    except MspeError as error:
        assert "\n" not in str(error) and str(error).startswith(("dataset.synthetic.", "dataset.synthetic: none of",
                                                                 "get_dataset: synthetic.", "synthetic: "))  # fmt: skip
        return
    assert sum(map(len, dataset.get_splits())) == values["graphs"]
    assert all(bool(part.fields["y"].float().nan_to_num(0).isfinite().all()) for part in dataset.get_splits())


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_a_small_model_solves_ring_transfer_over_two_hops(tmp_path: Path) -> None:
    """Message passing of two layers reaches the node opposite on a ring of four; guessing is right once in five."""
    params = SyntheticParams(task="ring_transfer", distance=2, graphs=400)
    dataset = load_dataset(DatasetParams(name="synthetic", synthetic=params))
    set_seed(0)
    options = ModelParams(name="gine", hidden_dim=32, num_layers=2, norm="layer")
    model = get_model(**model_arguments(options, dataset.schema, PRESETS["none"]))
    optimizer = get_optimizer(model, lr=1e-2)
    trainer = Trainer(model, optimizer, task_type="classification", device="cpu", checkpoint_dir=tmp_path)
    loaders = GraphLoader(dataset.train, 32, shuffle=True), GraphLoader(dataset.val, 32)
    trainer.fit(*loaders, epochs=15, metric_for_best="accuracy")
    assert trainer.eval_epoch(GraphLoader(dataset.test, 32))["accuracy"] == 1.0


def test_every_graph_says_how_far_each_answer_lies_whatever_the_noise() -> None:
    """Regressed distances are their own answer; elsewhere NetworkX counts from the node that is the source."""
    for values in ({"task": "source_distance"}, {"task": "source_distance", "noise": 0.5}, {"task": "pair_distance"}):
        graphs = read_unsplit(DatasetParams(name="synthetic", synthetic=SyntheticParams(graphs=10, **values))).graphs
        assert graphs.levels["answer_distance"] == graphs.levels["y"]
        assert graphs.fields["answer_distance"].flatten().tolist() == graphs.fields["y"].flatten().tolist()
    for data in read_unsplit(
        DatasetParams(name="synthetic", synthetic=SyntheticParams(graphs=10, task="diffusion_source"))
    ).graphs:
        source = int(data.y.argmax())
        lengths = nx.single_source_shortest_path_length(nx.Graph(data.edge_index.T.tolist()), source)
        assert data.answer_distance.tolist() == [lengths[node] for node in range(data.num_nodes)]


@pytest.mark.parametrize("task", ["ring_transfer", "tree_match", "path_parity"])
def test_what_is_transferred_lies_at_the_planted_distance(task: str) -> None:
    """Of a tree's root and a path's end, which have no single source, that is their eccentricity."""
    graphs = read_unsplit(
        DatasetParams(name="synthetic", synthetic=SyntheticParams(graphs=10, task=task, distance=3))
    ).graphs
    values = sample_values("distance", graphs, "node")
    assert values[values != NONE].tolist() == [3] * 10
