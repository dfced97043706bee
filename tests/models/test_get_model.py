"""Models by name."""

from functools import partial

import pytest
import torch
from torch_geometric.data import Batch, Data, HeteroData

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset
from mspe.encodings import PRESETS
from mspe.models import ModelParams, get_model, model_arguments
from mspe.models.inputs import as_batch
from tests.conftest import cycle
from tests.models.fixtures import Molecules


def test_the_printed_call_of_the_specification_builds_a_model(molecules: Molecules) -> None:
    model = get_model(name="graph_transformer", num_features=28, num_classes=1, hidden_dim=256, num_layers=6)
    batch = molecules[1].collate(range(4))
    with pytest.raises(MspeError, match=r"holds \d+, the model was built for 0 to 27, and 28 for a category never"):
        model(batch)
    batch.x = batch.x.clamp(max=28)
    with pytest.raises(MspeError, match="node encodings of 7 channels, the model's bank has 13"):
        model(batch)
    del batch["node_encoding"]
    assert model(batch).shape == (4, 1)  # edge features are not used


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"name": "graph_transformr"},
            "name: got 'graph_transformr', input should be 'graph_transformer', 'gps', 'gine' or 'gcn'",
        ),
        ({"hidden_dim": 30, "heads": 4}, "hidden_dim is 30 and heads is 4: heads must divide hidden_dim"),
        ({"hidden_dim": 16, "node_dim": 16}, "node_dim is 16, allowed: less than hidden_dim, which is 16"),
        ({"local": "none", "attention": "none"}, "a layer needs one of them"),
        ({"hidden_dim": 8, "node_dim": 2, "head_depth": 4}, "head_depth is 4: the head would halve 8 channels to none"),
        ({"dropout": 1.0}, "dropout: got 1.0, input should be less than 1"),
        ({"hiden_dim": 3}, "hiden_dim: unknown key; known here: attention"),
    ],
)
def test_a_wrong_option_is_named(options: dict, message: str) -> None:
    with pytest.raises(MspeError, match=message):
        get_model(**{"name": "graph_transformer", "num_features": 3, "num_classes": 1, **options})


@pytest.mark.parametrize("options", [{"name": "gcn"}, {"name": "gps", "local": "none"}], ids=str)
def test_channels_on_edges_are_refused_where_no_message_reads_them(options: dict) -> None:
    bank = {"filters": {"walk": {"steps": [1]}}, "pair": "edges"}
    with pytest.raises(MspeError, match=r"encodings.pair is edges, but model.name=\w+ with .* set model.name to gine"):
        get_model(num_features=0, num_classes=1, bank=bank, **options)
    model = get_model("gine", num_features=0, num_classes=1, bank=bank, local="none")  # always passes messages
    assert model.scale_weights()["edge"] == {"walk(1)": 1.0}


def test_the_loss_decides_on_the_number_of_outputs() -> None:
    schema = get_dataset("csl").schema
    arguments = partial(model_arguments, ModelParams(), bank=PRESETS["default"])
    assert arguments(schema)["num_classes"] == 10
    with pytest.raises(MspeError, match=r"training.loss: got 'bce_logits', allowed for csl, one of 10 classes"):
        arguments(schema, loss="bce_logits")
    two = schema.model_copy(update={"num_classes": 2})
    assert [arguments(two, loss=loss)["num_classes"] for loss in (None, "bce_logits")] == [2, 1]
    labels = schema.model_copy(update={"loss": "bce_logits"})
    assert arguments(labels, loss="bce_logits")["num_classes"] == 10
    with pytest.raises(MspeError, match="of labels that may hold at once: bce_logits"):
        arguments(labels, loss="cross_entropy")


@pytest.mark.parametrize("name", ["graph_transformer", "gps", "gine", "gcn"])
@pytest.mark.parametrize(("level", "samples"), [("graph", 1), ("node", 5), ("edge", 3)])
def test_one_graph_is_a_batch_of_one(name: str, level: str, samples: int) -> None:
    model = get_model(name, 0, 2, target_level=level, hidden_dim=16, num_layers=1, heads=2).eval()
    one = Data(edge_index=cycle(5).edge_index, num_nodes=5, edge_label_index=torch.tensor([[0, 1, 2], [2, 3, 4]]))
    assert model(one).shape == (samples, 2) and torch.equal(model(one), model(Batch.from_data_list([one])))


def hetero() -> HeteroData:
    data = HeteroData()
    data["atom"].x = torch.zeros(2, 3)
    data["atom", "bond", "atom"].edge_index = torch.zeros(2, 1, dtype=torch.long)
    return data


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (hetero(), "HeteroData"),
        (Batch.from_data_list([hetero()]), "HeteroDataBatch"),
        ([cycle(3)], "list"),
        (Data(x=torch.zeros(2, 3)), "Data without edge_index"),
        (None, "NoneType"),
    ],
)
def test_what_is_no_graph_is_refused(given: object, shown: str) -> None:
    with pytest.raises(MspeError, match=f"the model got a {shown}, allowed: a batch of PyG, or one graph, with edge_"):
        as_batch(given)
