"""Where the distance is known, a solved model is found to look as far, by what it really hangs on."""

import pytest
import torch
from torch import nn

from mspe.dataset import GraphDataset, get_dataset
from mspe.graphs import GraphLoader
from mspe.influence import RangeReport, measure_range
from mspe.models import ModelParams, get_model, model_arguments
from mspe.training import Trainer, get_loss_fn, get_optimizer, set_seed

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unchecked")]  # it trains for long

BANK = {"filters": {"walk": {"steps": [1, 2]}}}


def trained(dataset: GraphDataset, epochs: int, **options: object) -> nn.Module:
    set_seed(0)
    shape = {"hidden_dim": 32, "node_dim": 4, "num_layers": 4, "head_depth": 1, **options}
    model = get_model(**model_arguments(ModelParams.model_validate(shape), dataset.schema, BANK))
    loss = get_loss_fn(dataset.task_type, dataset.schema.loss)
    trainer = Trainer(model, get_optimizer(model, lr=3e-3), loss_fn=loss, task_type=dataset.task_type)
    trainer.fit(GraphLoader(dataset.train, 32, shuffle=True), GraphLoader(dataset.val, 64), epochs=epochs)
    return model.eval()


@torch.no_grad()
def predicted(model: nn.Module, dataset: GraphDataset) -> tuple[torch.Tensor, torch.Tensor]:
    """Outputs and targets of the nodes that are asked."""
    (batch,) = GraphLoader(dataset.test, len(dataset.test))
    asked = ~batch.y.flatten().isnan()
    return model(batch)[asked], batch.y.flatten()[asked]


def report_of(model: nn.Module, dataset: GraphDataset) -> RangeReport:
    return measure_range(model, dataset.test, "node", most_graphs=16)


def solved(task: str, distance: int, epochs: int, **options: object) -> RangeReport:
    """The range of a model that answers every question of a task."""
    dataset = get_dataset("synthetic", synthetic={"graphs": 400, "task": task, "distance": distance})
    model = trained(dataset, epochs, **options)
    outputs, classes = predicted(model, dataset)
    assert (outputs.argmax(dim=1) == classes).all()
    return report_of(model, dataset)


@pytest.mark.parametrize("options", [{"attention": "none", "num_layers": 4}, {"num_layers": 4}], ids=str)
def test_a_solved_ring_transfer_looks_as_far_as_the_source(options: dict[str, object]) -> None:
    """The source alone decides; gradients, of any feature at any node, do not tell that and stay nearer."""
    report = solved("ring_transfer", 3, 20, **options)
    assert report.occlusion.range == pytest.approx(3, abs=1)
    assert report.occlusion.change[4].mean < 0.1 * report.occlusion.change[0].mean
    assert report.influence.output.shares[3] > 0.01
    assert "gradients see small changes alone" in report.answer


@pytest.mark.parametrize(
    ("task", "distance", "epochs", "layers"),
    [
        ("ring_transfer", 4, 20, 3),
        ("ring_transfer", 8, 20, 3),
        ("ring_transfer", 16, 25, 3),
        ("tree_match", 2, 30, 3),
        ("tree_match", 3, 40, 4),
    ],
)
def test_the_receptive_field_of_a_solved_model_is_the_planted_distance(
    task: str, distance: int, epochs: int, layers: int
) -> None:
    report = solved(task, distance, epochs, num_layers=layers)
    assert report.occlusion.receptive_field == pytest.approx(distance, abs=1)
    assert report.occlusion.change[-1].mean == 0


def test_degrees_are_local() -> None:
    dataset = get_dataset("synthetic", synthetic={"graphs": 400, "task": "degree"})
    model = trained(dataset, 10)
    outputs, degrees = predicted(model, dataset)
    assert (outputs.flatten() - degrees).abs().mean() < 0.5
    report = report_of(model, dataset)
    assert report.influence.output.range.mean <= 2 and report.removal.range <= 2
