"""Features and encodings to the model's width."""

import pytest
import torch
from torch import nn
from torch_geometric.data import Batch, Data

from mspe.common.errors import MspeError
from mspe.graphs import GraphSchema, PackedGraphs
from mspe.models import ModelParams, get_model, model_arguments
from mspe.models.encoders import EdgeChannelEncoder, FeatureEncoder
from tests.conftest import BANK, graph
from tests.models.fixtures import SMALL, category


@pytest.mark.parametrize(
    ("x", "edge_attr", "widths"),
    [
        (category(1), torch.randint(0, 3, (8,)), (4, 3)),
        (category(3), torch.randint(0, 3, (8, 2)), (4, 3)),
        (torch.randn(5, 6), torch.randn(8, 2), (6, 2)),
        (None, None, (0, 0)),
        (torch.randn(5, 6), None, (6, 0)),
    ],
    ids=["one category", "several columns", "real", "none", "real nodes alone"],
)
def test_features_of_every_kind_reach_the_scores(
    x: torch.Tensor | None, edge_attr: torch.Tensor | None, widths: tuple[int, int]
) -> None:
    torch.manual_seed(0)
    model = get_model("graph_transformer", widths[0], 2, num_edge_features=widths[1], bank=BANK, **SMALL).eval()
    path = graph(5, [(0, 1), (1, 2), (2, 3), (3, 4)])
    given = {name: value for name, value in (("x", x), ("edge_attr", edge_attr)) if value is not None}

    def score(**fields: torch.Tensor) -> torch.Tensor:
        return model(Batch.from_data_list([Data(edge_index=path.edge_index, num_nodes=5, **fields)] * 2))

    assert score(**given).isfinite().all()
    for name, value in given.items():
        changed = value.roll(1, 0) if value.is_floating_point() else (value + 1) % 3
        assert not torch.allclose(score(**given), score(**{**given, name: changed})), name
    pairs = model.pair_bias
    pairs.hidden.weight.data[:, : len(pairs.gate.names)] = 0
    unknown = torch.full((8,), widths[1])
    assert not torch.equal(score(**given), score(**{**given, "edge_attr": unknown})) or edge_attr is None


def test_integers_and_one_hot_reals_meet_the_same_weight() -> None:
    encoder = FeatureEncoder(4, 3)
    index = torch.tensor([0, 3, 1])
    one_hot = nn.functional.one_hot(index, 4).float()
    torch.testing.assert_close(encoder(index, 3), encoder(one_hot, 3))
    torch.testing.assert_close(encoder(index[:, None].repeat(1, 2), 3), 2 * encoder(one_hot, 3))
    assert torch.equal(encoder(torch.tensor([4, 4]), 2), torch.zeros(2, 3))
    for raw in (-1, 5, 2**40):
        with pytest.raises(MspeError, match=rf"holds {raw}, the model was built for 0 to 3, and 4 for .* never seen"):
            encoder(torch.tensor([1, raw]), 2)
    with pytest.raises(MspeError, match="features have 3 columns, the model was built for 4"):
        encoder(torch.zeros(2, 3), 2)


def test_categories_that_tables_have_numbered_are_not_held_against_the_width_again(
    molecules: tuple[GraphSchema, PackedGraphs], monkeypatch: pytest.MonkeyPatch
) -> None:
    schema, graphs = molecules
    arguments = model_arguments(ModelParams(**SMALL), schema, BANK)
    numbered, plain = (get_model(**{**arguments, "features": features}) for features in (arguments["features"], None))
    refused = graphs.collate([0, 1])
    refused.x = refused.x + schema.num_features
    for model in (numbered, plain):  # raw categories are unknown to tables, and none of the width without
        with pytest.raises(MspeError, match=r"categories that training did not see|the model was built for 0 to"):
            model(Data.from_dict({name: refused[name] for name in ("x", "edge_index", "edge_attr")}))
    checked = []
    monkeypatch.setattr(FeatureEncoder, "_refuse_outside", lambda encoder, columns: checked.append(encoder))
    numbered(graphs.collate([0, 1]))
    assert not checked
    plain(graphs.collate([0, 1]))
    assert len(checked) == 2


def test_channels_on_edges_are_normalised_weighted_and_mapped() -> None:
    encoder = EdgeChannelEncoder(ModelParams(hidden_dim=8, heads=2, node_dim=2), ["walk(1)", "heat(2)"])
    channels = torch.tensor([[1.0, 10.0], [3.0, 10.0], [5.0, 40.0]])
    with torch.no_grad():
        encoder.gate.logits.copy_(torch.tensor([0.0, -50.0]))  # the second channel off, so the first twice as strong
        states = (encoder(channels) - encoder.encoding.bias) @ torch.linalg.pinv(encoder.encoding.weight.T)
    torch.testing.assert_close(states[:, 0], 2 * torch.tensor([-1.0, 0.0, 1.0]) * 1.5**0.5, atol=1e-4, rtol=0)
    assert encoder.gate.weights() == pytest.approx({"walk(1)": 2.0, "heat(2)": 0.0}, abs=1e-6)
