"""Molecules in an SD file, which RDKit reads: a record each, with properties."""

import io
import logging
import re
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from mspe.common.errors import MspeError
from mspe.dataset.own.csv_table import Table, read_text
from mspe.graphs.molecules import plain, quiet_rdkit
from mspe.graphs.validation import Problem

if TYPE_CHECKING:
    from rdkit.Chem import Mol

_END = re.compile(r"^\$\$\$\$[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_OWN_SMILES = re.compile(r"^>.*<smiles>", re.MULTILINE)

logger = logging.getLogger(__name__)


def read_sdf(path: str | Path) -> Table:
    """Read an SD file as a table: `smiles` of the structure, `name` of its title, and a column per property.

    Where a property is called `name`, it stands in place of the title; one called `smiles` is not used. Coordinates
    decide on stereocentres alone.

    Raises
    ------
    MspeError
        If the file is missing, is no UTF-8 text, or has no record.
    """
    path = Path(path)
    records = [record for record in _END.split(read_text(path)) if record.strip()]
    if not records:
        raise MspeError(f"{path}: no record; the file needs a structure and a line of $$$$ per molecule")
    read = [_read_record(record) for record in records]
    named = sum(_OWN_SMILES.search(record) is not None for record in records)
    if named:
        logger.warning("%s: the property 'smiles' of %d records is not used, their structures are", path, named)
    columns = list(dict.fromkeys(["smiles", *chain.from_iterable(cells for cells, _ in read)]))
    rows = [(number, [cells.get(column, "") for column in columns]) for number, (cells, _) in enumerate(read, 1)]
    problems = {number: problem for number, (_, problem) in enumerate(read, 1) if problem}
    return Table(path, columns, rows, labels=("name",), unit="record", problems=problems)


def _read_record(record: str) -> tuple[dict[str, str], Problem | None]:
    """A record's cells by column, or why there are none."""
    chem = quiet_rdkit()
    ends = len(re.findall(r"^M  END", record, re.MULTILINE))
    if ends > 1:
        return {}, Problem("unreadable record", f"{ends} structures without a line of $$$$ between them")
    molecule = next(chem.ForwardSDMolSupplier(io.BytesIO(record.encode())), None)
    if molecule is None:
        title = record.splitlines()[0].strip()
        return {}, Problem("unreadable record", f"no structure that RDKit reads, title {title!r}")
    if _is_query(molecule):
        return {}, Problem("unreadable record", "a query with lists of atoms or bonds, no molecule")
    title = molecule.GetProp("_Name")
    properties = {name: molecule.GetProp(name) for name in molecule.GetPropNames()}
    return {**({"name": title} if title else {}), **properties, "smiles": chem.MolToSmiles(plain(molecule))}, None


def _is_query(molecule: "Mol") -> bool:
    atoms, bonds = molecule.GetAtoms(), molecule.GetBonds()
    return any(atom.HasQuery() for atom in atoms) or any(bond.HasQuery() for bond in bonds)
