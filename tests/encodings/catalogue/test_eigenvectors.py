"""Laplacian eigenvectors: their definition, eigenspaces, components, signs, the sparse solver."""

import pytest
import torch
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.encodings import Eigenvectors, EncodingParams, EncodingSet, GraphStatistics, compute_spectrum
from mspe.encodings.catalogue.eigenvectors import Laplacian, sparse_eigenvectors
from mspe.encodings.spectrum import lanczos
from mspe.encodings.spectrum.laplacian import normalized_laplacian
from mspe.graphs import PackedGraphs
from mspe.models import get_model
from tests.conftest import complete, cycle, graph
from tests.encodings.fixtures import adjacency, random_weighted, weighted

PATH = graph(5, [(i, i + 1) for i in range(4)])


def grid(rows: int, columns: int) -> Data:
    across = [(columns * i + j, columns * i + j + 1) for i in range(rows) for j in range(columns - 1)]
    down = [(columns * i + j, columns * (i + 1) + j) for i in range(rows - 1) for j in range(columns)]
    return graph(rows * columns, across + down)


def eigenvectors(data: Data, count: int, laplacian: Laplacian = "normalized") -> torch.Tensor:
    spectrum = compute_spectrum(PackedGraphs.from_list([data]), dtype=torch.float64, operators=[laplacian])
    return EncodingSet([Eigenvectors(count, laplacian)]).encode_nodes(spectrum).fields["node_encoding"]


def test_they_are_eigenvectors_in_ascending_order_without_the_trivial_one() -> None:
    laplacian, root = normalized_laplacian(adjacency(PATH)[None])
    vectors = eigenvectors(PATH, 4)
    values = torch.linalg.eigvalsh(laplacian[0])[1:]
    torch.testing.assert_close(laplacian[0] @ vectors, vectors * values)
    torch.testing.assert_close(root @ vectors, torch.zeros(1, 4).double(), atol=1e-10, rtol=0)


def test_the_fiedler_vector_separates_two_cliques() -> None:
    edges = (
        [(i, j) for i in range(5) for j in range(i)] + [(5 + i, 5 + j) for i in range(5) for j in range(i)] + [(0, 5)]
    )
    first = eigenvectors(graph(10, edges), 1)[:, 0]
    assert (first[:5].sign() == first[0].sign()).all() and (first[5:].sign() == -first[0].sign()).all()


def test_a_split_eigenspace_is_left_out_and_few_nodes_are_padded() -> None:
    assert eigenvectors(complete(5), 3).abs().max() == 0  # one space of four: none of it fits
    assert eigenvectors(cycle(6), 3)[:, 2].abs().max() == 0 and eigenvectors(cycle(6), 3)[:, :2].abs().min() >= 0
    padded = eigenvectors(graph(3, [(0, 1), (1, 2)]), 5)
    assert padded[:, 2:].abs().max() == 0 and padded[:, :2].norm(dim=0).tolist() == pytest.approx([1, 1])
    assert eigenvectors(graph(1, []), 2).tolist() == [[0, 0]]


def test_the_null_space_of_several_components_loses_only_the_trivial_direction() -> None:
    data = graph(5, [(0, 1), (1, 2), (3, 4)])
    vector = eigenvectors(data, 1)[:, 0]
    _, root = normalized_laplacian(adjacency(data)[None])
    scaled = vector / root[0]
    assert scaled[:3].std() < 1e-10 and scaled[3:].std() < 1e-10 and scaled[0] * scaled[3] < 0
    assert abs(float(vector @ root[0])) < 1e-10


def test_signs_are_fixed_and_the_sparse_solver_agrees() -> None:
    generator = torch.Generator().manual_seed(1)
    pairs = torch.randint(0, 60, (2, 150), generator=generator)
    data = Data(edge_index=torch.cat([pairs, pairs.flip(0)], 1), num_nodes=60)
    dense = eigenvectors(data, 4)
    torch.testing.assert_close(sparse_eigenvectors(data.edge_index, None, 60, 4), dense, atol=1e-6, rtol=0)
    two = PackedGraphs.from_list([data, cycle(7)])
    large = compute_spectrum(two, dtype=torch.float64, backend="chebyshev")
    both = EncodingSet([Eigenvectors(4)]).encode_nodes(large, lambda: two).fields["node_encoding"]
    torch.testing.assert_close(both[:60], dense, atol=1e-6, rtol=0)
    assert dense.gather(0, dense.abs().argmax(0, keepdim=True)).min() > 0


