"""PEARL: relabelling, unions, batches, random numbers, what it tells apart, and training on it."""

import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import InterruptionError, MspeError
from mspe.encodings import BatchEncodings, EncodingSet, GraphStatistics, Pearl
from mspe.graphs import DenseLayout, GraphLoader, PackedGraphs
from mspe.models import get_model
from mspe.training import Trainer, get_optimizer, set_seed
from tests.conftest import AWKWARD, complete, cycle, graph
from tests.encodings.catalogue.test_eigenvectors import relabelled
from tests.encodings.fixtures import view_of

VARIANTS = ["basis", "random"]


def pearl(variant: Literal["random", "basis"], **params: int) -> Pearl:
    torch.manual_seed(0)
    return Pearl(variant, **{"samples": 32, "channels": 4, "layers": 3, **params}).double().eval()


def union(*parts: Data) -> Data:
    batch = PackedGraphs.from_list(list(parts)).collate(range(len(parts)))
    return Data(edge_index=batch.edge_index, num_nodes=batch.num_nodes)


def circulant(skip: int, size: int = 11) -> Data:
    """CSL: a cycle with skip links, in which every node looks the same."""
    return graph(size, [(i, (i + step) % size) for i in range(size) for step in (1, skip)])


def test_basis_permutes_with_the_nodes(awkward: Data) -> None:
    place = torch.randperm(awkward.num_nodes, generator=torch.Generator().manual_seed(1))
    encoding = pearl("basis")
    before, after = encoding.node(view_of(awkward)), encoding.node(view_of(relabelled(awkward, place)))
    torch.testing.assert_close(after[place], before)


def test_random_permutes_with_nodes_and_inputs_together(monkeypatch: pytest.MonkeyPatch) -> None:
    data, place = AWKWARD["isolated node"], torch.tensor([2, 0, 3, 1])
    inputs, encoding = torch.randn(4, 32, dtype=torch.float64), pearl("random")
    monkeypatch.setattr(Pearl, "_samples", lambda self, graphs: inputs)
    before = encoding.node(view_of(data))
    monkeypatch.setattr(Pearl, "_samples", lambda self, graphs: inputs[place.argsort()])
    torch.testing.assert_close(encoding.node(view_of(relabelled(data, place)))[place], before)


def test_random_is_equivariant_up_to_an_error_that_more_samples_lower() -> None:
    few, many = (pearl("random", samples=samples).node(view_of(circulant(2))).std(dim=0) for samples in (10, 1000))
    assert (many < 0.3 * few).all()  # every node of a circulant is the same; 0.1 is expected


def test_basis_encodes_a_disjoint_union_as_its_parts() -> None:
    encoding, parts = pearl("basis"), list(AWKWARD.values())
    torch.testing.assert_close(
        encoding.node(view_of(union(*parts))), torch.cat([encoding.node(view_of(part)) for part in parts])
    )


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_batch_is_encoded_as_its_graphs(variant: str) -> None:
    encoding, graphs = pearl(variant), list(AWKWARD.values())
    torch.testing.assert_close(
        encoding.node(view_of(*graphs)), torch.cat([encoding.node(view_of(data)) for data in graphs])
    )


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_batch_of_several_blocks_is_encoded_as_its_graphs(variant: str) -> None:
    graphs = [cycle(3), cycle(4), graph(70, [(i, i + 1) for i in range(69)]), cycle(5)]
    bank = EncodingSet([pearl(variant)])
    separate = [bank.encodings[0].node(view_of(data)) for data in graphs]  # type: ignore[operator]
    batch = PackedGraphs.from_list(graphs).collate(range(4))
    blocks = DenseLayout.blocks(batch.ptr)
    assert len(blocks) > 1
    torch.testing.assert_close(BatchEncodings(bank, batch, blocks).node(), torch.cat(separate))


@pytest.mark.parametrize("variant", VARIANTS)
def test_mixed_precision_stays_near_full_precision(variant: str) -> None:
    encoding, view = pearl(variant).float(), view_of(circulant(2), circulant(3), dtype=torch.float32)
    full = encoding.node(view)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        mixed = encoding.node(view)
    assert (full - mixed).abs().mean() < 0.05 * full.abs().mean()


def test_of_nodes_without_edges_basis_is_all_the_same() -> None:
    encoding = pearl("basis")
    single = encoding.node(view_of(graph(1, [])))
    torch.testing.assert_close(encoding.node(view_of(graph(4, []))), single.expand(4, -1))
    torch.testing.assert_close(encoding.node(view_of(graph(4, [(0, 1), (1, 2)])))[3:], single)
    assert single.isfinite().all() and single.abs().max() > 0


@pytest.mark.parametrize("variant", VARIANTS)
def test_its_parameters_are_trained_in_single_precision(variant: str) -> None:
    encoding = pearl(variant).float().train()
    node = encoding.node(view_of(cycle(5), complete(4), dtype=torch.float32))
    node.square().sum().backward()
    assert node.dtype == torch.float32 and not encoding.stored
    assert all(parameter.grad.abs().max() > 0 for parameter in encoding.parameters())


