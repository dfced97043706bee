"""Whole models: invariances, every parameter used, devices and precision."""

import pytest
import torch
from torch import nn
from torch_geometric.data import Batch, Data
from torch_geometric.loader import DataLoader

from mspe.encodings import BatchEncodings, EncodingSet, compute_spectrum
from mspe.graphs import DenseLayout, PackedGraphs
from mspe.models import get_model
from tests.conftest import AWKWARD, BANK, graph
from tests.models.fixtures import SMALL, VARIANTS, Molecules, build, relabelled


@pytest.fixture(params=VARIANTS, ids=str)
def model(request: pytest.FixtureRequest, molecules: Molecules) -> nn.Module:
    return build(molecules[0], **request.param)


def test_a_graph_scores_the_same_alone_and_in_any_batch(model: nn.Module, molecules: Molecules) -> None:
    model.eval()
    together = model(molecules[1].collate(range(16)))
    assert together.shape == (16, 1)
    alone = torch.cat([model(molecules[1].collate([i])) for i in range(16)])
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=1e-4)


def test_relabelling_the_nodes_changes_nothing(model: nn.Module, molecules: Molecules) -> None:
    model.eval()
    plain = molecules[1][:8]
    graphs = [relabelled(data, torch.arange(data.num_nodes)) for data in plain]
    others = [relabelled(data, torch.randperm(data.num_nodes)) for data in graphs]
    first, second = (model(Batch.from_data_list(batch)) for batch in (graphs, others))
    torch.testing.assert_close(first, second, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("level", ["node", "edge"])
@pytest.mark.parametrize("name", ["graph_transformer", "gps", "gine", "gcn"])
def test_relabelling_the_nodes_relabels_their_outputs(name: str, level: str, molecules: Molecules) -> None:
    schema = molecules[0].model_copy(update={"target_level": level, "num_classes": 3})
    model = build(schema, name=name).eval()
    data = molecules[1][5]
    place = torch.randperm(data.num_nodes)
    pairs = torch.tensor([[0, 2, 4], [1, 0, 0]])
    batches = [
        Batch.from_data_list([relabelled(data, torch.arange(data.num_nodes))]),
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


@pytest.mark.parametrize("edge_attr", [torch.zeros(140, dtype=torch.long), torch.zeros(140, 3)], ids=["kinds", "real"])
@pytest.mark.parametrize("name", ["graph_transformer", "gine", "gcn"])
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


def test_missing_encodings_are_computed_to_the_same_scores(molecules: Molecules) -> None:
    model = build(molecules[0]).eval()
    stored = molecules[1].collate(range(16))
    plain = next(iter(DataLoader(list(molecules[1][:16]), batch_size=16)))
    for name in ("node_encoding", "eigenvalues", "eigenvectors", "sqrt_degree"):
        del plain[name]
    torch.testing.assert_close(model(plain), model(stored), atol=1e-6, rtol=1e-5)


@pytest.mark.usefixtures("unchecked")
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


def test_spectra_alone_are_enough(molecules: Molecules) -> None:
    """A batch with a spectrum and no node encodings gives the same scores."""
    model = build(molecules[0]).eval()
    batch = molecules[1].collate(range(8))
    expected = model(batch)
    del batch["node_encoding"]
    torch.testing.assert_close(model(batch), expected, atol=1e-6, rtol=1e-5)
    assert compute_spectrum(molecules[1][:2]).fields.keys() >= {"eigenvalues", "eigenvectors", "sqrt_degree"}


TRAINED = {
    "filters": {
        "walk": {"steps": [1, 2]},
        "heat": {"times": [1.0]},
        "ppr": {"restarts": [0.2]},
        "learned": {"channels": 2},
    },
    "trainable": True,
    "degree": True,
    "eigenvectors": 3,
    "distance": 3,
}


def real_features(dtype: torch.dtype) -> PackedGraphs:
    """Awkward graphs with features of this precision."""
    generator = torch.Generator().manual_seed(0)
    graphs = [data.clone() for data in AWKWARD.values()]
    for data in graphs:
        data.x = torch.randn(data.num_nodes, 5, generator=generator).to(dtype)
        data.edge_attr = torch.randn(data.num_edges, 2, generator=generator).to(dtype)
        data.edge_label_index = torch.zeros(2, 1, dtype=torch.long)
    return PackedGraphs.from_list(graphs)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("double", [True, False])
@pytest.mark.parametrize(
    "options",
    [
        {"name": "graph_transformer", "bank": TRAINED},
        {"name": "graph_transformer", "bank": TRAINED, "target_level": "edge", "eigenvector_encoder": "signnet"},
        {"name": "graph_transformer", "bank": {**TRAINED, "trainable": False}, "local": "gatedgcn", "norm": "layer"},
        {"name": "graph_transformer", "bank": "rrwp", "attention": "linear", "target_level": "node"},
        {"name": "gps", "bank": TRAINED},
        {"name": "gine", "bank": TRAINED},
    ],
    ids=lambda options: "-".join(str(value) for value in options.values() if isinstance(value, str)),
)
def test_a_model_runs_in_its_own_precision_whatever_the_batchs(options: dict, double: bool, dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    model = get_model(num_features=5, num_classes=2, num_edge_features=2, **{**SMALL, **options}).eval()
    single = model(real_features(torch.float32).collate(range(len(AWKWARD))))
    own = torch.float64 if double else torch.float32
    model = model.to(own)
    graphs = real_features(dtype)
    spectrum = compute_spectrum(graphs, dtype=dtype)
    stored = graphs.with_fields_of(spectrum).with_fields_of(model.bank.encode_nodes(spectrum, lambda: graphs))
    for packed in (graphs, stored):
        output = model(packed.collate(range(len(packed))))
        assert output.dtype == own
        torch.testing.assert_close(output.float(), single, atol=1e-3, rtol=1e-3)
        output.sum().backward()
    assert all(parameter.grad.dtype == own for parameter in model.parameters() if parameter.grad is not None)
