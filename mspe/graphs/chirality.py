"""Stereocentres by their CIP labels, which do not depend on the order in which a molecule's atoms are written."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch_geometric.utils.smiles import x_map

from mspe.common.errors import MspeError

if TYPE_CHECKING:
    from rdkit.Chem import Atom, Mol

COLUMN = 1
"""Of the nine features of an atom, the one that holds its chirality."""
FROM_ORDER = {x_map["chirality"].index(f"CHI_TETRAHEDRAL_{turn}") for turn in ("CW", "CCW")}
"""Numbers that depend on the order in which neighbours are written."""
_FIRST = len(x_map["chirality"])  # numbers that PyG does not give, so that neither is taken for the other
_LABELS = {label: number for number, label in enumerate(("R", "S", "r", "s", "unlabelled"), _FIRST)}
_MOST_COMPARISONS = 100_000  # some 0.1 s; molecules of 3,000 g/mol take about 100


def number_stereocentres(molecule: "Mol") -> list[int]:
    """Number the chirality of every atom.

    `@` and `@@` say which way round an atom's neighbours stand in the order in which they are written, and so do PyG's
    numbers 1 and 2. In their place stand R, S, r and s (Hanson et al., J. Chem. Inf. Model. 58, 1755, 2018) as 9 to 12,
    and 13 where there is no such label; what is no tetrahedral stereocentre keeps PyG's number.

    Examples
    --------
    >>> from rdkit import Chem
    >>> [max(number_stereocentres(Chem.MolFromSmiles(text))) for text in ("C[C@H](F)Cl", "F[C@@H](C)Cl", "CC(F)Cl")]
    [9, 9, 0]
    """
    numbers = [x_map["chirality"].index(str(atom.GetChiralTag())) for atom in molecule.GetAtoms()]
    if FROM_ORDER.isdisjoint(numbers):
        return numbers
    labels = _label(molecule)
    return [_LABELS[label] if number in FROM_ORDER else number for number, label in zip(numbers, labels, strict=True)]


def _label(molecule: "Mol") -> list[str]:
    """The label of every atom that has one; of none where finding them takes too long."""
    from rdkit import Chem
    from rdkit.Chem import rdCIPLabeler

    labelled = Chem.Mol(molecule)
    for atom in labelled.GetAtoms():
        atom.ClearProp("_CIPCode")  # of an older method, and not replaced where the newer one finds none
    try:
        rdCIPLabeler.AssignCIPLabels(labelled, maxRecursiveIterations=_MOST_COMPARISONS)
    except RuntimeError:
        return ["unlabelled"] * molecule.GetNumAtoms()
    return [_label_of(atom) for atom in labelled.GetAtoms()]


def _label_of(atom: "Atom") -> str:
    label = atom.GetProp("_CIPCode") if atom.HasProp("_CIPCode") else ""
    return label if label in _LABELS else "unlabelled"


def check_chirality(vocabularies: Sequence[Sequence[int]], x: Tensor) -> None:
    """See that atoms do not hold labels where a model learned the order of neighbours, nor the other way round.

    Parameters
    ----------
    vocabularies
        Per column of the node features, the categories that the model was trained on; others than those of atoms have
        nothing to see to.
    x
        The raw features that it is given [atoms, columns].

    Raises
    ------
    MspeError
        If they do.
    """
    if len(vocabularies) != len(x_map):
        return
    known, given = set(vocabularies[COLUMN]), set(torch.unique(x[:, COLUMN]).tolist())
    if known & FROM_ORDER and given & set(_LABELS.values()):
        raise MspeError(
            "the model was trained on chirality by the order of neighbours (@ and @@, as PyG's from_smiles has it), "
            "which another SMILES of the molecule changes; train it again, or give graphs of from_smiles"
        )
    if known & set(_LABELS.values()) and given & FROM_ORDER:
        raise MspeError(
            "the graphs hold chirality by the order of neighbours (as PyG's from_smiles has it), the model was trained "
            "on CIP labels; give it SMILES instead of graphs"
        )