def test_random_inputs_are_new_while_training_and_fixed_in_evaluation() -> None:
    encoding, view = pearl("random"), view_of(cycle(5))
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    assert torch.equal(encoding.node(view), encoding.node(view))
    assert torch.equal(torch.rand(1), expected)  # no generator has moved
    encoding.train()
    first, second = encoding.node(view), encoding.node(view)
    assert not torch.equal(first, second)
    torch.manual_seed(3)
    again = encoding.node(view)
    torch.manual_seed(3)
    assert torch.equal(encoding.node(view), again)


def test_weights_matter() -> None:
    weighted = cycle(4)
    weighted.edge_weight = torch.tensor([1.0, 2.0, 3.0, 4.0]).repeat(2)
    node = pearl("basis").node(view_of(weighted))
    assert node.std(dim=0).min() > 1e-4 and pearl("basis").node(view_of(cycle(4))).std(dim=0).max() < 1e-12


def test_basis_inputs_tell_circulants_apart_and_name_large_graphs() -> None:
    one, other = (pearl("basis").node(view_of(circulant(skip))) for skip in (2, 3))
    assert (one.mean(dim=0) - other.mean(dim=0)).abs().max() > 1e-4
    torch.testing.assert_close(one, one[:1].expand(11, -1))
    message = "encodings.pearl.variant: got basis, and a graph of 513 nodes, allowed: up to 512; set .*=random"
    with pytest.raises(MspeError, match=message):
        Pearl.resolve(Pearl.Params(variant="basis"), GraphStatistics(max_nodes=513))
    with pytest.raises(MspeError, match=message):
        pearl("basis").node(view_of(graph(513, [])))
    assert Pearl.resolve(Pearl.Params(), GraphStatistics(max_nodes=513)) == Pearl.Params()


def circulants() -> PackedGraphs:
    """Two kinds of circulants, nodes in random order."""
    generator = torch.Generator().manual_seed(0)
    graphs = []
    for number in range(24):
        data = relabelled(circulant(2 + number % 2), torch.randperm(11, generator=generator))
        data.y = torch.tensor([[float(number % 2)]])
        graphs.append(data)
    return PackedGraphs.from_list(graphs)


def trainer(folder: Path, bank: object, seed: int = 0) -> Trainer:
    set_seed(seed)
    options = {"hidden_dim": 16, "num_layers": 1, "node_dim": 8, "norm": "layer"}
    model = get_model("gine", num_features=0, num_classes=1, bank=bank, **options)  # type: ignore[arg-type]
    return Trainer(model, get_optimizer(model, lr=1e-2), checkpoint_dir=folder, device="cpu", log_every=1)


def loaders() -> tuple[GraphLoader, GraphLoader]:
    return GraphLoader(circulants(), 8, shuffle=True), GraphLoader(circulants(), 24)


def bank_of(variant: str) -> dict:
    return {"pearl": {"variant": variant, "samples": 8, "channels": 4, "layers": 3}, "node": False, "pair": False}


def test_a_model_learns_from_basis_inputs_what_it_cannot_learn_without(tmp_path: Path) -> None:
    losses = [
        trainer(tmp_path / name, bank).fit(*loaders(), epochs=15)["val_loss"][-1]
        for name, bank in {"with": bank_of("basis"), "without": "none"}.items()
    ]
    assert losses[0] < 0.02 and losses[1] > 0.2  # half of the graphs are 1: 0.25 is the variance


def test_a_resumed_run_repeats_the_random_inputs_and_its_checkpoint_predicts(tmp_path: Path) -> None:
    whole = trainer(tmp_path / "whole", bank_of("random"))
    expected = whole.fit(*loaders(), epochs=3)
    stopped = trainer(tmp_path / "stopped", bank_of("random"))

    def stop(metrics: Mapping[str, float], step: int, prefix: str) -> None:
        if step == 5 and prefix == "train":
            signal.raise_signal(signal.SIGTERM)

    stopped.add_log_hook(stop)
    with pytest.raises(InterruptionError, match="after step 5"):
        stopped.fit(*loaders(), epochs=3, resume_path=tmp_path / "state.pt")
    resumed = trainer(tmp_path / "stopped", bank_of("random"), seed=77)
    assert resumed.fit(*loaders(), epochs=3, resume_path=tmp_path / "state.pt") == expected
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, resumed.model.state_dict()[name]), name

    path = whole.save_checkpoint("saved.pt")
    loaded = trainer(tmp_path / "loaded", bank_of("random"), seed=5)
    loaded.load_checkpoint(path)
    assert_same_predictions(whole, loaded)


def assert_same_predictions(*trainers: Trainer) -> None:
    outputs: list[Tensor] = [one.predict(loaders()[1]) for one in trainers]
    assert torch.equal(outputs[0], outputs[1])


def test_a_bank_with_it_survives_its_configuration() -> None:
    bank = EncodingSet.from_config({"pearl": True, "degree": True})
    assert bank.node_channels == ["degree", *(f"pearl({number})" for number in range(1, 17))]
    assert EncodingSet.from_config(bank.config()).config() == bank.config()
    assert bank.batch_needs == {"edges"}
