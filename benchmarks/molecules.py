"""As many different molecules as a benchmark asks for: fragments recombined, a SMILES string and a target each."""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

_HEADS = (
    *("C", "CC", "CCC", "CC(C)", "CC(C)(C)", "OC", "CO", "CN(C)", "FC(F)(F)", "N#C", "CS(=O)(=O)", "O=C(O)"),
    *("c1ccccc1", "c1ccncc1", "c1ccoc1", "c1ccsc1", "C1CCCCC1", "C1CCOCC1", "C1CCN1", "Clc1ccc(cc1)"),
)
_LINKERS = ("", "C", "CC", "O", "N", "C(=O)N", "NC(=O)", "S", "CO", "C(=O)O", "C=C")
_CORES = (
    *("c1ccc(cc1)", "c1cc(ccc1)", "c1ccc(nc1)", "C1CCC(CC1)", "C1CCN(CC1)", "c1cc(sc1)", "c1cc(oc1)", "c1cnc(nc1)"),
    *("c1ccc2cc(ccc2c1)", "c1ccc2[nH]c(cc2c1)", "C1CC(C1)", "C1CCC(C1)", "N1CCN(CC1)", "c1cc(F)c(cc1)"),
)
_TAILS = ("C", "CC", "C(C)C", "O", "N", "F", "Cl", "Br", "C#N", "C(F)(F)F", "OC", "N(C)C", "c1ccccc1", "C(=O)N", "CCO")
_PARTS = (_HEADS, _LINKERS, _CORES, _LINKERS, _CORES, _LINKERS, _TAILS)
_STRIDE = 7_368_787
"""A prime number, so that neighbours differ in all parts, and none comes twice."""


def molecules() -> Iterator[tuple[str, float]]:
    """Yield 78 million SMILES strings, of 24 atoms on average, each with a number that a model can learn."""
    total = 1
    for part in _PARTS:
        total *= len(part)
    for number in range(total):
        left, chosen = number * _STRIDE % total, []
        for part in _PARTS:
            left, place = divmod(left, len(part))
            chosen.append(place)
        yield "".join(part[place] for part, place in zip(_PARTS, chosen, strict=True)), sum(chosen) / 10


def write_molecules(path: Path, count: int) -> None:
    """Write a table of so many molecules."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("smiles", "target"))
        rows.writerows(islice(molecules(), count))
