"""Files of molecules, each read by what it is, through the doors that users take."""

import gzip
import logging
from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset
from mspe.dataset.own.molecule_table import READERS, read_molecule_table
from mspe.pipeline.encoding import read_input
from mspe.pipeline.prediction import read_samples
from tests.dataset.own.test_sdf_table import record

MOLECULES = [f"{'C' * length}{end}" for length in range(1, 6) for end in ("O", "N", "Cl", "F")]
CONTENTS = {
    ".csv": "smiles,name,logP\n" + "".join(f"{text},m{i},{i / 2}\n" for i, text in enumerate(MOLECULES)),
    ".tsv": "smiles\tname\tlogP\n" + "".join(f"{text}\tm{i}\t{i / 2}\n" for i, text in enumerate(MOLECULES)),
    ".smi": "SMILES\tname\tlogP\n" + "".join(f"{text}\tm{i}\t{i / 2}\n" for i, text in enumerate(MOLECULES)),
    ".sdf": "".join(record(text, f"m{i}", logP=str(i / 2)) for i, text in enumerate(MOLECULES)),
}


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.lower().endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize(
    "ending", [".csv", ".tsv", ".smi", ".sdf", ".CSV", ".SMI", ".Sdf", ".smi.gz", ".sdf.gz", ".SDF.GZ"]
)
def test_the_same_molecules_are_the_same_dataset_and_samples_in_every_file(tmp_path: Path, ending: str) -> None:
    path = write(tmp_path, f"own{ending}", CONTENTS[ending.lower().removesuffix(".gz")])
    expected = write(tmp_path, "expected.csv", CONTENTS[".csv"])
    one, other = (get_dataset("smiles", path=str(file), target_columns="logP") for file in (path, expected))
    assert one.schema == other.schema
    for a, b in zip(one.get_splits(), other.get_splits(), strict=True):
        assert all(a.fields[name].equal(b.fields[name]) for name in ("x", "edge_attr", "y"))
    assert [sample.cells for sample in read_samples(path)] == [sample.cells for sample in read_samples(expected)]
    assert [graph.num_nodes for graph in read_input(str(path))[""]] == [
        len(text.replace("Cl", "X")) for text in MOLECULES
    ]


@pytest.mark.parametrize("name", ["own.xlsx", "own.mol2", "own.parquet", "own.json", "own.zip", "own", "own.smi.zip"])
def test_another_file_is_named_with_what_is_read(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, name, CONTENTS[".csv"])
    for read in (read_molecule_table, read_samples, lambda file: get_dataset("smiles", path=str(file))):
        with pytest.raises(MspeError, match=f"{name}: no such file of molecules is read, allowed: .csv, .*") as raised:
            read(path)
        assert all(ending in str(raised.value) for ending in READERS) and "\n" not in str(raised.value)


def test_a_broken_record_is_left_out_counted_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    records = CONTENTS[".sdf"].split("$$$$\n")
    records[4] = "title\nno structure\n"
    path = write(tmp_path, "own.sdf", "$$$$\n".join(records))
    with caplog.at_level(logging.WARNING):
        counts = get_dataset("smiles", path=str(path), target_columns="logP").schema.counts
    assert counts == {"train": 15, "val": 2, "test": 2, "dropped_unreadable_record": 1}
    message = "left out 1: unreadable record: record 5 (no structure that RDKit reads, title 'title')"
    assert f"{path}: {message}" in caplog.messages
    samples = read_samples(path)
    assert len(samples) == 20 and samples[4].graph is None and samples[4].reason.startswith("unreadable record: no")
    with pytest.raises(MspeError, match=r"own.sdf: record 5: unreadable record: no structure"):
        get_dataset("smiles", path=str(path), target_columns="logP", strict=True)


def test_a_name_is_a_target_only_where_it_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, "own.smi", "".join(f"{text} {i}\n" for i, text in enumerate(MOLECULES)))
    with pytest.raises(MspeError, match=r"which column is the target\? Set dataset.target_columns"):
        get_dataset("smiles", path=str(path))
    assert get_dataset("smiles", path=str(path), target_columns="name").task_type == "regression"


def test_a_property_called_split_gives_the_split(tmp_path: Path) -> None:
    parts = ["train"] * 14 + ["val", "test"] * 3
    records = [
        record(text, target=str(i), Split=part) for i, (text, part) in enumerate(zip(MOLECULES, parts, strict=True))
    ]
    dataset = get_dataset("smiles", path=str(write(tmp_path, "own.sdf", "".join(records))))
    assert [len(part) for part in dataset.get_splits()] == [14, 3, 3]
