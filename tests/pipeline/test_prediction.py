"""Tables of predictions for new molecules and graphs."""

import math
from pathlib import Path

import pytest
import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset import GraphDataset, get_dataset
from mspe.pipeline.prediction import Sample, predict, read_samples
from mspe.pipeline.trained_model import TrainedModel
from tests.pipeline.conftest import SMILES, train


def predict_with(checkpoint: Path, samples: list[Sample]) -> dict[str, list]:
    return predict(TrainedModel.load(checkpoint), samples)


def test_ten_molecules_are_predicted_as_evaluation_scored_them(
    regression: tuple[GraphDataset, Path], tmp_path: Path
) -> None:
    dataset, checkpoint = regression
    path = tmp_path / "new.csv"
    path.write_text("\n".join(["smiles", *SMILES[-10:]]))
    predicted = predict_with(checkpoint, read_samples(path))
    assert predicted["smiles"] == SMILES[-10:] and predicted["reason"] == [""] * 10
    expected = TrainedModel.load(checkpoint).evaluate(dataset.test).prediction.flatten()
    torch.testing.assert_close(torch.tensor(predicted["prediction"]), expected, atol=1e-5, rtol=1e-5)


def test_what_cannot_be_read_has_a_reason_and_no_prediction(
    regression: tuple[GraphDataset, Path], tmp_path: Path
) -> None:
    path = tmp_path / "new.csv"
    path.write_text("name,structure\na,CCO\nb,C1CC\nc,[C+9]\nd,CCN\n")
    predicted = predict_with(regression[1], read_samples(path, "structure"))
    assert [value is None for value in predicted["prediction"]] == [False, True, True, False]
    assert predicted["reason"] == ["", "unreadable SMILES: 'C1CC'", "atom or bond out of range: '[C+9]'", ""]
    alone = predict_with(regression[1], [sample for sample in read_samples(path, "structure") if sample.graph is None])
    assert alone["prediction"] == [None, None]


def test_an_atom_never_seen_in_training_is_predicted_all_the_same(
    regression: tuple[GraphDataset, Path], tmp_path: Path
) -> None:
    path = tmp_path / "new.csv"
    path.write_text("smiles\nCC[Se]C\n")
    value = predict_with(regression[1], read_samples(path))["prediction"][0]
    assert value == pytest.approx(value) and abs(value) < 1e4


def test_nodes_are_predicted_each_on_a_line_of_its_own(tmp_path: Path) -> None:
    dataset = get_dataset("karate")
    trained = TrainedModel.load(train(dataset, tmp_path))
    small = Data(edge_index=torch.tensor([[0, 1], [1, 0]]), num_nodes=3)
    torch.save([dataset.train[0], small], tmp_path / "graphs.pt")
    predicted = predict_with(trained.path, read_samples(tmp_path / "graphs.pt"))
    assert predicted["name"] == ["0"] * 34 + ["1"] * 3 and predicted["node"] == [*range(34), *range(3)]
    assert set(predicted["prediction"]) <= {"Mr. Hi", "Officer"} and predicted["reason"] == [""] * 37
    scored = trained.evaluate(dataset.test)
    assert predicted["prediction"][:34] == [dataset.schema.classes[k] for k in scored.prediction.argmax(dim=1).tolist()]
    table = scored.table()
    known = [row for row, target in enumerate(table["target"]) if not math.isnan(target)]
    right = sum(table["target"][row] == table["prediction"][row] for row in known) / len(known)
    assert len(known) == 4 and scored.metrics["accuracy"] == pytest.approx(right)


@pytest.mark.parametrize("loss", ["cross_entropy", "weighted_cross_entropy", "bce_logits"])
def test_classes_are_named(tmp_path: Path, loss: str) -> None:
    words = ["low", "high, very"]
    path = tmp_path / "classes.csv"
    rows = [f'{smiles},"{words[number % 2]}"' for number, smiles in enumerate(SMILES)]
    path.write_text("\n".join(["smiles,target", *rows]) + "\n")
    dataset = get_dataset("smiles", path=str(path), split="stratified")
    predicted = predict_with(train(dataset, tmp_path, loss), read_samples(path))
    assert set(predicted["prediction"]) <= set(words)
    assert all(0.5 <= probability <= 1 for probability in predicted["probability"])


def test_graphs_are_predicted_from_a_file(regression: tuple[GraphDataset, Path], tmp_path: Path) -> None:
    from torch_geometric.utils import from_smiles

    graphs = [from_smiles(smiles) for smiles in SMILES[-10:]]
    graphs[4].edge_index[0, 0] = 99
    for graph in graphs:
        del graph.smiles
    torch.save(graphs, tmp_path / "new.pt")
    predicted = predict_with(regression[1], read_samples(tmp_path / "new.pt"))
    assert predicted["name"] == [str(number) for number in range(10)]
    assert predicted["prediction"][4] is None and "node index out of range" in predicted["reason"][4]
    expected = TrainedModel.load(regression[1]).evaluate(regression[0].test).prediction.flatten().tolist()
    assert predicted["prediction"][:4] == pytest.approx(expected[:4], rel=1e-5, abs=1e-5)


def test_features_that_the_model_was_not_trained_on_are_refused(
    regression: tuple[GraphDataset, Path], tmp_path: Path
) -> None:
    from tests.conftest import cycle

    torch.save(cycle(4), tmp_path / "new.pt")
    with pytest.raises(MspeError, match="x has 0 no columns, the model was trained on 9 categorical ones"):
        predict_with(regression[1], read_samples(tmp_path / "new.pt"))


def test_a_model_of_edges_is_refused(tmp_path: Path) -> None:
    checkpoint = train(get_dataset("lesmiserables"), tmp_path)
    with pytest.raises(MspeError, match="scores pairs of nodes, allowed: a model of whole graphs or of nodes"):
        predict_with(checkpoint, [])


@pytest.mark.parametrize("column", ["prediction", "reason"])
def test_a_column_of_the_predictions_own_name_is_refused(
    regression: tuple[GraphDataset, Path], tmp_path: Path, column: str
) -> None:
    path = tmp_path / "new.csv"
    path.write_text(f"smiles,{column}\nCCO,1\n")
    with pytest.raises(MspeError, match=f"the input has a column '{column}', as the predictions have: prediction"):
        predict_with(regression[1], read_samples(path))


def test_a_row_that_is_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text("note,smiles\n1, 2,CCO\n")
    with pytest.raises(MspeError, match=r"new.csv: line 2: 3 cells under 2 columns; quote those with a comma"):
        read_samples(path)
