"""A file of molecules as what `fit` takes."""

from pathlib import Path

import numpy as np

from mspe.dataset.own import molecule_csv
from mspe.graphs import PackedGraphs
from mspe.tasks import SingleLabel


def read_molecules(
    path: str | Path, target: str | None = None, smiles_column: str = "smiles"
) -> tuple[list[str], np.ndarray]:
    """Return the molecules of a file and their targets, for `fit` and `score`.

    Parameters
    ----------
    path
        A table (`.csv`) with a column of SMILES, a `.smi` or an SD file.
    target
        Column of the targets; None: `target`, else the only one beside that of the molecules.
    smiles_column
        Of a table.

    Returns
    -------
    list of str, ndarray
        SMILES, and for each a number or, of a column of words, a class. Rows that cannot be used are left out, counted
        in the log with their reasons.

    Raises
    ------
    MspeError
        If there is no such file or column, or no row can be used.

    Examples
    --------
    ::

        smiles, solubility = mspe.read_molecules("molecules.csv", "solubility")
        mspe.GraphRegressor("rwse").fit(smiles, solubility)
    """
    columns = None if target is None else (target,)
    samples = molecule_csv.read_molecules(path, smiles_column, columns, by_column=False)
    assert isinstance(samples.graphs, PackedGraphs)  # in memory, since no folder keeps them
    values = samples.graphs.fields["y"].flatten().numpy()
    classes = isinstance(samples.task, SingleLabel)
    return list(samples.items), np.array(samples.classes)[values] if classes else values
