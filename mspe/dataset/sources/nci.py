"""NCI: about 4,900 real compounds that RDKit's wheel carries; the default, no download."""

from pathlib import Path

from torch_geometric.data import Data

from mspe.common.optional import optional_module
from mspe.dataset.config import DatasetParams
from mspe.dataset.penalised_logp import largest_ring, penalised_logp
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.graphs.molecules import molecule_graph, parse_smiles, quiet_rdkit
from mspe.tasks import Regression

LARGEST_RING = 12
"""Atoms; a ring of more is a macrocycle. Every atom beyond six costs 3.5 of penalised logP, so the five macrocycles of
the file lie from −34 to −82, all else from −11 to 13: they would decide every score."""


def read(params: DatasetParams) -> Samples:
    """Read the file's distinct molecules without macrocycles."""
    smiles, dropped = read_smiles()
    return Samples(smiles, to_graph=molecule_with_logp, smiles=smiles, dropped=dropped)


def read_smiles() -> tuple[list[str], dict[str, int]]:
    """The file's distinct molecules without macrocycles as SMILES, and how many lines were dropped, by reason.

    Of molecules with the same canonical SMILES the first stays, so none can stand in two splits.
    """
    chem = quiet_rdkit()
    folder = Path(optional_module("rdkit.RDConfig", "molecules").RDDataDir) / "NCI"
    distinct: dict[str, str] = {}
    dropped = {"dropped_unreadable": 0, "dropped_macrocycle": 0, "dropped_duplicate": 0}
    for line in (folder / "first_5K.smi").read_text(encoding="utf-8").splitlines():
        smiles = line.split()[0]
        molecule = parse_smiles(smiles)
        if molecule is None:
            dropped["dropped_unreadable"] += 1
            continue
        if largest_ring(molecule) > LARGEST_RING:
            dropped["dropped_macrocycle"] += 1
            continue
        canonical = chem.MolToSmiles(molecule)
        dropped["dropped_duplicate"] += canonical in distinct
        distinct.setdefault(canonical, smiles)
    return list(distinct.values()), dropped


def molecule_with_logp(smiles: str) -> Data:
    """A readable SMILES string as a PyG graph with its penalised logP."""
    molecule = parse_smiles(smiles)
    assert molecule is not None, smiles
    return molecule_graph((smiles, (penalised_logp(molecule),)))


SPEC = DatasetSpec(
    name="nci",
    graphs="4,887 molecules of rings up to 12 atoms, 2 to 122 atoms, 33 elements, 135 salts of several components",
    target="penalised logP, as in ZINC",
    task=Regression(),
    splits=("random", "scaffold"),
    origin="first 5,000 entries of the NCI open database, in RDKit's wheel (`RDDataDir/NCI/first_5K.smi`)",
    licence="BSD 3-clause (RDKit)",
    citation="Voigt et al., J. Chem. Inf. Comput. Sci. 41, 702 (2001)",
    read=read,
    embedded=True,
)
