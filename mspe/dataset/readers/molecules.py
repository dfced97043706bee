"""Molecules as graphs, and the penalised logP that ZINC's benchmark predicts. RDKit is imported where it is used."""

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import torch
from torch_geometric.data import Data
from torch_geometric.utils import from_rdmol
from torch_geometric.utils.smiles import e_map, x_map

if TYPE_CHECKING:
    from rdkit.Chem import Mol

# Mean and standard deviation over ZINC250k, as published with the junction-tree VAE (Jin et al., arXiv 1802.04364).
LOGP = (2.4570953396190123, 1.434324401111988)
NEGATIVE_SYNTHETIC_ACCESSIBILITY = (-3.0525811293166134, 0.8335207024513095)
NEGATIVE_LARGE_RING = (-0.0485696876403053, 0.2860212110245455)


def parse_smiles(smiles: str) -> "Mol | None":
    """Parse a SMILES string; None where RDKit cannot. RDKit's own complaints are not printed."""
    from rdkit import Chem, RDLogger

    RDLogger.DisableLog("rdApp.*")  # type: ignore[attr-defined]
    return Chem.MolFromSmiles(smiles)


def describe_problem(smiles: str) -> str | None:
    """Why a SMILES string makes no graph; None where it does."""
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


def penalised_logp(molecule: "Mol") -> float:
    """logP − synthetic accessibility − atoms of the largest ring beyond six, each standardised over ZINC250k.

    Rings are RDKit's smallest set of smallest rings, so the value does not depend on the order of the atoms (the
    benchmark's script takes networkx's cycle basis, which does for fused rings).
    """
    from rdkit.Chem import Crippen

    largest = max((len(ring) for ring in molecule.GetRingInfo().AtomRings()), default=0)
    logp = Crippen.MolLogP(molecule)  # type: ignore[attr-defined]
    accessibility = _synthetic_accessibility().calculateScore(molecule)
    terms = (
        (logp, LOGP),
        (-accessibility, NEGATIVE_SYNTHETIC_ACCESSIBILITY),
        (-max(largest - 6, 0), NEGATIVE_LARGE_RING),
    )
    return sum((value - mean) / deviation for value, (mean, deviation) in terms)


@cache
def _synthetic_accessibility() -> ModuleType:
    """RDKit's contributed SA score (Ertl and Schuffenhauer 2009), which lies in the wheel outside its packages."""
    from rdkit import RDConfig

    path = Path(RDConfig.RDContribDir) / "SA_Score" / "sascorer.py"
    specification = importlib.util.spec_from_file_location("mspe_sascorer", path)
    assert specification is not None and specification.loader is not None, path
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module
