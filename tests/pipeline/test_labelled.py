"""Labelled files as a trained model scores them, and those that are of another model."""

import logging
from pathlib import Path

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.dataset import GraphDataset, get_dataset
from mspe.estimators import GraphClassifier
from mspe.pipeline.labelled import read_labelled
from mspe.pipeline.trained_model import TrainedModel
from tests.conftest import cycle
from tests.estimators.fixtures import CHAINS, SMALL
from tests.pipeline.conftest import train

KINDS = [text[-1] if text[-1] in "ON" else "neither" for text in CHAINS]


def table(folder: Path, *lines: str) -> str:
    path = folder / "labelled.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def classifier() -> TrainedModel:
    return GraphClassifier("none", **SMALL).fit(CHAINS, KINDS).model_


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    """A model of two targets by name."""
    folder = tmp_path_factory.mktemp("pair")
    path = table(folder, "smiles,a,b", *(f"{chain},{len(chain)},{-len(chain)}" for chain in CHAINS))
    dataset = get_dataset("smiles", path=path, target_columns=["a", "b"])
    return TrainedModel.load(train(dataset, folder), "cpu")


def test_classes_have_the_models_numbers_whatever_the_file_holds_of_them(
    classifier: TrainedModel, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """`neither` is the model's third class, and the only one here; a row without a class is left out."""
    assert classifier.schema.classes == ("N", "O", "neither")
    path = table(tmp_path, "smiles,kind", "CC,neither", "CCC,neither", "CCO,")
    with caplog.at_level(logging.WARNING):
        graphs = read_labelled(classifier, path)
    scored = classifier.evaluate(graphs)
    assert scored.target.flatten().tolist() == [2, 2] and "left out 1: no target: line 4" in caplog.text
    correct = classifier.predict(["CC", "CCC"]).argmax(dim=1) == 2
    assert scored.metrics["accuracy"] == correct.float().mean().item()


def test_several_targets_are_found_by_their_names(pair: TrainedModel, tmp_path: Path) -> None:
    path = table(tmp_path, "b,other,a,smiles", "2,7,1,CCO", "4,7,3,CCN")
    assert pair.evaluate(read_labelled(pair, path)).target.tolist() == [[1, 2], [3, 4]]


def test_graphs_bring_their_own_targets(pair: TrainedModel, tmp_path: Path) -> None:
    graphs = [cycle(3), cycle(4)]
    torch.save(graphs, tmp_path / "bare.pt")
    with pytest.raises(MspeError, match="graph 0 has no target y"):
        read_labelled(pair, str(tmp_path / "bare.pt"))
    for number, graph in enumerate(graphs):
        graph.y = torch.tensor([[float(number), 1.0]])
    torch.save(graphs, tmp_path / "labelled.pt")
    assert [graph.y.tolist() for graph in read_labelled(pair, str(tmp_path / "labelled.pt"))] == [[[0, 1]], [[1, 1]]]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["smiles,kind", "CC,neither", "CCO,Q"], "holds the class 'Q', the model was trained on N, O, neither"),
        (["smiles,a,b", "CC,1,0", "CCO,0,1"], "which column is the target"),
    ],
)
def test_other_classes_are_refused(classifier: TrainedModel, tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(MspeError, match=message):
        read_labelled(classifier, table(tmp_path, *lines))


def test_other_targets_are_refused(pair: TrainedModel, regression: tuple[GraphDataset, Path], tmp_path: Path) -> None:
    path = table(tmp_path, "smiles,a,b", "CC,1,0", "CCO,0,1")
    with pytest.raises(MspeError, match=r"got the targets b, a, .* was trained on 2: a, b; name a column for each"):
        read_labelled(pair, path, ["b", "a"])
    single = TrainedModel.load(regression[1], "cpu")
    with pytest.raises(MspeError, match=r"got the targets a, b, .* was trained on 1"):
        read_labelled(single, path, ["a", "b"])


def test_molecules_are_no_data_of_a_model_of_nodes(pair: TrainedModel, tmp_path: Path) -> None:
    nodes = TrainedModel(pair.path, pair.model, pair.schema.model_copy(update={"target_level": "node"}))
    with pytest.raises(MspeError, match="scores nodes, allowed: graphs with targets"):
        read_labelled(nodes, table(tmp_path, "smiles,a", "CC,1"))
