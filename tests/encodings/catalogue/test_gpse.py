"""GPSE: PyG's own numbers, batches, its file and what is refused of it, stored encodings."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.nn import GPSE
from torch_geometric.nn.models.gpse import IdentityHead
from torch_geometric.transforms import AddGPSE

from mspe.common.errors import MspeError
from mspe.encodings import EncodingParams, EncodingSet, Gpse, GraphStatistics, compute_spectrum
from mspe.graphs import PackedGraphs
from mspe.models import get_model
from tests.conftest import AWKWARD, cycle, graph
from tests.encodings.fixtures import view_of

SIZE = {"dim_in": 6, "dim_inner": 8, "layers_mp": 3, "num_node_targets": 2, "num_graph_targets": 1}


def pretrained(seed: int = 0) -> GPSE:
    """A tiny model whose norms have seen a batch."""
    torch.manual_seed(seed)
    model = GPSE(**SIZE)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            torch.nn.init.normal_(module.running_mean, std=0.1)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
    return model.eval()


@pytest.fixture
def weights(tmp_path: Path) -> str:
    torch.save(pretrained().state_dict(), tmp_path / "gpse.pt")
    return str(tmp_path / "gpse.pt")


def node(encoding: Gpse, *graphs: Data) -> Tensor:
    return encoding.node(view_of(*graphs))


def test_it_is_pygs_of_the_same_random_features(weights: str, monkeypatch: pytest.MonkeyPatch) -> None:
    encoding, model = Gpse(weights), pretrained()
    model.post_mp = IdentityHead()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    table = np.random.default_rng(0)
    monkeypatch.setattr(np.random, "normal", lambda loc, scale, size: table.standard_normal(size))
    data = graph(7, [(0, 1), (1, 2), (2, 3), (3, 0), (1, 4), (5, 6)])
    expected = AddGPSE(model)(data).pestat_GPSE
    found = node(encoding, data)
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(found.norm(dim=1), torch.ones(7))
    assert found.std(dim=0).max() > 1e-2


def test_a_batch_is_encoded_as_its_graphs_and_no_generator_moves(weights: str) -> None:
    state = torch.get_rng_state()
    encoding, graphs = Gpse(weights), list(AWKWARD.values())
    separate = torch.cat([node(encoding, data) for data in graphs])
    torch.testing.assert_close(node(encoding, *graphs), separate, atol=1e-6, rtol=1e-5)
    assert separate.isfinite().all() and separate.shape == (sum(data.num_nodes for data in graphs), 8)
    assert torch.equal(torch.get_rng_state(), state)


def test_edges_are_followed_either_way_once_and_without_weights(weights: str) -> None:
    encoding = Gpse(weights)
    expected = node(encoding, graph(4, [(0, 1), (1, 2)]))
    weighted = graph(4, [(0, 1), (1, 2)])
    weighted.edge_weight = torch.tensor([1.0, 3.0, 1.0, 3.0])
    assert torch.equal(node(encoding, weighted), expected)
    assert torch.equal(node(encoding, graph(4, [(0, 1), (0, 1), (1, 2)])), expected)
    with pytest.warns(UserWarning, match="symmetrised"):
        assert torch.equal(node(encoding, graph(4, [(0, 1), (1, 2)], both_directions=False)), expected)


def test_relabelling_with_the_features_alongside_permutes_it(weights: str, monkeypatch: pytest.MonkeyPatch) -> None:
    encoding, place = Gpse(weights), torch.tensor([2, 0, 3, 1])
    data = AWKWARD["isolated node"]
    moved = Data(edge_index=place[data.edge_index], num_nodes=4)
    features = torch.randn(4, 6)
    monkeypatch.setattr("mspe.encodings.catalogue.gpse.node_noise", lambda layout, channels: features)
    before = node(encoding, data)
    monkeypatch.setattr("mspe.encodings.catalogue.gpse.node_noise", lambda layout, channels: features[place.argsort()])
    torch.testing.assert_close(node(encoding, moved)[place], before, atol=1e-6, rtol=1e-5)


def test_a_published_checkpoint_and_a_model_without_norms_are_read(weights: str, tmp_path: Path) -> None:
    state = {f"model.{name}": value for name, value in pretrained().state_dict().items()}
    torch.save({"model_state": state, "optimizer_state": {}}, tmp_path / "published.pt")
    published = Gpse(str(tmp_path / "published.pt"))
    assert torch.equal(node(published, cycle(5)), node(Gpse(weights), cycle(5)))
    torch.manual_seed(0)
    torch.save(GPSE(**SIZE, has_bn=False).state_dict(), tmp_path / "plain.pt")
    assert node(Gpse(str(tmp_path / "plain.pt")), cycle(5)).shape == (5, 8)


def test_it_is_stored_never_trained_and_its_bank_knows_the_file(weights: str) -> None:
    params = EncodingParams.model_validate({"gpse": {"weights": weights}, "node": False, "pair": False})
    config = params.resolve(GraphStatistics(max_nodes=6))
    bank = EncodingSet.from_config(config)
    assert [encoding.name for encoding in bank.stored] == ["gpse"] and not list(bank.parameters())
    assert not bank.state_dict() and bank.node_channels == [f"gpse({number})" for number in range(1, 9)]
    assert bank.config().others["gpse"]["checksum"] == config.others["gpse"]["checksum"]
    key = bank.key
    torch.save(pretrained(seed=1).state_dict(), weights)
    assert EncodingSet.from_config(params.resolve(GraphStatistics(max_nodes=6))).key != key
    with pytest.raises(MspeError, match=r"gpse.weights: .*gpse.pt has the checksum .*; restore that file, or encode"):
        next(iter(EncodingSet.from_config(config))).node(view_of(cycle(4)))  # type: ignore[operator]


@pytest.mark.parametrize("backend", ["dense", "chebyshev"])
def test_a_model_takes_what_is_stored_without_the_file_and_computes_the_same(weights: str, backend: str) -> None:
    packed = PackedGraphs.from_list(list(AWKWARD.values()))
    bank = EncodingSet.from_config({"gpse": {"weights": weights}, "node": False, "pair": False})
    spectrum = compute_spectrum(packed, backend=backend)  # type: ignore[arg-type]
    encoded = packed.with_fields_of(bank.encode_nodes(spectrum, lambda: packed)).collate(range(len(packed)))
    model = get_model("gps", num_features=0, num_classes=1, bank=bank.config(), hidden_dim=16, num_layers=1).eval()
    computed = model(packed.collate(range(len(packed))))
    Path(weights).unlink()
    again = get_model("gps", num_features=0, num_classes=1, bank=bank.config(), hidden_dim=16, num_layers=1).eval()
    again.load_state_dict(model.state_dict())
    torch.testing.assert_close(again(encoded), computed, atol=1e-5, rtol=1e-5)
    with pytest.raises(MspeError, match=re.escape(f"{weights}: no such file, allowed: one with the weights of a GPSE")):
        again(packed.collate(range(len(packed))))


@pytest.mark.parametrize(
    "content",
    [
        {"weight": torch.zeros(2)},
        {"pre_mp.Layer_0.layer.model.weight": torch.zeros(8, 6)},
        {"pre_mp.Layer_0.layer.model.weight": torch.zeros(8)},
        {"pre_mp.Layer_0.layer.model.weight": 3},
        {"model_state": 3},
        [1, 2],
        None,
    ],
    ids=str,
)
def test_a_missing_or_a_foreign_file_is_refused_in_one_line(tmp_path: Path, content: object) -> None:
    path = tmp_path / "other.pt"
    with pytest.raises(MspeError, match=r"^encodings.gpse.weights: .*other.pt: no such file.*where it is$"):
        Gpse(str(path))
    torch.save(content, path) if content is not None else path.write_bytes(b"nothing of torch")
    with pytest.raises(MspeError, match=r"^encodings.gpse.weights: .*other.pt: no weights of a GPSE model.*point$"):
        Gpse(str(path))


def test_a_file_that_the_pipeline_does_not_watch_is_refused_by_it_alone(weights: str) -> None:
    params = EncodingParams(gpse={"weights": weights})  # type: ignore[call-arg]
    assert params.resolve(GraphStatistics(max_nodes=9)).others["gpse"]["weights"] == weights
    with pytest.raises(
        MspeError, match=rf"^encodings.gpse: reads {re.escape(weights)}, which encodings.files does not"
    ):
        params.check_files()
    EncodingParams(gpse=weights, files=[weights]).check_files()  # type: ignore[call-arg, arg-type]
    EncodingParams(gpse=None, preset="none").check_files()  # type: ignore[call-arg]
