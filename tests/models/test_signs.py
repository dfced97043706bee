"""Signs of eigenvectors in a model."""

import torch

from mspe.encodings import PRESETS, EncodingSet
from mspe.graphs import PackedGraphs
from mspe.models import get_model
from mspe.models.encoders import SignNet
from tests.encodings.catalogue.test_eigenvectors import PATH


def test_signs_flip_per_graph_in_training_only_and_sign_net_does_not_care() -> None:
    torch.manual_seed(0)  # of few weights, all may be dead for a graph
    packed = PackedGraphs.from_list([PATH] * 16)
    bank = EncodingSet.from_config(PRESETS["lappe"])
    options = {"hidden_dim": 16, "num_layers": 1, "heads": 2, "node_dim": 6, "norm": "layer"}
    model = get_model("graph_transformer", num_features=0, num_classes=1, bank=bank, **options)
    batch = packed.collate(range(16))
    assert model(batch).unique().numel() > 1  # the same graph, sixteen times, with other signs
    assert model.eval()(batch).sub(model(batch)[0]).abs().max() < 1e-5
    vectors = torch.randn(5, 3)
    net = SignNet(3, 4)
    torch.testing.assert_close(net(vectors), net(vectors * torch.tensor([1, -1, -1])))
