"""Molecules read many at a time are those that are read one by one."""

from pathlib import Path

import pytest
import torch

from mspe.graphs import PackedGraphs, molecule_packing
from mspe.graphs.molecule_packing import PackedMolecules, pack_molecules, read_smiles
from mspe.graphs.molecules import canonical_smiles, describe_problem, molecule_structure
from tests.graphs.test_molecule_features import MOLECULES

WRONG = ("C1CC", "", "[U+7]", "CC\u200b", "C" * 20_001)
LEVELS = {"x": "node", "edge_attr": "edge"}


def test_graphs_are_equal_to_the_bit_and_problems_are_the_same() -> None:
    texts = [text for pair in zip(MOLECULES, WRONG * 9, strict=False) for text in pair]
    molecules = pack_molecules(texts)
    good = [text for text in texts if describe_problem(text) is None]
    expected = PackedGraphs.from_list([molecule_structure(text) for text in good], LEVELS)
    for name in ("num_nodes", "num_edges", "num_links", "edge_index"):
        ours, theirs = getattr(molecules.graphs, name), getattr(expected, name)
        assert ours.dtype == theirs.dtype and torch.equal(ours, theirs), name
    assert molecules.graphs.levels == expected.levels
    for name, values in expected.fields.items():
        assert molecules.graphs.fields[name].dtype == values.dtype and torch.equal(
            molecules.graphs.fields[name], values
        )
    assert molecules.problems == {
        i: describe_problem(t) for i, t in enumerate(texts) if describe_problem(t) is not None
    }


def test_one_molecule_has_one_identity_however_it_is_written() -> None:
    texts = ["CCO", "OCC", "C(O)C", "[CH3:7]CO", "CC", "C[C@H](F)Cl", "F[C@@H](C)Cl", "F[C@H](C)Cl"]
    identities = pack_molecules(texts).identities.tolist()
    same = [[one == other for other in identities] for one in identities]
    assert same == [[canonical_smiles(one) == canonical_smiles(other) for other in texts] for one in texts]


TEXTS = [("C" * (i % 7 + 1), "C1CC", "N#N", "")[i % 4] + ("O" if i % 4 == 0 else "") for i in range(2500)]


def assert_same(one: PackedMolecules, other: PackedMolecules) -> None:
    assert one.problems == other.problems and one.read == other.read
    assert one.identities.tolist() == other.identities.tolist()
    everything = list(range(len(one.graphs)))
    assert torch.equal(one.graphs[everything].fields["x"], other.graphs[everything].fields["x"])


def test_what_is_read_in_parts_is_what_is_read_at_once(tmp_path: Path) -> None:
    whole = pack_molecules(TEXTS)
    assert_same(read_smiles(TEXTS), whole)
    assert_same(read_smiles(TEXTS, kept=tmp_path), whole)


def test_an_interrupted_reading_is_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that stands there is not read again; one that is damaged is, and one of other strings."""
    read: list[int] = []

    def counted(smiles: list[str]) -> PackedMolecules:
        read.append(len(smiles))
        if len(read) == 3:
            raise KeyboardInterrupt
        return pack_molecules(smiles)

    monkeypatch.setattr(molecule_packing, "pack_molecules", counted)
    with pytest.raises(KeyboardInterrupt):
        read_smiles(TEXTS, kept=tmp_path)
    first = min(tmp_path.glob("*.pt"), key=lambda path: path.stat().st_mtime_ns)
    first.write_bytes(first.read_bytes()[:-100])
    assert_same(read_smiles(TEXTS, kept=tmp_path), pack_molecules(TEXTS))
    assert read == [1000, 1000, 500, 1000, 500]
    read_smiles(["CCC", *TEXTS[1:]], kept=tmp_path)
    assert read[5:] == [1000]


def test_no_molecule_is_no_graph() -> None:
    assert len(pack_molecules(["C1CC"]).graphs) == 0 and pack_molecules([]).problems == {}
