"""One epoch: windows of batches, and every sample predicted once and in order."""

from pathlib import Path

import pytest
import torch
from torch import nn
from torch_geometric.data import Batch, Data

from mspe.common.errors import MspeError
from mspe.graphs import GraphLoader
from mspe.training import Trainer, get_loss_fn, get_metrics, get_optimizer
from tests.training.fixtures import Mean, make_graphs, make_trainer


def test_edges_are_ranked_within_their_source_node(tmp_path: Path) -> None:
    class Pairs(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(()))

        def forward(self, batch: Batch) -> torch.Tensor:
            return self.scale * batch.given[:, None]

    pairs = torch.tensor([[0, 0, 1], [1, 2, 2]])
    graphs = [
        Data(num_nodes=3, edge_index=pairs, edge_label_index=pairs, edge_label=torch.tensor([1.0, 0, 0]), given=given)
        for given in (torch.tensor([0.2, 0.9, 0.1]), torch.tensor([0.8, 0.3, 0.1]))
    ]
    model = Pairs()
    trainer = Trainer(
        model, get_optimizer(model), metrics=get_metrics("edge_prediction", k=1), task_type="edge_prediction",
        checkpoint_dir=tmp_path, device="cpu",
    )  # fmt: skip
    batch = Batch.from_data_list(graphs)
    scores = [trainer.eval_epoch([batch]), trainer.eval_epoch([Batch.from_data_list([data]) for data in graphs])]
    assert scores[0]["mrr"] == scores[1]["mrr"] == pytest.approx(0.75)  # ranks 2 and 1: node 0 of each graph apart
    assert scores[0]["hits@k"] == scores[1]["hits@k"] == 0  # the best negative of all, 0.9, is above both
    assert trainer.train_epoch([batch])["mrr"] == pytest.approx(0.75)


def test_accumulating_equals_the_large_batch(tmp_path: Path) -> None:
    results = []
    for batch_size, steps in ((32, 1), (8, 4)):
        trainer = make_trainer(tmp_path, accumulation_steps=steps)
        trainer.model.dropout.p = 0.0
        trainer.model.double()
        graphs = make_graphs(40)
        graphs = graphs.with_fields({"x": graphs.fields["x"].double()}, {"x": "node"})
        trainer.loss_fn = lambda prediction, target: nn.functional.mse_loss(prediction.double(), target.double())
        trainer.train_epoch(GraphLoader(graphs, batch_size))  # 32 and 8: the last window is incomplete
        assert trainer.global_step == 2
        results.append([p.detach().clone() for p in trainer.model.parameters()])
    for large, accumulated in zip(*results, strict=True):
        torch.testing.assert_close(accumulated, large, atol=1e-6, rtol=0)


def test_predictions_come_in_the_loaders_order_on_the_cpu(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    graphs = make_graphs(20)
    whole = trainer.predict(GraphLoader(graphs, 20))
    assert torch.allclose(trainer.predict(GraphLoader(graphs, 3)), whole, atol=1e-6)
    assert whole.shape == (20, 1) and whole.device.type == "cpu" and not whole.requires_grad
    with pytest.raises(MspeError, match="a regression has none"):
        trainer.predict(GraphLoader(graphs, 20), probabilities=True)
    trainer.task_type = "classification"
    assert trainer.predict(GraphLoader(graphs, 20), probabilities=True).sub(0.5).abs().max() <= 0.5


@pytest.mark.parametrize("num_classes", [None, 3])
def test_labels_that_may_hold_at_once_have_a_probability_each(tmp_path: Path, num_classes: int | None) -> None:
    loss = get_loss_fn("classification", loss_type="bce_logits", num_classes=num_classes)
    trainer = make_trainer(tmp_path, task_type="classification", loss_fn=loss)
    trainer.model = Mean(outputs=3)
    loader = GraphLoader(make_graphs(20), 20)
    torch.testing.assert_close(trainer.predict(loader, probabilities=True), trainer.predict(loader).sigmoid())
    trainer.loss_fn = get_loss_fn("classification", num_classes=num_classes)
    torch.testing.assert_close(trainer.predict(loader, probabilities=True), trainer.predict(loader).softmax(dim=1))


@pytest.mark.parametrize("loss", ["bce_logits", "cross_entropy"])
def test_one_logit_a_sample_needs_no_column(tmp_path: Path, loss: str) -> None:
    class Flat(Mean):
        def forward(self, batch: Batch) -> torch.Tensor:
            return super().forward(batch)[:, 0]

    trainer = make_trainer(tmp_path, task_type="classification", loss_fn=get_loss_fn("classification", loss_type=loss))
    trainer.model = Flat()
    loader = GraphLoader(make_graphs(20), 20)
    assert trainer.predict(loader).shape == (20,)
    torch.testing.assert_close(trainer.predict(loader, probabilities=True), trainer.predict(loader).sigmoid())
