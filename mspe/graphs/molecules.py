"""Molecules as graphs. RDKit is imported where it is used."""

from typing import TYPE_CHECKING

import torch
from torch_geometric.data import Data
from torch_geometric.utils import from_rdmol
from torch_geometric.utils.smiles import e_map, x_map

if TYPE_CHECKING:
    from rdkit.Chem import Mol


def parse_smiles(smiles: str) -> "Mol | None":
    """Parse a SMILES string; None where RDKit cannot. RDKit's own complaints are not printed."""
    from rdkit import Chem, RDLogger

    RDLogger.DisableLog("rdApp.*")  # type: ignore[attr-defined]
    return Chem.MolFromSmiles(smiles)


def describe_problem(smiles: str) -> str | None:
    """Return why a SMILES string makes no graph; None where it does."""
    molecule = parse_smiles(smiles)
    if molecule is None or molecule.GetNumAtoms() == 0:
        return "unreadable SMILES"
    return None if _has_known_categories(molecule) else "atom or bond out of range"


def _has_known_categories(molecule: "Mol") -> bool:
    """Whether PyG's `from_rdmol` has a number for every atom and bond."""
    atoms = all(
        atom.GetTotalDegree() in x_map["degree"]
        and atom.GetFormalCharge() in x_map["formal_charge"]
        and atom.GetTotalNumHs() in x_map["num_hs"]
        and atom.GetNumRadicalElectrons() in x_map["num_radical_electrons"]
        and str(atom.GetHybridization()) in x_map["hybridization"]
        and str(atom.GetChiralTag()) in x_map["chirality"]
        for atom in molecule.GetAtoms()
    )
    return atoms and all(
        str(bond.GetStereo()) in e_map["stereo"] and str(bond.GetBondType()) in e_map["bond_type"]
        for bond in molecule.GetBonds()
    )


def molecule_graph(sample: tuple[str, tuple[float, ...]]) -> Data:
    """A readable SMILES string and its targets as a graph.

    Examples
    --------
    >>> molecule_graph(("CCO", (0.5,)))
    Data(x=[3, 9], edge_index=[2, 4], edge_attr=[4, 3], y=[1, 1])
    """
    smiles, targets = sample
    graph = molecule_structure(smiles)
    graph.y = torch.tensor([targets])
    return graph


def molecule_structure(smiles: str) -> Data:
    """A readable SMILES string as a graph, with PyG's categories of atoms and bonds (`from_rdmol`)."""
    molecule = parse_smiles(smiles)
    assert molecule is not None, smiles
    graph = from_rdmol(molecule)
    return Data(x=graph.x, edge_index=graph.edge_index, edge_attr=graph.edge_attr)