def test_eigenvalues_that_cannot_be_told_apart_are_refused_with_what_needs_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on a long path, whose inverse would be taken, were its factors not said to be too large here."""
    monkeypatch.setattr(lanczos, "_MOST_FILL", 0)
    path = graph(3000, [(i, i + 1) for i in range(2999)])
    with pytest.raises(
        MspeError, match=r"^encodings.eigenvectors.count: the 4 smallest .* 3000 nodes .*walk, heat"
    ) as e:
        sparse_eigenvectors(path.edge_index, None, 3000, 4)
    assert "\n" not in str(e.value)


def test_a_warning_says_where_the_smallest_eigenvalues_count_as_one(caplog: pytest.LogCaptureFixture) -> None:
    """On a path of 1,000 nodes the fourth is 1 − cos(3π/999), that is 4e-5."""
    path = graph(1000, [(i, i + 1) for i in range(999)])
    assert not sparse_eigenvectors(path.edge_index, None, 1000, 3).any()
    assert (
        "a graph of 1000 nodes has zeros alone: eigenvalues less than 0.0001 apart count as one, and 3 would"
        in caplog.text
    )
    assert "walk or heat" in caplog.text


def relabelled(data: Data, place: torch.Tensor) -> Data:
    """The same graph whose node i is called place[i]."""
    return Data(edge_index=place[data.edge_index], num_nodes=data.num_nodes)


def simple_graphs() -> list[Data]:
    """Random graphs and trees of distinct eigenvalues."""
    generator = torch.Generator().manual_seed(0)
    found = []
    while len(found) < 40:
        size = int(torch.randint(5, 30, (1,), generator=generator))
        parents = [(int(torch.randint(0, i, (1,), generator=generator)), i) for i in range(1, size)]
        further = torch.randint(0, size, (size // 3 * (len(found) % 2), 2), generator=generator).tolist()
        data = graph(size, parents + [(i, j) for i, j in further if i != j])
        if torch.linalg.eigvalsh(normalized_laplacian(adjacency(data)[None])[0][0]).diff().min() > 1e-3:
            found.append(data)
    return found


def test_relabelling_permutes_the_eigenvectors_of_a_graph_without_symmetry() -> None:
    exact = 0
    for number, data in enumerate(simple_graphs()):
        place = torch.randperm(data.num_nodes, generator=torch.Generator().manual_seed(number))
        before, after = eigenvectors(data, 8), eigenvectors(relabelled(data, place), 8)[place]
        torch.testing.assert_close(after.abs(), before.abs(), atol=1e-6, rtol=0)
        exact += torch.allclose(after, before, atol=1e-6)
        as_sets = [sorted(map(tuple, vectors.round(decimals=4).add(0.0).tolist())) for vectors in (before, after)]
        torch.testing.assert_close(torch.tensor(as_sets[0]), torch.tensor(as_sets[1]), atol=2e-4, rtol=0)
    assert exact > 20  # the others have a symmetry, such as two leaves of one node, and agree up to it


@pytest.mark.parametrize("data", [PATH, graph(8, [(i, i + 1) for i in range(7)]), grid(3, 4), grid(2, 7)], ids=str)
def test_of_a_symmetric_graph_the_signs_fit_each_other(data: Data) -> None:
    expected = sorted(map(tuple, eigenvectors(data, 7).round(decimals=4).add(0.0).tolist()))
    for seed in range(10):
        place = torch.randperm(data.num_nodes, generator=torch.Generator().manual_seed(seed))
        found = sorted(map(tuple, eigenvectors(relabelled(data, place), 7).round(decimals=4).add(0.0).tolist()))
        torch.testing.assert_close(torch.tensor(found), torch.tensor(expected), atol=2e-4, rtol=0)


def test_of_repeated_eigenvalues_only_the_spaces_do_not_depend_on_the_order() -> None:
    data, place = cycle(7), torch.tensor([3, 0, 5, 1, 6, 2, 4])
    before, after = eigenvectors(data, 6), eigenvectors(relabelled(data, place), 6)[place]
    assert not torch.allclose(before.abs(), after.abs(), atol=1e-3)
    for first in (0, 2, 4):
        space, turned = before[:, first : first + 2], after[:, first : first + 2]
        torch.testing.assert_close(turned @ turned.T, space @ space.T, atol=1e-6, rtol=0)


def test_a_model_of_eigenvectors_gives_relabelled_graphs_the_same_output() -> None:
    torch.manual_seed(0)
    model = get_model("gps", num_features=0, num_classes=1, bank="lappe", hidden_dim=16, num_layers=2).eval()
    graphs = [*simple_graphs(), grid(3, 4), PATH]
    places = [torch.randperm(data.num_nodes, generator=torch.Generator().manual_seed(1)) for data in graphs]
    moved = [relabelled(data, place) for data, place in zip(graphs, places, strict=True)]
    outputs = [model(PackedGraphs.from_list(part).collate(range(len(part)))) for part in (graphs, moved)]
    torch.testing.assert_close(outputs[0], outputs[1], atol=1e-5, rtol=1e-5)


OTHERS: list[Laplacian] = ["combinatorial", "adjacency"]


def test_those_of_the_combinatorial_laplacian_ascend_without_the_constant_one() -> None:
    data = random_weighted(0)
    matrix = adjacency(data)
    laplacian = matrix.sum(dim=1).diag() - matrix
    vectors = eigenvectors(data, 9, "combinatorial")
    torch.testing.assert_close(laplacian @ vectors, vectors * torch.linalg.eigvalsh(laplacian)[1:])
    torch.testing.assert_close(vectors.sum(dim=0), torch.zeros(9).double(), atol=1e-10, rtol=0)


def test_those_of_the_adjacency_descend_from_eigenvector_centrality() -> None:
    data = random_weighted(1)
    matrix, vectors = adjacency(data), eigenvectors(data, 10, "adjacency")
    torch.testing.assert_close(matrix @ vectors, vectors * torch.linalg.eigvalsh(matrix).flip(0))
    assert bool((vectors[:, 0] > 0).all())
    assert eigenvectors(graph(1, []), 2, "adjacency").tolist() == [[1, 0]]


@pytest.mark.parametrize("laplacian", OTHERS)
@pytest.mark.parametrize("unit", [1e-6, 1e4])
def test_they_do_not_depend_on_the_unit_of_the_weights(laplacian: Laplacian, unit: float) -> None:
    data = random_weighted(2)
    scaled = Data(edge_index=data.edge_index, edge_weight=unit * data.edge_weight, num_nodes=data.num_nodes)
    expected = eigenvectors(data, 5, laplacian)
    torch.testing.assert_close(eigenvectors(scaled, 5, laplacian), expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("laplacian", OTHERS)
def test_relabelling_permutes_them_and_a_split_eigenspace_is_left_out(laplacian: Laplacian) -> None:
    for seed in range(5):
        data = random_weighted(seed)
        place = torch.randperm(data.num_nodes, generator=torch.Generator().manual_seed(seed))
        moved = Data(edge_index=place[data.edge_index], edge_weight=data.edge_weight, num_nodes=data.num_nodes)
        torch.testing.assert_close(
            eigenvectors(moved, 6, laplacian)[place], eigenvectors(data, 6, laplacian), atol=1e-6, rtol=0
        )
    first = {"combinatorial": 0, "adjacency": 1}[laplacian]  # the constant one is one of the adjacency's
    assert eigenvectors(complete(5), 3, laplacian)[:, first:].abs().max() == 0
    assert eigenvectors(cycle(6), first + 3, laplacian)[:, first + 2].abs().max() == 0
    assert eigenvectors(cycle(6), first + 2, laplacian).norm(dim=0).tolist() == pytest.approx([1] * (first + 2))


def test_a_tiny_component_has_its_own_share_of_the_null_space() -> None:
    data = weighted(graph(5, [(0, 1), (1, 2), (3, 4)]), [1.0, 1.0, 1.0])
    vector = eigenvectors(data, 1, "combinatorial")[:, 0]
    assert vector[:3].std() < 1e-10 and vector[3:].std() < 1e-10 and vector[0] * vector[3] < 0


def test_the_short_form_stands_for_the_count_and_is_written_where_it_says_all() -> None:
    def bank(value: object) -> EncodingSet:
        params = EncodingParams.model_validate({"eigenvectors": value})
        statistics = GraphStatistics(max_nodes=50, sizes={4: 10, 7: 21, 50: 1})
        return EncodingSet.from_config(params.resolve(statistics))

    assert bank(8).config().others["eigenvectors"] == 8 and bank(8).node_channels[0] == "eigenvector(1)"
    assert bank({"count": 8}).key == bank(8).key
    mapping = {"count": 3, "laplacian": "adjacency"}
    assert bank(mapping).config().others["eigenvectors"] == mapping and bank(mapping).operators == {"adjacency"}
    assert EncodingSet.from_config(bank(mapping).config()).node_channels[0] == "adjacency eigenvector(1)"
    assert bank("auto").config().others["eigenvectors"] == 6  # of 7 nodes
    assert EncodingParams.model_validate({"eigenvectors": mapping}).operators() == ["adjacency"]
    large = GraphStatistics(max_nodes=900)
    assert EncodingParams.model_validate({"eigenvectors": "auto"}).resolve(large).others["eigenvectors"]["count"] == 16
    with pytest.raises(MspeError, match="count: got auto, which is read off a dataset's graphs"):
        EncodingSet.from_config({"eigenvectors": "auto"})
    with pytest.raises(ValueError, match=r"eigenvectors.laplacian: got 'signless', .*'normalized'"):
        EncodingParams.model_validate({"eigenvectors": {"count": 3, "laplacian": "signless"}})
