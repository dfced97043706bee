"""Molecules read many at a time are those that are read one by one."""

import torch

from mspe.graphs import PackedGraphs
from mspe.graphs.molecule_packing import PackedMolecules, pack_molecules
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


def test_parts_join_to_what_is_read_at_once() -> None:
    texts = ["CCO", "C1CC", "CC", "", "C", "N#N"]
    parts = [texts[:2], texts[2:4], texts[4:]]
    joined = PackedMolecules.concatenate([pack_molecules(part) for part in parts])
    whole = pack_molecules(texts)
    assert joined.problems == whole.problems and joined.identities.tolist() == whole.identities.tolist()
    assert torch.equal(joined.graphs.fields["x"], whole.graphs.fields["x"])


def test_no_molecule_is_no_graph() -> None:
    assert len(pack_molecules(["C1CC"]).graphs) == 0 and pack_molecules([]).problems == {}
