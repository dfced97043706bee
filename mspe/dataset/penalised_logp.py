"""The penalised logP that ZINC's benchmark predicts. RDKit is imported where it is used."""

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rdkit.Chem import Mol

# Mean and standard deviation over ZINC250k, as published with the junction-tree VAE (Jin et al., arXiv 1802.04364).
LOGP = (2.4570953396190123, 1.434324401111988)
NEGATIVE_SYNTHETIC_ACCESSIBILITY = (-3.0525811293166134, 0.8335207024513095)
NEGATIVE_LARGE_RING = (-0.0485696876403053, 0.2860212110245455)


def penalised_logp(molecule: "Mol") -> float:
    """logP − synthetic accessibility − atoms of the largest ring beyond six, each standardised over ZINC250k."""
    from rdkit.Chem import Crippen

    logp = Crippen.MolLogP(molecule)  # type: ignore[attr-defined]
    accessibility = _synthetic_accessibility().calculateScore(molecule)
    terms = (
        (logp, LOGP),
        (-accessibility, NEGATIVE_SYNTHETIC_ACCESSIBILITY),
        (-max(largest_ring(molecule) - 6, 0), NEGATIVE_LARGE_RING),
    )
    return sum((value - mean) / deviation for value, (mean, deviation) in terms)


def largest_ring(molecule: "Mol") -> int:
    """Return the number of atoms of the largest ring; 0 where there is none.

    Rings are RDKit's smallest set of smallest rings, so the number does not depend on the order of the atoms (the
    benchmark's script takes networkx's cycle basis, which does for fused rings).
    """
    return max((len(ring) for ring in molecule.GetRingInfo().AtomRings()), default=0)


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
