"""SPE: invariances of basis, relabelling, unions and batches, against its definition, and training on it."""

from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.encodings import BatchEncodings, EncodingSet, GraphView, Spectrum, Stable, compute_spectrum
from mspe.encodings.spectrum.laplacian import normalized_laplacian
from mspe.graphs import DenseLayout, GraphLoader, PackedGraphs
from mspe.models import get_model
from mspe.training import Trainer, get_optimizer, set_seed
from tests.conftest import AWKWARD, complete, cycle, graph
from tests.encodings.catalogue.test_eigenvectors import relabelled
from tests.encodings.catalogue.test_pearl import circulants, union
from tests.encodings.fixtures import adjacency, view_of


def stable(filters: int = 3, channels: int = 4, layers: int = 2) -> Stable:
    torch.manual_seed(0)
    return Stable(filters, channels, layers).double()


def turned(data: Data) -> GraphView:
    """A graph whose eigenspaces have another basis and other signs."""
    view = view_of(data)
    spectrum = view.spectrum
    values, vectors = spectrum.eigenvalues[0].round(decimals=9), spectrum.eigenvectors[0].clone()
    for value in values.unique():
        members = torch.nonzero(values == value).flatten()
        rotation, _ = torch.linalg.qr(torch.randn(len(members), len(members), dtype=torch.float64))
        vectors[:, members] = -vectors[:, members] @ rotation
    other = Spectrum(spectrum.eigenvalues, vectors[None], spectrum.sqrt_degree)
    return GraphView(view.layout, dict, lambda: other, lambda: (view.edge_index, None))


def test_signs_and_bases_of_eigenvectors_change_nothing(awkward: Data) -> None:
    encoding, data = stable(), awkward
    torch.testing.assert_close(encoding.node(turned(data)), encoding.node(view_of(data)), atol=1e-10, rtol=0)


def test_it_is_the_network_of_functions_of_the_laplacian() -> None:
    data, encoding = AWKWARD["isolated node"], stable(filters=1, channels=3, layers=1)
    laplacian = normalized_laplacian(adjacency(data)[None])[0][0]
    step = torch.eye(4, dtype=torch.float64) - laplacian
    encoding.filters.network = Powers()  # type: ignore[assignment]
    states = (laplacian @ laplacian)[..., None] @ encoding.network.input.weight.T  # [nodes, columns, width]
    own, passed = encoding.network.own[0].weight, encoding.network.passed[0].weight
    received = torch.einsum("ij,jcw->icw", step, states @ passed.T)
    states = states + torch.nn.functional.silu(states @ own.T + received)
    expected = states.sum(dim=1) @ encoding.network.output.weight.T
    torch.testing.assert_close(encoding.node(view_of(data)), expected, atol=1e-10, rtol=0)


class Powers(torch.nn.Module):
    """φ(λ) = λ²."""

    def __init__(self) -> None:
        super().__init__()
        self.precision = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))

    def forward(self, eigenvalues: Tensor) -> Tensor:
        return eigenvalues.square()


def test_relabelling_permutes_it(awkward: Data) -> None:
    place = torch.randperm(awkward.num_nodes, generator=torch.Generator().manual_seed(1))
    encoding = stable()
    before, after = encoding.node(view_of(awkward)), encoding.node(view_of(relabelled(awkward, place)))
    torch.testing.assert_close(after[place], before, atol=1e-10, rtol=0)


def test_a_disjoint_union_and_a_batch_are_encoded_as_their_graphs() -> None:
    encoding, graphs = stable(), list(AWKWARD.values())
    expected = torch.cat([encoding.node(view_of(data)) for data in graphs])
    torch.testing.assert_close(encoding.node(view_of(union(*graphs))), expected, atol=1e-10, rtol=0)
    torch.testing.assert_close(encoding.node(view_of(*graphs)), expected, atol=1e-10, rtol=0)


