"""The list of encodings: complete, and true to what their classes do."""

import pytest
import torch
from torch_geometric.data import Data

from mspe.encodings import Encoding, EncodingSet
from mspe.encodings.about import About, encoding_table
from mspe.encodings.catalogue import CATALOGUE
from tests.encodings.fixtures import WL_VOCABULARY, view_of

OPTIONS = {
    "walk": {"steps": [2]},
    "heat": {"times": [1.0]},
    "wavelet": {"times": [1.0]},
    "ppr": {"restarts": [0.5]},
    "learned": {"channels": 1},
    "eigenvectors": {"count": 2},
    "distance": {"cap": 2},
    "roles": {"kinds": ["in_degree", "betweenness"]},
    "simple_paths": {"longest": 2},
    "eigenvector_distance": {"count": 2},
    "magnetic_eigenvectors": {"count": 2},
    "pearl": {"variant": "basis"},
    "random_features": {"channels": 1},
    "wl": {"vocabulary": WL_VOCABULARY},
}


def example(encoding: type[Encoding]) -> Encoding:
    params = encoding.Params(**OPTIONS.get(encoding.name, {}))  # type: ignore[arg-type]
    return encoding.from_params(params, trainable=False).eval()


def about(encoding: type[Encoding]) -> About:
    """Its own, not one that it inherits."""
    return vars(encoding)["about"]


catalogue = pytest.mark.parametrize(  # but for what needs a file of weights
    "encoding", [one for one in CATALOGUE if one.name != "gpse"], ids=lambda encoding: encoding.name
)


def test_every_encoding_has_a_line_of_its_own_that_fits() -> None:
    lines = encoding_table({encoding.name: encoding for encoding in CATALOGUE}).splitlines()
    assert [line.split()[0] for line in lines] == ["name", *(encoding.name for encoding in CATALOGUE)]
    assert max(map(len, lines)) <= 120
    assert len({about(encoding).what for encoding in CATALOGUE}) == len(CATALOGUE)


@catalogue
def test_places_are_those_of_its_channels(encoding: type[Encoding]) -> None:
    bank = EncodingSet([example(encoding)])
    assert about(encoding).places == tuple(
        place for place, names in (("node", bank.node_channels), ("pair", bank.pair_channels)) if names
    )


@catalogue
@pytest.mark.filterwarnings("ignore:directed edges")
def test_weights_and_direction_are_ignored_where_it_says_so(encoding: type[Encoding]) -> None:
    torch.manual_seed(0)
    one = example(encoding)
    edges = torch.tensor([[0, 1, 2, 3, 0, 4], [1, 2, 3, 0, 2, 3]])
    plain = Data(edge_index=torch.cat([edges, edges.flip(0)], dim=1), num_nodes=5)
    weighted = Data(edge_index=plain.edge_index, edge_weight=torch.tensor([1, 2, 3, 4, 5, 6.0]).repeat(2), num_nodes=5)
    directed = Data(edge_index=edges, num_nodes=5)
    assert about(encoding).weighted != _same(one, plain, weighted)
    assert about(encoding).directed != _same(one, plain, directed)


def _same(one: Encoding, first: Data, second: Data) -> bool:
    values = [torch.cat([one.node(view).flatten(), one.pair(view).flatten()]) for view in map(view_of, (first, second))]
    return torch.allclose(*values, atol=1e-6)
