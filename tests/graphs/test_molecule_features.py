"""Atoms and bonds are numbered as PyG numbers them."""

import pytest
from rdkit import Chem
from torch_geometric.utils import from_rdmol

from mspe.graphs.chirality import COLUMN, number_stereocentres
from mspe.graphs.molecule_features import read_features

MOLECULES = (
    *("C", "*", "[Na+].[Cl-]", "CC(=O)Oc1ccccc1C(=O)O", "F/C=C/F", "F/C=C\\F", "C[C@H](F)Cl", "N[C@@H](C)C(=O)O"),
    *(
        "[CH3]",
        "[O]",
        "C1CC1",
        "c1ccc2[nH]ccc2c1",
        "F[S](F)(F)(F)(F)F",
        "F[P](F)(F)(F)F",
        "C#N",
        "[Fe+2]",
        "[N-]=[N+]=N",
    ),
    *("C[C@@]12CCC(=O)C=C1CC[C@H]1[C@H]2CC[C@]2(C)[C@H]1CC[C@@]2(C)O", "CC=[C@]=CC", "[2H]C", "O=S(=O)(O)O", "C->[Fe]"),
)


@pytest.mark.parametrize("smiles", MOLECULES)
def test_features_are_those_of_pyg_with_stereocentres_by_their_labels(smiles: str) -> None:
    molecule = Chem.MolFromSmiles(smiles)
    features, expected = read_features(molecule), from_rdmol(molecule)
    expected.x[:, COLUMN] = expected.x.new_tensor(number_stereocentres(molecule))
    assert features is not None and list(map(list, features.atoms)) == expected.x.tolist()
    ends, rows = expected.edge_index.T.tolist(), expected.edge_attr.tolist()
    edges = dict(zip(map(tuple, ends), map(tuple, rows), strict=True))
    assert dict(zip(features.ends, features.bonds, strict=True)).items() <= edges.items()
    assert 2 * len(features.ends) == len(edges)


@pytest.mark.parametrize("smiles", ["[C-6]", "[U+7]", "[CH9]", "[C+7]"])
def test_what_pyg_has_no_number_for_has_no_features(smiles: str) -> None:
    molecule = Chem.MolFromSmiles(smiles, sanitize=False)
    molecule.UpdatePropertyCache(strict=False)
    Chem.FastFindRings(molecule)
    assert read_features(molecule) is None
