"""Many molecules as packed graphs, each SMILES string parsed once. RDKit is imported where it is used."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
import xxhash
from torch import Tensor

from mspe.common.checksums import checksum
from mspe.common.cluster import appears
from mspe.common.errors import MspeError
from mspe.common.json_files import read_json, write_sealed_json
from mspe.common.parallel import map_chunks
from mspe.graphs.molecule_features import ATOM_COLUMNS, BOND_COLUMNS, MoleculeFeatures, read_features
from mspe.graphs.molecules import describe_problem, parse_smiles
from mspe.graphs.packed import PackedGraphs
from mspe.graphs.sharded import GraphList, ShardedGraphs
from mspe.graphs.validation import Problem

if TYPE_CHECKING:
    from rdkit.Chem import Mol

logger = logging.getLogger(__name__)

_IDENTITY = "identity"


@dataclass(frozen=True)
class PackedMolecules:
    """Graphs read from SMILES strings.

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

    graphs: GraphList
    identities: np.ndarray
    problems: dict[int, Problem]
    read: int

    @classmethod
    def join(cls, parts: Sequence["PackedMolecules"], graphs: GraphList) -> "PackedMolecules":
        """Return what reading all of the strings gives that parts of them gave, and their graphs."""
        starts = np.cumsum([0, *(part.read for part in parts)]).tolist()
        problems = {
            start + position: problem
            for start, part in zip(starts, parts, strict=False)
            for position, problem in part.problems.items()
        }
        return cls(graphs, np.concatenate([part.identities for part in parts]), problems, starts[-1])


def read_smiles(smiles: Sequence[str], num_workers: int = 1, kept: Path | None = None) -> PackedMolecules:
    """Read SMILES strings, or InChIs, as graphs, a thousand at a time.

    Parameters
    ----------
    smiles
        At least one.
    num_workers
        Processes at most; 0: one per core.
    kept
        A folder where graphs are stored as they are read, so that they take no memory, and a reading that was
        interrupted is resumed: a thousand strings that are the same make a file of the same name. None: in memory.
    """
    if kept is None:
        read = map_chunks(pack_molecules, smiles, num_workers)
        return PackedMolecules.join(read, PackedGraphs.concatenate([part.graphs for part in read]))  # type: ignore[misc]
    stored = [_open(path) for path in map_chunks(partial(_keep, kept), smiles, num_workers)]
    return PackedMolecules.join(stored, ShardedGraphs([part.graphs for part in stored]))  # type: ignore[misc]


def _keep(folder: Path, smiles: Sequence[str]) -> Path:
    """Read strings and store what they give, unless it stands there, whole; the graphs are written last."""
    path = folder / f"{checksum(chr(10).join(smiles).encode())}.pt"
    try:
        if path.exists():
            _open(path)
            return path
    except MspeError as error:
        logger.warning("%s; it is read anew", error)
    molecules = pack_molecules(smiles)
    assert isinstance(molecules.graphs, PackedGraphs)
    problems = {str(place): [problem.reason, problem.detail] for place, problem in molecules.problems.items()}
    write_sealed_json(path.with_suffix(".json"), {"read": molecules.read, "problems": problems})
    identities = {_IDENTITY: torch.from_numpy(molecules.identities)}
    molecules.graphs.with_fields(identities, {_IDENTITY: "graph"}).save(path)
    return path


def _open(path: Path) -> PackedMolecules:
    appears(path)  # of another machine, maybe
    graphs, beside = PackedGraphs.load(path), read_json(path.with_suffix(".json"))
    identities = graphs.fields[_IDENTITY].numpy().copy()
    graphs.release()
    problems = {int(place): Problem(*problem) for place, problem in beside["problems"].items()}
    return PackedMolecules(graphs.without_fields([_IDENTITY]), identities, problems, beside["read"])


def pack_molecules(smiles: Sequence[str]) -> PackedMolecules:
    """Read SMILES strings, or InChIs, as graphs with PyG's categories of atoms and bonds.

    Examples
    --------
    >>> molecules = pack_molecules(["CCO", "C1CC", "OCC"])
    >>> len(molecules.graphs), len(set(molecules.identities.tolist())), list(molecules.problems)
    (2, 1, [1])
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
    return PackedMolecules(_pack(read), np.array(identities, dtype=np.uint64).view(np.int64), problems, len(smiles))


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
