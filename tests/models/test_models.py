import subprocess
import sys
from functools import partial

import pytest
import torch
from torch import nn
from torch_geometric.data import Batch, Data
from torch_geometric.loader import DataLoader

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset
from mspe.encodings import PRESETS, BatchEncodings, EncodingSet, compute_spectrum
from mspe.graphs import DenseLayout, GraphSchema, PackedGraphs
from mspe.models import ModelParams, find_max_pairs, get_model, model_arguments
from mspe.models.encoders import FeatureEncoder
from tests.conftest import AWKWARD, BANK, graph

SMALL = {"hidden_dim": 16, "num_layers": 2, "heads": 2, "node_dim": 6, "pair_dim": 8}
VARIANTS = [
    {},
    {"local": "none"},
    {"attention": "none"},
    {"norm": "layer"},
    {"pooling": "mean"},
    {"dropout": 0.3, "attention_dropout": 0.3},
    {"bank": {**BANK, "pair": False}},
    {"bank": {**BANK, "node": False}},
    {"name": "gps"},
    {"name": "gine"},
    {"local": "gatedgcn"},
    {"local": "gatedgcn", "attention": "linear"},
    {"feed_forward_factor": 0, "head_depth": 0, "scale_gate": False},
]
Molecules = tuple[GraphSchema, PackedGraphs]


def build(schema: GraphSchema, **options: object) -> nn.Module:
    bank = options.pop("bank", BANK)
    torch.manual_seed(0)
    return get_model(**model_arguments(ModelParams(**{**SMALL, **options}), schema, bank))  # type: ignore[arg-type]


@pytest.fixture(params=VARIANTS, ids=str)
def model(request: pytest.FixtureRequest, molecules: Molecules) -> nn.Module:
    return build(molecules[0], **request.param)


def test_a_graph_scores_the_same_alone_and_in_any_batch(model: nn.Module, molecules: Molecules) -> None:
    model.eval()
    together = model(molecules[1].collate(range(16)))
    assert together.shape == (16, 1)
    alone = torch.cat([model(molecules[1].collate([i])) for i in range(16)])
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=1e-4)


def relabelled(data: Data, place: torch.Tensor) -> Data:
    """The same graph whose node i is called place[i]."""
    return Data(
        x=data.x[place.argsort()], edge_index=place[data.edge_index], edge_attr=data.edge_attr, num_nodes=data.num_nodes
    )


