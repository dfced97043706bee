"""Packages that not every use of the library needs."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset
from mspe.dataset.own.sdf_table import read_sdf
from mspe.dataset.splits import scaffold_split
from mspe.graphs.molecules import describe_problem, parse_smiles


@pytest.mark.parametrize(
    "use",
    [
        lambda folder: parse_smiles("CCO"),
        lambda folder: describe_problem("CCO"),
        lambda folder: scaffold_split(["CCO"]),
        lambda folder: get_dataset("nci"),
        lambda folder: read_sdf(_one_record(folder)),
    ],
    ids=["smiles", "problem", "scaffolds", "nci", "sdf"],
)
def test_molecules_without_rdkit_are_one_line(
    use: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("rdkit")] + ["rdkit.Chem"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MspeError, match=r"^rdkit is not installed; run pip install 'mspe\[molecules\]'$"):
        use(tmp_path)


def _one_record(folder: Path) -> Path:
    path = folder / "molecules.sdf"
    path.write_text(
        "methane\n\n\n  1  0  0  0  0  0            999 V2000\n    0.0000    0.0000    0.0000 C   0  0\nM  END\n$$$$\n",
        encoding="utf-8",
    )
    return path
