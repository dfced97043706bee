"""A trained model from its checkpoint alone."""

import csv
from pathlib import Path

import pytest
import torch
from torch_geometric.data import Batch, Data
from torch_geometric.loader import DataLoader
from torch_geometric.utils import from_smiles

from mspe.common.errors import MspeError
from mspe.common.tensor_files import read_tensors, write_tensors
from mspe.dataset import GraphDataset, get_dataset
from mspe.encodings import AddMultiScalePE, EncodingSet, compute_spectrum
from mspe.graphs.features import Features
from mspe.models import get_model
from mspe.pipeline.trained_model import TrainedModel
from mspe.tasks import Regression
from tests.pipeline.conftest import SMILES, train


def test_it_carries_model_schema_task_and_bank(regression: tuple[GraphDataset, Path]) -> None:
    dataset, checkpoint = regression
    trained = TrainedModel.load(checkpoint, "cpu")
    assert trained.schema == dataset.schema and trained.task == Regression()
    assert not trained.model.training
    assert trained.num_parameters == sum(p.numel() for p in trained.model.parameters() if p.requires_grad)
    assert list(trained.scale_weights()["pair"]) == list(trained.bank.pair_channels)


def test_molecules_and_graphs_are_predicted_as_its_dataset_was_scored(regression: tuple[GraphDataset, Path]) -> None:
    dataset, checkpoint = regression
    trained = TrainedModel.load(checkpoint)
    expected = trained.evaluate(dataset.test).prediction
    for samples in (SMILES[-10:], [from_smiles(smiles) for smiles in SMILES[-10:]]):
        torch.testing.assert_close(trained.predict(samples), expected, atol=1e-5, rtol=1e-5)
    assert trained.predict([]).shape == (0, 1)


def test_evaluation_is_of_all_samples_with_every_metric_of_the_task(regression: tuple[GraphDataset, Path]) -> None:
    dataset, checkpoint = regression
    evaluation = TrainedModel.load(checkpoint).evaluate(dataset.test, batch_size=3)
    error = evaluation.prediction - dataset.test.fields["y"]
    assert evaluation.metrics["mae"] == pytest.approx(error.abs().mean().item(), rel=1e-5)
    assert set(evaluation.metrics) == set(Regression.metrics)


def test_stored_encodings_and_those_computed_by_the_model_score_alike(regression: tuple[GraphDataset, Path]) -> None:
    dataset, checkpoint = regression
    trained = TrainedModel.load(checkpoint)
    spectrum = compute_spectrum(dataset.test)
    stored = dataset.test.with_fields_of(spectrum).with_fields_of(trained.bank.encode_nodes(spectrum))
    torch.testing.assert_close(trained.evaluate(stored).prediction, trained.evaluate(dataset.test).prediction)


def test_it_encodes_with_its_own_bank_and_leaves_the_graphs_as_they_are(regression: tuple[GraphDataset, Path]) -> None:
    trained = TrainedModel.load(regression[1])
    graph = from_smiles("CCO")
    encoded = trained.encode([graph])[0]
    assert encoded.pe.shape == (3, len(trained.bank.node_channels)) and "pe" not in graph
    assert encoded.smiles == "CCO"
    torch.testing.assert_close(encoded.pe, AddMultiScalePE(trained.bank)(graph).pe)


def test_what_it_has_learned_is_among_its_encodings(regression: tuple[GraphDataset, Path]) -> None:
    trained = TrainedModel.load(regression[1], "cpu")
    bank = EncodingSet.from_config({"filters": {"walk": {"steps": [2]}, "heat": {"times": [1.0]}}, "trainable": True})
    trained.model.bank = bank
    graph = from_smiles("CCO")
    before = trained.encode([graph])[0].pe
    assert before.shape == (3, 2) and AddMultiScalePE(bank)(graph.clone()).pe.shape == (3, 1)
    with torch.no_grad():
        for parameter in bank.parameters():
            parameter.add_(1.0)
    after = trained.encode([graph])[0].pe
    assert torch.equal(after[:, 0], before[:, 0]) and not torch.allclose(after[:, 1], before[:, 1])


@pytest.mark.parametrize("edge_attr", [None, torch.tensor([]), torch.empty(0, 5), []], ids=str)
def test_a_graph_without_edges_is_predicted_whatever_its_edge_features(
    regression: tuple[GraphDataset, Path], edge_attr: object
) -> None:
    trained = TrainedModel.load(regression[1])
    methane, others = from_smiles("C"), [from_smiles("CCO")]
    bare = Data(x=methane.x, edge_index=torch.tensor([]), edge_attr=edge_attr)
    expected = trained.predict([methane])
    for samples in ([bare], [bare, *others], [*others, bare]):
        index = samples.index(bare)
        torch.testing.assert_close(trained.predict(samples)[index : index + 1], expected, atol=1e-6, rtol=1e-5)