def test_relabelling_the_nodes_changes_nothing(model: nn.Module, molecules: Molecules) -> None:
    model.eval()
    plain = molecules[1][:8]
    graphs = [Data(x=d.x, edge_index=d.edge_index, edge_attr=d.edge_attr, num_nodes=d.num_nodes) for d in plain]
    others = [relabelled(data, torch.randperm(data.num_nodes)) for data in graphs]
    first, second = (model(Batch.from_data_list(batch)) for batch in (graphs, others))
    torch.testing.assert_close(first, second, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("level", ["node", "edge"])
@pytest.mark.parametrize("name", ["graph_transformer", "gps", "gine"])
def test_relabelling_the_nodes_relabels_their_outputs(name: str, level: str, molecules: Molecules) -> None:
    schema = molecules[0].model_copy(update={"target_level": level, "num_classes": 3})
    model = build(schema, name=name).eval()
    data = molecules[1][5]
    place = torch.randperm(data.num_nodes)
    pairs = torch.tensor([[0, 2, 4], [1, 0, 0]])
    batches = [
        Batch.from_data_list([Data(x=data.x, edge_index=data.edge_index, edge_attr=data.edge_attr)]),
        Batch.from_data_list([relabelled(data, place)]),
    ]
    batches[0].edge_label_index, batches[1].edge_label_index = pairs, place[pairs].flip(0)
    first, second = (model(batch) for batch in batches)
    expected_rows = data.num_nodes if level == "node" else 3
    assert first.shape == (expected_rows, 3)
    torch.testing.assert_close(first, second[place] if level == "node" else second, atol=1e-4, rtol=1e-4)


def test_a_pair_is_scored_the_same_alone_and_in_a_batch_of_several_blocks() -> None:
    sizes = [3, 4, 70, 5]
    graphs = [graph(size, [(i, (i + 1) % size) for i in range(size)]) for size in sizes]
    for data in graphs:
        data.edge_label_index = torch.randint(0, data.num_nodes, (2, 6))
    model = get_model("graph_transformer", 0, 1, bank=BANK, target_level="edge", **SMALL).eval()  # type: ignore[arg-type]
    model.head.pair[1].weight.data *= 100  # so that what pair channels add is seen
    batch = Batch.from_data_list(graphs)
    assert len(DenseLayout.blocks(batch.ptr)) > 1
    alone = torch.cat([model(Batch.from_data_list([data])) for data in graphs])
    torch.testing.assert_close(model(batch), alone, atol=1e-4, rtol=1e-4)


def test_the_channels_of_chosen_pairs_are_those_of_the_whole_square() -> None:
    batch = Batch.from_data_list([graph(4, [(0, 1), (1, 2), (2, 3)]), graph(5, [(0, 1), (0, 2), (0, 3), (3, 4)])])
    encodings = BatchEncodings(EncodingSet.from_config(BANK), batch, DenseLayout.blocks(batch.ptr))
    pair = encodings.pair()
    links = torch.tensor([[0, 2, 4, 8], [1, 0, 8, 8]])
    whole = pair[0]  # [2, 5, 5, channels]
    places = [(0, 0, 1), (0, 2, 0), (1, 0, 4), (1, 4, 4)]
    expected = torch.stack([(whole[g, i, j] + whole[g, j, i]) / 2 for g, i, j in places])
    torch.testing.assert_close(encodings.of_edges(pair, links), expected)


def test_edge_scores_need_pairs(molecules: Molecules) -> None:
    model = build(molecules[0].model_copy(update={"target_level": "edge"}))
    with pytest.raises(MspeError, match="the batch has no edge_label_index, the pairs of nodes to score"):
        model(molecules[1].collate(range(2)))


def category(columns: int) -> torch.Tensor:
    return torch.randint(0, 4, (5, columns))


@pytest.mark.parametrize("edge_attr", [torch.zeros(140, dtype=torch.long), torch.zeros(140, 3)], ids=["kinds", "real"])
@pytest.mark.parametrize("name", ["graph_transformer", "gine"])
def test_graphs_without_edges_beside_a_large_one_with_features(name: str, edge_attr: torch.Tensor) -> None:
    model = get_model(name, 4, 1, num_edge_features=3, bank=BANK, **SMALL)
    ring = graph(70, [(i, (i + 1) % 70) for i in range(70)])
    single = Data(edge_index=torch.zeros(2, 0, dtype=torch.long), num_nodes=1, edge_attr=edge_attr[:0])
    graphs = [
        single, single, Data(edge_index=ring.edge_index, num_nodes=70, edge_attr=edge_attr)
    ]  # fmt: skip
    for data in graphs:
        data.x = torch.zeros(data.num_nodes, dtype=torch.long)
    batch = Batch.from_data_list(graphs)
    assert len(DenseLayout.blocks(batch.ptr)) == 2
    together = model.eval()(batch)
    alone = torch.cat([model(Batch.from_data_list([data])) for data in graphs])
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=1e-4)


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
    assert not torch.equal(score(**given), score(**{**given, "edge_attr": torch.full((8,), 99)})) or edge_attr is None


@pytest.mark.parametrize("options", [{}, {"name": "gps"}, {"local": "gatedgcn", "attention": "linear"}], ids=str)
def test_mixed_precision_stays_near_full_precision(options: dict, molecules: Molecules) -> None:
    batch = molecules[1].collate(range(16))
    results = []
    for mixed in (False, True):
        model = build(molecules[0], dropout=0.0, **options)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=mixed):
            output = model(batch)
        output.float().square().sum().backward()
        results.append((output.detach().float(), model.layers[0].norm.weight.grad))
    (full, full_gradient), (half, half_gradient) = results
    assert torch.nn.functional.cosine_similarity(full_gradient, half_gradient, dim=0) > 0.95
    assert (full - half).abs().mean() < 0.05 * full.abs().mean()


def test_the_weight_of_every_scale_is_read_out_by_its_name(molecules: Molecules) -> None:
    model = build(molecules[0])
    names = ["walk(0)", "walk(1)", "walk(2)", "walk(5)", "heat(0.25)", "heat(1)", "heat(8)"]
    assert model.scale_weights() == {"node": dict.fromkeys(names, 1.0), "pair": dict.fromkeys(names, 1.0)}
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    for _ in range(5):
        batch = molecules[1].collate(range(16))
        nn.functional.l1_loss(model(batch), batch.y).backward()
        optimizer.step()
    for weights in model.scale_weights().values():
        values = torch.tensor(list(weights.values()))
        assert (values > 0).all() and len(set(weights.values())) > 1
        torch.testing.assert_close(values.mean(), torch.tensor(1.0))
    assert build(molecules[0], scale_gate=False).scale_weights() == {}
    assert set(build(molecules[0], name="gps").scale_weights()) == {"node"}


def test_every_pair_of_nodes_is_counted_before_it_is_allocated(molecules: Molecules) -> None:
    cpu = torch.device("cpu")
    few, many = (find_max_pairs(build(molecules[0], num_layers=layers), cpu) for layers in (2, 8))
    assert few > many > 1000
    assert find_max_pairs(build(molecules[0], name="gps"), cpu) > few
    assert find_max_pairs(build(molecules[0], attention="linear"), cpu) is None
    assert find_max_pairs(nn.Linear(1, 1), cpu) is None


