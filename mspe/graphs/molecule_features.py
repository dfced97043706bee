"""Atoms and bonds of a molecule in PyG's categories. RDKit is imported where it is used."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from torch_geometric.utils.smiles import e_map, x_map

from mspe.graphs.chirality import COLUMN, FROM_ORDER, number_stereocentres

if TYPE_CHECKING:
    from rdkit.Chem import Mol

ATOM_COLUMNS, BOND_COLUMNS = len(x_map), len(e_map)


class MoleculeFeatures(NamedTuple):
    """Atoms and bonds as PyG's `from_rdmol` numbers them, read without a tensor per molecule.

    Attributes
    ----------
    atoms
        A row per atom: atomic number, chirality, degree, charge, hydrogens, radical electrons, hybridisation, aromatic,
        in a ring. Chirality is numbered by `number_stereocentres`, so that one molecule is one graph, however its
        SMILES is written.
    ends
        Of each bond, the numbers of its two atoms.
    bonds
        A row per bond: type, stereo, conjugated.
    """

    atoms: Sequence[tuple[int, ...]]
    ends: Sequence[tuple[int, int]]
    bonds: Sequence[tuple[int, ...]]


def read_features(molecule: "Mol") -> MoleculeFeatures | None:
    """Return a molecule's features; None where PyG has no number for an atom or a bond.

    Examples
    --------
    >>> from rdkit import Chem
    >>> read_features(Chem.MolFromSmiles("C=O")).bonds
    [(2, 0, 0)]
    """
    chirality, hybridization, bond_type, stereo = _by_enumeration()
    charge, degree, hydrogens, radicals = _BY_VALUE
    try:
        atoms: list[tuple[int, ...]] = [
            (
                atom.GetAtomicNum(),
                chirality[atom.GetChiralTag()],
                degree[atom.GetTotalDegree()],
                charge[atom.GetFormalCharge()],
                hydrogens[atom.GetTotalNumHs()],
                radicals[atom.GetNumRadicalElectrons()],
                hybridization[atom.GetHybridization()],
                int(atom.GetIsAromatic()),
                int(atom.IsInRing()),
            )
            for atom in map(molecule.GetAtomWithIdx, range(molecule.GetNumAtoms()))
        ]
        bonds = list(map(molecule.GetBondWithIdx, range(molecule.GetNumBonds())))
        rows = [(bond_type[one.GetBondType()], stereo[one.GetStereo()], int(one.GetIsConjugated())) for one in bonds]
    except KeyError:
        return None
    if any(row[COLUMN] in FROM_ORDER for row in atoms):
        numbers = number_stereocentres(molecule)
        atoms = [(*row[:COLUMN], one, *row[COLUMN + 1 :]) for row, one in zip(atoms, numbers, strict=True)]
    return MoleculeFeatures(atoms, [(one.GetBeginAtomIdx(), one.GetEndAtomIdx()) for one in bonds], rows)


_BY_VALUE = tuple(
    {value: number for number, value in enumerate(x_map[name])}
    for name in ("formal_charge", "degree", "num_hs", "num_radical_electrons")
)


@cache
def _by_enumeration() -> tuple[dict, dict, dict, dict]:
    """The numbers of RDKit's enumerations: of chirality, hybridisation, type and stereo of a bond."""
    from rdkit import Chem

    kinds = (
        (Chem.ChiralType, x_map["chirality"]),
        (Chem.HybridizationType, x_map["hybridization"]),
        (Chem.BondType, e_map["bond_type"]),
        (Chem.BondStereo, e_map["stereo"]),
    )
    return tuple(
        {kind.names[name]: number for number, name in enumerate(names) if name in kind.names} for kind, names in kinds
    )  # type: ignore[return-value]
