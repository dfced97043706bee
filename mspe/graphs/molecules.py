"""Molecules as graphs. RDKit is imported where it is used."""

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import torch
from torch_geometric.data import Data

from mspe.common.optional import optional_module
from mspe.graphs.molecule_features import BOND_COLUMNS, read_features
from mspe.graphs.validation import Problem

if TYPE_CHECKING:
    from rdkit.Chem import Mol

BLANKS = " \t\r\n"
"""May stand around a SMILES string; any other blank is a foreign character."""
_WITH_EXTENSION = re.compile(r"[!-~]+(?: +\|.*\|)?")  # of CXSMILES, which RDKit reads

_LONGEST = 20_000  # RDKit's time grows with the square of a molecule's size


def quiet_rdkit() -> Any:
    """Return RDKit's `Chem`, which prints no complaints of its own from here on.

    Raises
    ------
    MspeError
        If RDKit is not installed.
    """
    chem = optional_module("rdkit.Chem", "molecules")
    optional_module("rdkit.RDLogger", "molecules").DisableLog("rdApp.*")
    return chem


def parse_smiles(text: str) -> "Mol | None":
    """Parse a SMILES string, with or without CXSMILES's extension, or an InChI; None where that is no molecule.

    RDKit leaves aside what follows a blank and foreign letters at either end, which here is no molecule. RDKit's own
    complaints are not printed.

    Examples
    --------
    >>> parse_smiles("CCO junk") is None
    True
    """
    chem = quiet_rdkit()
    text = text.strip(BLANKS)
    if len(text) > _LONGEST or not _WITH_EXTENSION.fullmatch(text):
        return None
    molecule = _parse_inchi(text) if text.startswith("InChI=") else chem.MolFromSmiles(text)
    if molecule is None or molecule.GetNumAtoms() == 0:
        return None
    return plain(molecule) if ":" in text else molecule  # of atoms' numbers, and of groups of centres


def plain(molecule: "Mol") -> "Mol":
    """Drop what a molecule's graph does not hold: numbers of atoms, and which way round a racemate's centres are drawn.

    Of centres that are known only up to their mirror image (`|&1:1|`, `|o1:1|`) one is drawn, and would pass for it.
    """
    from rdkit.Chem import ChiralType, StereoGroupType

    for atom in molecule.GetAtoms():
        atom.SetAtomMapNum(0)
    for group in molecule.GetStereoGroups():
        if group.GetGroupType() != StereoGroupType.STEREO_ABSOLUTE:
            for atom in group.GetAtoms():
                atom.SetChiralTag(ChiralType.CHI_UNSPECIFIED)
    return molecule


def _parse_inchi(text: str) -> "Mol | None":
    """An InChI's molecule; None where RDKit reads another one, as of an InChI without its layer of hydrogens."""
    from rdkit import Chem

    molecule = Chem.MolFromInchi(text)
    same = molecule is not None and Chem.MolToInchi(molecule).partition("/")[2] == text.partition("/")[2]
    return molecule if same else None


def canonical_smiles(text: str) -> str:
    """Return the one SMILES string of a readable molecule, however it is written.

    Examples
    --------
    >>> canonical_smiles("OCC") == canonical_smiles("C(O)C")
    True
    """
    from rdkit import Chem

    return Chem.MolToSmiles(parse_smiles(text))


def describe_problem(text: str) -> Problem | None:
    """Return why a SMILES string or an InChI makes no graph; None where it does.

    Examples
    --------
    >>> print(describe_problem("CC\u200b"))
    unreadable SMILES: 'CC\\u200b': U+200B ZERO WIDTH SPACE
    """
    if len(text.strip(BLANKS)) > _LONGEST:
        return Problem("unreadable SMILES", f"{text[:40]!r}…: {len(text)} characters, allowed: up to {_LONGEST}")
    molecule = parse_smiles(text)
    if molecule is None:
        stray = _find_stray(text.strip(BLANKS))
        return Problem("unreadable SMILES", repr(text) + (f": {stray}" if stray else ""))
    return None if read_features(molecule) is not None else Problem("atom or bond out of range", repr(text))


def _find_stray(text: str) -> str | None:
    """What stands in a text that no SMILES string has."""
    foreign = next((letter for letter in text if not " " <= letter <= "~" and letter not in BLANKS), None)
    if foreign is not None:
        return f"U+{ord(foreign):04X} {unicodedata.name(foreign, '')}".rstrip()
    if re.search("(?<!-)>", text):
        return "a reaction"
    if text.startswith("InChI="):
        return "an InChI that RDKit does not read as the same molecule"
    return None if _WITH_EXTENSION.fullmatch(text) or not text else "text after a blank"


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
    """A readable SMILES string as a graph, with PyG's categories of atoms and bonds (`read_features`)."""
    molecule = parse_smiles(smiles)
    assert molecule is not None, smiles
    features = read_features(molecule)
    assert features is not None, smiles
    edges = [(i, j, *row) for (i, j), row in zip(features.ends, features.bonds, strict=True)]
    both = sorted([*edges, *((j, i, *row) for i, j, *row in edges)])
    table = torch.tensor(both, dtype=torch.long).reshape(-1, 2 + BOND_COLUMNS)
    return Data(x=torch.tensor(features.atoms), edge_index=table[:, :2].T.contiguous(), edge_attr=table[:, 2:])