def test_a_batch_of_several_blocks_is_encoded_as_its_graphs() -> None:
    graphs = [cycle(3), cycle(4), graph(70, [(i, i + 1) for i in range(69)]), cycle(5)]
    bank, packed = EncodingSet([stable()]), PackedGraphs.from_list(graphs)
    separate = [bank.encodings[0].node(view_of(data)) for data in graphs]  # type: ignore[operator]
    batch = packed.with_fields_of(compute_spectrum(packed, dtype=torch.float64)).collate(range(4))
    blocks = DenseLayout.blocks(batch.ptr)
    assert len(blocks) > 1
    torch.testing.assert_close(BatchEncodings(bank, batch, blocks).node(), torch.cat(separate), atol=1e-8, rtol=0)


def test_mixed_precision_stays_near_full_precision() -> None:
    encoding, view = stable().float(), view_of(*AWKWARD.values(), dtype=torch.float32)
    full = encoding.node(view)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        mixed = encoding.node(view)
    assert (full - mixed).abs().mean() < 0.05 * full.abs().mean()


def test_nodes_without_edges_are_all_the_same() -> None:
    encoding = stable()
    single = encoding.node(view_of(graph(1, [])))
    torch.testing.assert_close(encoding.node(view_of(graph(4, []))), single.expand(4, -1))
    torch.testing.assert_close(encoding.node(view_of(graph(4, [(0, 1), (1, 2)])))[3:], single)


def test_its_parameters_are_trained_in_single_precision() -> None:
    encoding = stable().float()
    node = encoding.node(view_of(cycle(5), graph(4, [(0, 1), (1, 2)]), dtype=torch.float32))
    node.square().sum().backward()
    assert node.dtype == torch.float32 and not encoding.stored
    assert all(parameter.grad.abs().max() > 0 for parameter in encoding.parameters())


def test_a_small_change_of_weights_changes_it_little_also_where_eigenvalues_meet() -> None:
    """The repeated eigenvalues of a cycle part, and its eigenvectors change altogether; the encoding does not."""
    encoding, weighted = stable(), cycle(6)
    expected = encoding.node(view_of(weighted))
    for change in (1e-3, 1e-6):
        weighted.edge_weight = 1.0 + change * torch.arange(6.0, dtype=torch.float64).repeat(2)
        assert (encoding.node(view_of(weighted)) - expected).abs().max() < 100 * change


def test_graphs_too_large_for_eigenvectors_are_refused() -> None:
    large = PackedGraphs.from_list([graph(600, [(0, 1)]), complete(4)])
    spectrum = compute_spectrum(large, backend="auto")
    batch = large.with_fields_of(spectrum).collate([0, 1])
    model = get_model("gps", num_features=0, num_classes=1, bank={"stable": True, "node": False, "pair": False})
    with pytest.raises(MspeError, match=r"encodings.stable: needs eigenvectors, which a graph of 600 nodes .*=dense"):
        model(batch)


def test_a_model_learns_from_it_tells_circulants_apart_and_is_saved_whole(tmp_path: Path) -> None:
    def trainer(seed: int) -> Trainer:
        set_seed(seed)
        bank = {"stable": {"filters": 8, "channels": 8, "layers": 2}, "node": False, "pair": False}
        options = {"hidden_dim": 16, "num_layers": 1, "node_dim": 8, "norm": "layer", "bank": bank}
        model = get_model("gine", num_features=0, num_classes=1, **options)  # type: ignore[arg-type]
        return Trainer(model, get_optimizer(model, lr=1e-2), checkpoint_dir=tmp_path, device="cpu")

    graphs = circulants().with_fields_of(compute_spectrum(circulants()))
    test = GraphLoader(graphs, 24)
    trained = trainer(0)
    assert trained.fit(GraphLoader(graphs, 8, shuffle=True), test, epochs=30)["val_loss"][-1] < 0.02
    loaded = trainer(1)
    loaded.load_checkpoint(trained.save_checkpoint("saved.pt"))
    assert torch.equal(loaded.predict(test), trained.predict(test))


def test_a_bank_with_it_survives_its_configuration() -> None:
    bank = EncodingSet.from_config({"stable": {"filters": 2, "channels": 3}, "eigenvector_distance": 4})
    assert bank.node_channels == ["stable(1)", "stable(2)", "stable(3)"]
    assert bank.pair_channels == ["eigenvector_distance(4)"]
    assert EncodingSet.from_config(bank.config()).config() == bank.config()
    assert bank.batch_needs == {"spectrum", "edges"}
