"""Many molecules as packed graphs, each SMILES string parsed once. RDKit is imported where it is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import torch
import xxhash
from torch import Tensor

from mspe.graphs.molecule_features import ATOM_COLUMNS, BOND_COLUMNS, MoleculeFeatures, read_features
from mspe.graphs.molecules import describe_problem, parse_smiles
from mspe.graphs.packed import PackedGraphs
from mspe.graphs.validation import Problem

if TYPE_CHECKING:
    from rdkit.Chem import Mol


@dataclass(frozen=True)
class PackedMolecules:
    """What reading SMILES strings gives.

    Attributes
    ----------
    graphs
        Of those that make one, in their order, without targets.
    identities
        Of each of these, a number of 64 bits that equals that of another one if they are the same molecule.
    problems
        By position, why a string makes no graph.
    read
        How many strings were read.
    """

    graphs: PackedGraphs
    identities: np.ndarray
    problems: dict[int, Problem]
    read: int

    @classmethod
    def concatenate(cls, parts: Sequence["PackedMolecules"]) -> "PackedMolecules":
        """Join what was read of lists of strings to what is read of all of them."""
        starts = np.cumsum([0, *(part.read for part in parts)])
        return cls(
            PackedGraphs.concatenate([part.graphs for part in parts]),
            np.concatenate([part.identities for part in parts]),
            {
                int(start) + position: problem
                for start, part in zip(starts, parts, strict=False)
                for position, problem in part.problems.items()
            },
            int(starts[-1]),
        )


def pack_molecules(smiles: Sequence[str]) -> PackedMolecules:
    """Read SMILES strings, or InChIs, as graphs with PyG's categories of atoms and bonds.

    Examples
    --------
    >>> molecules = pack_molecules(["CCO", "C1CC", "OCC"])
    >>> len(molecules.graphs), molecules.identities[0] == molecules.identities[1], list(molecules.problems)
    (2, True, [1])
    """
    read: list[MoleculeFeatures] = []
    identities: list[int] = []
    problems: dict[int, Problem] = {}
    for position, text in enumerate(smiles):
        molecule = parse_smiles(text)
        features = None if molecule is None else read_features(molecule)
        if molecule is None or features is None:
            problem = describe_problem(text)
            assert problem is not None, text
            problems[position] = problem
            continue
        read.append(features)
        identities.append(_identity(molecule))
    return PackedMolecules(_pack(read), np.array(identities, dtype=np.uint64), problems, len(smiles))


def _identity(molecule: "Mol") -> int:
    from rdkit import Chem

    return xxhash.xxh3_64_intdigest(Chem.MolToSmiles(molecule).encode())


def _pack(molecules: Sequence[MoleculeFeatures]) -> PackedGraphs:
    """Each bond stands there in both directions, a molecule's edges in the order of their ends, as PyG has them."""
    num_bonds = [len(one.bonds) for one in molecules]
    ends = _rows([one.ends for one in molecules], 2)
    bonds = _rows([one.bonds for one in molecules], BOND_COLUMNS)
    graph = np.repeat(np.arange(len(molecules)), num_bonds)
    source, target, both = (np.concatenate(pair) for pair in (ends.T, ends.T[::-1], (graph, graph)))
    order = np.lexsort((target, source, both))
    return PackedGraphs(
        num_nodes=torch.tensor([len(one.atoms) for one in molecules], dtype=torch.long),
        num_edges=2 * torch.tensor(num_bonds, dtype=torch.long),
        edge_index=torch.from_numpy(np.stack([source, target])[:, order]).int(),
        fields={
            "x": _tensor(_rows([one.atoms for one in molecules], ATOM_COLUMNS)),
            "edge_attr": _tensor(np.concatenate([bonds, bonds])[order]),
        },
        levels={"x": "node", "edge_attr": "edge"},
    ).narrowed()


def _rows(of_molecules: Sequence[Sequence[Sequence[int]]], width: int) -> np.ndarray:
    """The rows of all molecules, one below the other."""
    flat = chain.from_iterable(chain.from_iterable(of_molecules))
    return np.fromiter(flat, dtype=np.int64).reshape(-1, width)


def _tensor(rows: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(rows))