@pytest.mark.slow
def test_compiled_layers_give_the_same_numbers() -> None:
    """In a process of its own: torch.compile does not see through the run-time type checks of the tests."""
    command = [sys.executable, "-m", "tests.models.compiled", "graph_transformer"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_missing_encodings_are_computed_to_the_same_scores(molecules: Molecules) -> None:
    model = build(molecules[0]).eval()
    stored = molecules[1].collate(range(16))
    plain = next(iter(DataLoader(list(molecules[1][:16]), batch_size=16)))
    for name in ("node_encoding", "eigenvalues", "eigenvectors", "sqrt_degree"):
        del plain[name]
    torch.testing.assert_close(model(plain), model(stored), atol=1e-6, rtol=1e-5)


def test_one_batch_is_overfitted_to_near_zero_loss(molecules: Molecules) -> None:
    model = build(molecules[0], hidden_dim=32)
    batch = molecules[1].collate(range(16))
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 250)
    deviation = batch.y.std()
    for _ in range(250):
        optimizer.zero_grad()
        loss = nn.functional.l1_loss(model(batch), batch.y)
        loss.backward()
        optimizer.step()
        schedule.step()
    assert loss < 0.02 * deviation


@pytest.mark.parametrize("local", ["gine", "gatedgcn", "none"])
@pytest.mark.parametrize("attention", ["softmax", "linear"])
def test_every_awkward_graph_has_finite_scores_and_gradients(local: str, attention: str) -> None:
    options = {"local": local, "attention": attention, **SMALL}
    model = get_model("graph_transformer", num_features=0, num_classes=3, bank=BANK, **options)
    batch = PackedGraphs.from_list(list(AWKWARD.values())).collate(range(len(AWKWARD)))
    output = model(batch)
    output.square().sum().backward()
    assert output.shape == (len(AWKWARD), 3) and output.isfinite().all()
    assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())
    alone = PackedGraphs.from_list([graph(1, [])]).collate([0])
    assert model(alone).isfinite().all()  # one row to normalise, while training too
    assert model.eval()(alone).isfinite().all()


def test_every_parameter_is_used(molecules: Molecules) -> None:
    model = build(molecules[0])
    model(molecules[1].collate(range(16))).square().sum().backward()
    assert [name for name, parameter in model.named_parameters() if parameter.grad is None] == []


def test_long_scales_reach_the_scores_through_nodes_and_pairs(molecules: Molecules) -> None:
    model = build(molecules[0]).eval()
    batch = molecules[1].collate(range(4))
    score = model(batch)
    for name in ("node_encoding", "eigenvectors"):
        changed = molecules[1].collate(range(4))
        changed[name] = changed[name].flip(-1)
        assert (model(changed) - score).abs().max() > 1e-4, name


def test_the_printed_call_of_the_specification_builds_a_model(molecules: Molecules) -> None:
    model = get_model(name="graph_transformer", num_features=28, num_classes=1, hidden_dim=256, num_layers=6)
    batch = molecules[1].collate(range(4))
    with pytest.raises(MspeError, match="node encodings of 7 channels, the model's bank has 13"):
        model(batch)
    del batch["node_encoding"]
    assert model(batch).shape == (4, 1)  # x beyond 28 counts as never seen, edge features are not used


def test_integers_and_one_hot_reals_meet_the_same_weight() -> None:
    encoder = FeatureEncoder(4, 3)
    index = torch.tensor([0, 3, 1])
    one_hot = nn.functional.one_hot(index, 4).float()
    torch.testing.assert_close(encoder(index, 3), encoder(one_hot, 3))
    torch.testing.assert_close(encoder(index[:, None].repeat(1, 2), 3), 2 * encoder(one_hot, 3))
    assert torch.equal(encoder(torch.tensor([4, -1]), 2), torch.zeros(2, 3))
    with pytest.raises(MspeError, match="features have 3 columns, the model was built for 4"):
        encoder(torch.zeros(2, 3), 2)


def test_outputs_are_in_the_targets_units(molecules: Molecules) -> None:
    schema = molecules[0].model_copy(update={"target_mean": (1000.0,), "target_std": (5.0,)})
    scores = build(schema)(molecules[1].collate(range(16)))
    assert (scores - 1000).abs().max() < 100


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"name": "graph_transformr"},
            "name: got 'graph_transformr', input should be 'graph_transformer', 'gps' or 'gine'",
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


def test_spectra_alone_are_enough(molecules: Molecules) -> None:
    """A batch with a spectrum and no node encodings gives the same scores."""
    model = build(molecules[0]).eval()
    batch = molecules[1].collate(range(8))
    expected = model(batch)
    del batch["node_encoding"]
    torch.testing.assert_close(model(batch), expected, atol=1e-6, rtol=1e-5)
    assert compute_spectrum(molecules[1][:2]).fields.keys() >= {"eigenvalues", "eigenvectors", "sqrt_degree"}


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
