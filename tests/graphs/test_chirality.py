"""Stereocentres by CIP labels."""

import pytest
import torch
from rdkit import Chem

from mspe.common.errors import MspeError
from mspe.graphs.chirality import COLUMN, check_chirality, number_stereocentres


@pytest.mark.parametrize(
    ("smiles", "numbers"),
    [
        ("CCO", {0}),
        ("N[C@@H](C)C(=O)O", {0, 10}),
        ("N[C@H](C)C(=O)O", {0, 9}),
        ("C[C@H]1CC[C@@H](C)CC1", {0, 12}),
        ("C[C@H]1CC[C@H](C)CC1", {0, 11}),
        ("Cl[Pt@SP1](Cl)(N)N", {0, 6}),  # PyG's number of square planar, which has no label here
    ],
)
def test_labels_have_numbers_of_their_own(smiles: str, numbers: set[int]) -> None:
    assert set(number_stereocentres(Chem.MolFromSmiles(smiles))) == numbers


def test_the_molecule_is_left_as_it_is() -> None:
    molecule = Chem.MolFromSmiles("C[C@H]1CC[C@@H](C)CC1")
    before = molecule.ToBinary(Chem.PropertyPickleOptions.AllProps)
    number_stereocentres(molecule)
    assert molecule.ToBinary(Chem.PropertyPickleOptions.AllProps) == before


def test_where_labels_take_too_long_every_centre_has_none() -> None:
    molecule = Chem.MolFromSmiles("C12C3C4C5C1C6C7C2C8C3C9C4C1C5C6C2C7C8C9C12")
    for atom in molecule.GetAtoms():
        atom.SetChiralTag(Chem.ChiralType.CHI_TETRAHEDRAL_CW)
    assert set(number_stereocentres(molecule)) == {13}


def test_labels_and_the_order_of_neighbours_do_not_mix() -> None:
    vocabularies = [(0,)] * 9
    x = torch.zeros(2, 9, dtype=torch.long)
    for known, value, message in (((0, 1, 2), 9, "train it again"), ((0, 9, 10), 1, "give it SMILES")):
        vocabularies[COLUMN] = known
        x[0, COLUMN] = value
        with pytest.raises(MspeError, match=message):
            check_chirality(tuple(vocabularies), x)
        check_chirality(tuple(vocabularies), torch.zeros_like(x))
        check_chirality(tuple(vocabularies[:8]), x[:, :8])  # no features of atoms
    vocabularies[COLUMN] = (0,)
    check_chirality(tuple(vocabularies), x)  # unknown to the model either way