def test_a_smiles_string_that_cannot_be_read_is_named(regression: tuple[GraphDataset, Path]) -> None:
    with pytest.raises(MspeError, match="sample 1: unreadable SMILES: 'C1CC'; correct it, or leave it out"):
        TrainedModel.load(regression[1]).predict(["CCO", "C1CC"])


def test_its_range_is_that_of_its_dataset_and_of_molecules(regression: tuple[GraphDataset, Path]) -> None:
    dataset, checkpoint = regression
    trained = TrainedModel.load(checkpoint, "cpu")
    report = trained.range(dataset.test, most_nodes=2)
    again = trained.range(SMILES[-10:], most_nodes=2)
    assert again.influence.output.range.mean == pytest.approx(report.influence.output.range.mean, rel=1e-3)
    assert report.about.checkpoint == str(checkpoint) and (report.about.graphs, report.about.nodes) == (10, 20)
    assert list(report.influence.layers) == ["layer 1", "layer 2"]
    assert list(report.influence.channels) == trained.bank.node_channels
    with pytest.raises(MspeError):
        trained.range([])


def test_other_features_are_refused(regression: tuple[GraphDataset, Path]) -> None:
    bare = Data(edge_index=torch.tensor([[0, 1], [1, 0]]), num_nodes=2)
    with pytest.raises(MspeError, match="x has 0 no columns, the model was trained on 9 categorical ones"):
        TrainedModel.load(regression[1]).predict([bare])


def test_a_model_of_edges_predicts_no_graphs(tmp_path: Path) -> None:
    trained = TrainedModel.load(train(get_dataset("lesmiserables"), tmp_path))
    with pytest.raises(MspeError, match="scores pairs of nodes, allowed: a model of whole graphs or of nodes"):
        trained.predict(["CCO"])


@pytest.mark.parametrize("missing", ["metadata", "model"])
def test_a_file_that_does_not_say_what_it_is_is_refused(
    regression: tuple[GraphDataset, Path], tmp_path: Path, missing: str
) -> None:
    content = read_tensors(regression[1])
    del content[missing]
    write_tensors(tmp_path / "bare.pt", content)
    with pytest.raises(MspeError, match=rf"bare.pt: not a checkpoint of this version's pipeline \('{missing}'\)"):
        TrainedModel.load(tmp_path / "bare.pt")


def test_a_schema_of_another_version_names_the_key(regression: tuple[GraphDataset, Path], tmp_path: Path) -> None:
    content = read_tensors(regression[1])
    content["metadata"]["schema"]["colour"] = "blue"
    write_tensors(tmp_path / "other.pt", content)
    with pytest.raises(MspeError, match=r"other.pt: metadata.schema: colour: unknown key"):
        TrainedModel.load(tmp_path / "other.pt")


@pytest.mark.parametrize("count", [50, pytest.param(200, marks=pytest.mark.slow)])
def test_a_molecule_has_one_prediction_however_it_is_written(
    shared_data: Path, tmp_path: Path, count: int, request: pytest.FixtureRequest
) -> None:
    if count > 50:
        request.getfixturevalue("unchecked")  # for speed
    Chem = pytest.importorskip("rdkit.Chem")  # noqa: N806
    with (shared_data / "MoleculeNet" / "lipo" / "raw" / "Lipophilicity.csv").open() as file:
        smiles = sorted((row["smiles"] for row in csv.DictReader(file)), key=lambda text: "@" not in text)[:500]
    path = tmp_path / "molecules.csv"
    path.write_text("\n".join(["smiles,target", *(f"{text},{number}" for number, text in enumerate(smiles[::8]))]))
    trained = TrainedModel.load(train(get_dataset("smiles", path=str(path)), tmp_path), "cpu")
    smiles = smiles[:count]
    at_random = [Chem.MolToRandomSmilesVect(Chem.MolFromSmiles(text), 1, randomSeed=0)[0] for text in smiles]
    difference = trained.predict(at_random) - trained.predict(smiles)
    assert sum(a != b for a, b in zip(smiles, at_random, strict=True)) > 0.9 * count
    assert difference.abs().max() < 1e-5 * trained.schema.target_std[0]


def test_chirality_by_the_order_of_neighbours_is_not_taken_for_labels(tmp_path: Path) -> None:
    path = tmp_path / "molecules.csv"
    chiral = ["C[C@H](F)Cl", "C[C@@H](F)Cl"] * 10
    path.write_text("\n".join(["smiles,target", *(f"{text},{number}" for number, text in enumerate(chiral))]))
    checkpoint = train(get_dataset("smiles", path=str(path)), tmp_path)
    with pytest.raises(MspeError, match="the model was trained on CIP labels; give it SMILES instead of graphs"):
        TrainedModel.load(checkpoint).predict([from_smiles("C[C@H](F)Cl")])


