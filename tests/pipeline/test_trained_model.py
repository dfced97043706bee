"""A trained model from its checkpoint alone."""

import csv
from pathlib import Path

import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import from_smiles

from mspe.common.errors import MspeError
from mspe.common.files import read_tensors, write_tensors
from mspe.dataset import GraphDataset, get_dataset
from mspe.encodings import compute_spectrum
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


def test_a_smiles_string_that_cannot_be_read_is_named(regression: tuple[GraphDataset, Path]) -> None:
    with pytest.raises(MspeError, match="sample 1: unreadable SMILES: 'C1CC'; correct it, or leave it out"):
        TrainedModel.load(regression[1]).predict(["CCO", "C1CC"])


def test_other_features_are_refused(regression: tuple[GraphDataset, Path]) -> None:
    bare = Data(edge_index=torch.tensor([[0, 1], [1, 0]]), num_nodes=2)
    with pytest.raises(MspeError, match="x has 0 no columns, the model was trained on 9 categorical ones"):
        TrainedModel.load(regression[1]).predict([bare])


def test_a_model_of_edges_predicts_no_graphs(tmp_path: Path) -> None:
    trained = TrainedModel.load(train(get_dataset("lesmiserables"), tmp_path))
    with pytest.raises(MspeError, match="scores one edge per row, allowed: a model of whole graphs"):
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


def test_a_molecule_has_one_prediction_however_it_is_written(shared_data: Path, tmp_path: Path) -> None:
    Chem = pytest.importorskip("rdkit.Chem")  # noqa: N806
    with (shared_data / "MoleculeNet" / "lipo" / "raw" / "Lipophilicity.csv").open() as file:
        smiles = sorted((row["smiles"] for row in csv.DictReader(file)), key=lambda text: "@" not in text)[:500]
    path = tmp_path / "molecules.csv"
    path.write_text("\n".join(["smiles,target", *(f"{text},{number}" for number, text in enumerate(smiles[::8]))]))
    trained = TrainedModel.load(train(get_dataset("smiles", path=str(path)), tmp_path), "cpu")
    at_random = [Chem.MolToRandomSmilesVect(Chem.MolFromSmiles(text), 1, randomSeed=0)[0] for text in smiles]
    difference = trained.predict(at_random) - trained.predict(smiles)
    assert sum(a != b for a, b in zip(smiles, at_random, strict=True)) > 450
    assert difference.abs().max() < 1e-5 * trained.schema.target_std[0]


def test_chirality_by_the_order_of_neighbours_is_not_taken_for_labels(tmp_path: Path) -> None:
    path = tmp_path / "molecules.csv"
    chiral = ["C[C@H](F)Cl", "C[C@@H](F)Cl"] * 10
    path.write_text("\n".join(["smiles,target", *(f"{text},{number}" for number, text in enumerate(chiral))]))
    checkpoint = train(get_dataset("smiles", path=str(path)), tmp_path)
    with pytest.raises(MspeError, match="the model was trained on CIP labels; give it SMILES instead of graphs"):
        TrainedModel.load(checkpoint).predict([from_smiles("C[C@H](F)Cl")])
