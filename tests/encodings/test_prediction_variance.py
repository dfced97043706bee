"""Variance of outputs over draws: closed form of a linear model, modes left as they were, refusals."""

import pytest
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.data import Batch

from mspe.common.errors import MspeError
from mspe.encodings import BatchEncodings, EncodingSet, RandomFeatures, prediction_variance
from mspe.graphs import DenseLayout, PackedGraphs
from mspe.models import get_model
from tests.conftest import cycle


class Linear(nn.Module):
    """w · r of each node's random features r, and dropout that would show."""

    def __init__(self) -> None:
        super().__init__()
        self.bank = EncodingSet([RandomFeatures(2)])
        self.register_buffer("weight", torch.tensor([[3.0], [4.0]]))
        self.dropout = nn.Dropout(0.9)

    def forward(self, batch: Batch) -> Float[Tensor, "nodes 1"]:
        node = BatchEncodings(self.bank, batch, DenseLayout.blocks(batch.ptr)).node()
        return self.dropout(node @ self.weight)


BATCH = PackedGraphs.from_list([cycle(4)]).collate([0])


def test_it_is_the_closed_form_of_a_linear_model() -> None:
    torch.manual_seed(0)
    variance = prediction_variance(Linear(), BATCH, draws=4000)
    torch.testing.assert_close(variance, torch.full((4, 1), 25.0), rtol=0.1, atol=0.0)  # w · w; error 2 %


@pytest.mark.parametrize("training", [True, False])
def test_the_model_is_left_as_it_was(training: bool) -> None:
    model = Linear().train(training)
    prediction_variance(model, BATCH, draws=2)
    assert all(module.training is training for module in model.modules())


def test_a_model_of_the_library_has_one_per_output() -> None:
    torch.manual_seed(0)
    options = {"hidden_dim": 16, "num_layers": 1, "node_dim": 8}
    model = get_model("gine", num_features=0, num_classes=2, bank={"pearl": True, "node": False}, **options)
    variance = prediction_variance(model, BATCH)
    assert variance.shape == (1, 2) and (variance > 0).all()


def test_what_does_not_draw_is_refused() -> None:
    with pytest.raises(MspeError, match="no encoding that draws random numbers"):
        prediction_variance(nn.Linear(2, 2), BATCH)
    with pytest.raises(MspeError, match="draws: got 1, allowed: at least 2"):
        prediction_variance(Linear(), BATCH, draws=1)