def test_raw_graphs_of_every_form_are_predicted_alike(regression: tuple[GraphDataset, Path]) -> None:
    trained = TrainedModel.load(regression[1])
    graphs = [from_smiles(smiles) for smiles in SMILES[-10:]]
    expected = trained.predict(SMILES[-10:])
    numbered = list(regression[0].test)
    batch = Batch.from_data_list(graphs)
    for samples in (graphs, batch, DataLoader(graphs, batch_size=4), regression[0].test, numbered, tuple(graphs)):
        torch.testing.assert_close(trained.predict(samples), expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(trained.predict(graphs[0]), expected[:1], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(trained.predict(SMILES[-10]), expected[:1], atol=1e-5, rtol=1e-5)
    with pytest.raises(MspeError, match="sample 1 has its features as they were, others as a dataset numbered them"):
        trained.predict([numbered[0], graphs[1]])


def test_a_model_built_anew_from_a_checkpoint_takes_raw_batches(regression: tuple[GraphDataset, Path]) -> None:
    content = read_tensors(regression[1])
    model = get_model(**content["metadata"]["model"]).eval()
    model.load_state_dict(content["model"])
    expected = TrainedModel.load(regression[1]).predict(SMILES[-10:])
    raw = Batch.from_data_list([from_smiles(smiles) for smiles in SMILES[-10:]])
    numbered = regression[0].test.collate(range(10))
    before = raw.x.clone()
    for batch in (raw, numbered):
        torch.testing.assert_close(model(batch).detach(), expected, atol=1e-5, rtol=1e-5)
    assert torch.equal(raw.x, before)


def test_raw_graphs_are_scored_as_its_dataset(regression: tuple[GraphDataset, Path]) -> None:
    trained = TrainedModel.load(regression[1])
    graphs = [from_smiles(smiles) for smiles in SMILES[-10:]]
    for graph, target in zip(graphs, regression[0].test.fields["y"], strict=True):
        graph.y = target
    expected = trained.evaluate(regression[0].test).metrics
    for samples in (graphs, DataLoader(graphs, batch_size=3), list(regression[0].test)):
        assert trained.evaluate(samples).metrics == pytest.approx(expected, rel=1e-4)
    del graphs[2].y
    with pytest.raises(MspeError, match="sample 2 has no target y"):
        trained.evaluate(graphs)


def test_categories_that_training_did_not_see_are_counted(
    regression: tuple[GraphDataset, Path], caplog: pytest.LogCaptureFixture
) -> None:
    trained = TrainedModel.load(regression[1])
    trained.predict(["CCO", "C[Se]C"])
    assert "the graphs: x column 0: 1 of 6 values (34) are categories that training did not see" in caplog.text
    caplog.clear()
    trained.predict(["CCO", "CCN"])
    assert not caplog.text
    with pytest.raises(MspeError, match=r"x column 0: 30 of 30 values \(11, 35\) are categories .* all of them"):
        trained.predict(["[Na]Br"] * 15)


def test_graphs_numbered_by_another_vocabulary_are_refused(
    regression: tuple[GraphDataset, Path], tmp_path: Path
) -> None:
    trained = TrainedModel.load(regression[1])
    path = tmp_path / "other.csv"
    path.write_text("\n".join(["smiles,target", *(f"{'C' * n}S,{n}.5" for n in range(1, 20))]) + "\n")
    other = get_dataset("smiles", path=str(path))
    assert Features.of(other.schema) != trained.features
    for score in (trained.evaluate, trained.predict):
        for graphs in (other.test, list(other.test)):
            with pytest.raises(MspeError, match="by the tables of another dataset than the model was trained on"):
                score(graphs)
    restored = trained.adopt(other.test, other.schema)
    assert torch.equal(restored.fields["x"], Features.of(other.schema).restore(other.test).fields["x"])
    assert trained.adopt(regression[0].test, trained.schema) is regression[0].test
    torch.testing.assert_close(trained.evaluate(restored).prediction, trained.predict(restored))


def test_classes_of_raw_graphs_are_given_by_their_names(tmp_path: Path) -> None:
    path = tmp_path / "classes.csv"
    labels = [3 if number % 2 else 8 for number in range(len(SMILES))]
    path.write_text("\n".join(["smiles,target", *map(",".join, zip(SMILES, map(str, labels), strict=True))]) + "\n")
    dataset = get_dataset("smiles", path=str(path), task="classification", split="stratified")
    trained = TrainedModel.load(train(dataset, tmp_path))
    graphs = [from_smiles(smiles) for smiles in SMILES]
    for graph, label in zip(graphs, labels, strict=True):
        graph.y = torch.tensor([label])
    names = [int(name) for name in trained.schema.classes]
    evaluation = trained.evaluate(graphs)
    assert [names[number] for number in evaluation.target.flatten().tolist()] == labels
    graphs[0].y = torch.tensor([5])
    with pytest.raises(MspeError, match="y holds the class 5, the model was trained on"):
        trained.evaluate(graphs)
