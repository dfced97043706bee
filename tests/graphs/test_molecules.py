"""Molecules as graphs: what is one, and that it is the same graph however it is written."""

import csv
from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from torch_geometric.utils import from_smiles

from mspe.graphs.molecules import canonical_smiles, describe_problem, molecule_structure, parse_smiles

FOREIGN = {
    "\u0421CO": "U+0421 CYRILLIC CAPITAL LETTER ES",
    "C\u0421C": "U+0421 CYRILLIC CAPITAL LETTER ES",
    "CC\u041e": "U+041E CYRILLIC CAPITAL LETTER O",
    "CC\u039f": "U+039F GREEK CAPITAL LETTER OMICRON",
    "CC\u200b": "U+200B ZERO WIDTH SPACE",
    "\u200dCC": "U+200D ZERO WIDTH JOINER",
    "C\u2060C": "U+2060 WORD JOINER",
    "\ufeffCCO": "U+FEFF ZERO WIDTH NO-BREAK SPACE",
    "CCO\u00a0": "U+00A0 NO-BREAK SPACE",
    "CCO\u3000": "U+3000 IDEOGRAPHIC SPACE",
    "CCl\u2082": "U+2082 SUBSCRIPT TWO",
    "\uff23\uff23\uff2f": "U+FF23 FULLWIDTH LATIN CAPITAL LETTER C",
    "CC\u00adO": "U+00AD SOFT HYPHEN",
    "CC\u2013O": "U+2013 EN DASH",
    "CC\u2261N": "U+2261 IDENTICAL TO",
    "CCO\u2026": "U+2026 HORIZONTAL ELLIPSIS",
    "CCO\x00": "U+0000",
    "CCO\x0b": "U+000B",
    "CC\x7fO": "U+007F",
    "CCO\u202e": "U+202E RIGHT-TO-LEFT OVERRIDE",
    "[Na\u207a].[Cl\u207b]": "U+207A SUPERSCRIPT PLUS SIGN",
    "InChI=1S/CH4\u200b/h1H4": "U+200B ZERO WIDTH SPACE",
    "CC\U0001f642": "U+1F642 SLIGHTLY SMILING FACE",
}
AFTER_A_BLANK = [
    "CCO junk",
    "CC O",
    "C\tC",
    "CC\nC",
    "NON sense",
    "CCO ethanol",
    "CCO 1.5",
    "CC |c:1| name",
    "CC O |c:1|",
]
NO_MOLECULE = [
    "",
    " ",
    "nan",
    "NaN",
    "None",
    "N/A",
    "NULL",
    "-",
    "1",
    "0.5",
    "CC.",
    ".CC",
    "CC |junk|",
    "C1CC",
    "[R1]C",
]


@pytest.mark.parametrize(("text", "character"), FOREIGN.items())
def test_a_foreign_character_anywhere_is_no_molecule_and_is_named(text: str, character: str) -> None:
    assert str(describe_problem(text)) == f"unreadable SMILES: {text!r}: {character}"
    assert parse_smiles(text) is None


@pytest.mark.parametrize("text", AFTER_A_BLANK)
def test_text_after_a_blank_is_no_molecule(text: str) -> None:
    assert str(describe_problem(text)) == f"unreadable SMILES: {text!r}: text after a blank"
    assert parse_smiles(text) is None


@pytest.mark.parametrize("text", ["A>>B", "CC>>CO", "CC>O>C", ">>CC"])
def test_a_reaction_is_no_molecule(text: str) -> None:
    assert str(describe_problem(text)) == f"unreadable SMILES: {text!r}: a reaction"


@pytest.mark.parametrize("text", NO_MOLECULE)
def test_what_is_no_molecule_stays_none(text: str) -> None:
    assert str(describe_problem(text)) == f"unreadable SMILES: {text!r}"


def test_blanks_around_and_an_extension_do_no_harm() -> None:
    for text in (" CCO", "CCO\t", "\r\nCCO ", "CCO |c:1|", "CCO  ||"):
        assert canonical_smiles(text) == "CCO"
    assert canonical_smiles("CC=CC |c:1|") == canonical_smiles("C/C=C\\C")  # the extension is read, not left aside
    assert canonical_smiles("CC |^1:0|") == "[CH2]C"


@pytest.mark.parametrize(
    ("text", "smiles"),
    [
        ("InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3", "CCO"),
        ("InChI=1/C2H6O/c1-2-3/h3H,2H2,1H3", "CCO"),  # not a standard one
        ("InChI=1S/C3H7NO2/c1-2(4)3(5)6/h2H,4H2,1H3,(H,5,6)/t2-/m0/s1", "C[C@H](N)C(=O)O"),
    ],
)
def test_an_inchi_is_read(text: str, smiles: str) -> None:
    assert describe_problem(text) is None and canonical_smiles(text) == canonical_smiles(smiles)


@pytest.mark.parametrize("text", ["InChI=1S/C2H6O", "InChI=1S/C2H6O/c1-2-3", "InChI=", "InChI=1S/C2H7O/c1-2-3/h3H"])
def test_an_inchi_with_layers_missing_is_no_other_molecule(text: str) -> None:
    assert str(describe_problem(text)).endswith(": an InChI that RDKit does not read as the same molecule")


def test_fragments_and_open_ends_are_read_as_they_stand() -> None:
    assert canonical_smiles("[Na+].[Cl-]") == "[Cl-].[Na+]"
    assert molecule_structure("*CC").x[:, 0].tolist() == [0, 6, 6]  # a category of its own
    assert canonical_smiles("[CH3:7][OH:1]") == canonical_smiles("[CH3:7][O:1][H:2]") == "CO"
    assert str(describe_problem("N->[Fe")) == "unreadable SMILES: 'N->[Fe'"  # an arrow of a bond, no reaction


@pytest.mark.parametrize("mark", ["&1", "o1"])
def test_a_racemate_does_not_pass_for_the_mirror_image_that_is_drawn(mark: str) -> None:
    drawn = f"C[C@H](F)Cl |{mark}:1|"
    assert canonical_smiles(drawn) == "CC(F)Cl" and features(drawn) == features("CC(F)Cl")
    assert canonical_smiles("C[C@H](F)Cl |a:1|") == canonical_smiles("C[C@H](F)Cl")


STEREO = [
    *["C[C@H](F)Cl", "N[C@@H](C)C(=O)O", "O[C@H]1[C@H](O)[C@H](O)[C@H]1O", "C[C@H]1CC[C@@H](C)CC1", "C[S@](=O)CC"],
    *["C1C[C@H]2CC[C@@H]1C2", "C/C=C\\C", "C[C@H](O)/C=C/[C@@H](O)C", "F/C(Cl)=C(/Br)I", "[Co@OH1](F)(Cl)(Br)(I)(N)O"],
    *["OC[C@H]1O[C@@H](O)[C@H](O)[C@@H](O)[C@@H]1O", "C[P@](=O)(F)Cl", "[Na+].C[C@@H](N)C(=O)[O-]", "[2H][C@H](C)O"],
    *["[C@@H]12CC[C@@H](CC1)N2C", "C[C@H](F)[C@@H](O)[C@@H](F)C", "[H]/N=C(/C)N", "C[N@+](CC)(O)F"],
]


def features(text: str) -> tuple[Counter, Counter]:
    """The multisets of what atoms hold, and of what bonds hold with their ends."""
    graph = molecule_structure(text)
    rows = [tuple(row) for row in graph.x.tolist()]
    ends = ((rows[i], rows[j]) for i, j in graph.edge_index.T.tolist())
    return Counter(rows), Counter(zip(ends, map(tuple, graph.edge_attr.tolist()), strict=True))


def writings(text: str) -> list[str]:
    """Other SMILES of the same molecule: renumbered, from a random atom, without aromatic letters, with hydrogens."""
    from rdkit import Chem

    molecule = Chem.MolFromSmiles(text)
    order = np.random.default_rng(0).permutation(molecule.GetNumAtoms()).tolist()
    renumbered = Chem.MolToSmiles(Chem.RenumberAtoms(molecule, order), canonical=False)
    at_random = Chem.MolToRandomSmilesVect(molecule, 3, randomSeed=1)
    spelled_out = Chem.MolToSmiles(molecule, allHsExplicit=True, allBondsExplicit=True)
    kekulised = Chem.MolToSmiles(Chem.Mol(molecule), kekuleSmiles=True)
    return [renumbered, *at_random, spelled_out, kekulised, Chem.MolToSmiles(Chem.AddHs(molecule))]


@pytest.mark.parametrize("text", STEREO)
def test_a_molecule_is_one_graph_however_it_is_written(text: str) -> None:
    expected = features(text)
    for other in writings(text):
        assert features(other) == expected, other


@pytest.mark.parametrize("count", [25, pytest.param(250, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "file", ["lipo/raw/Lipophilicity.csv", "bbbp/raw/BBBP.csv"], ids=lambda file: file.partition("/")[0]
)
def test_real_molecules_are_one_graph_each_however_they_are_written(
    shared_data: Path, file: str, count: int, request: pytest.FixtureRequest
) -> None:
    if count > 25:
        request.getfixturevalue("unchecked")  # for speed
    with (shared_data / "MoleculeNet" / file).open() as lines:
        texts = [row["smiles"] for row in csv.DictReader(lines) if {"@", "/"} & set(row["smiles"])]
    readable = list(islice((text for text in texts if describe_problem(text) is None), count))
    assert len(readable) == count
    for text in readable:
        expected = features(text)
        for other in writings(text)[:2]:  # renumbered, and from a random atom
            assert features(other) == expected, (text, other)


def test_mirror_images_and_positions_in_a_ring_stay_apart() -> None:
    for one, other in (
        ("C[C@H](F)Cl", "C[C@@H](F)Cl"),
        ("C[C@H]1CC[C@@H](C)CC1", "C[C@H]1CC[C@H](C)CC1"),
        ("C[C@H](F)Cl", "CC(F)Cl"),
        ("C/C=C\\C", "C/C=C/C"),
    ):
        assert features(one) != features(other)


def test_without_stereocentres_the_features_are_those_of_pyg() -> None:
    for text in ("CCO", "C/C=C\\C", "c1ccccc1C(=O)[O-].[Na+]", "*CC", "[Co@OH1](F)(Cl)(Br)(I)(N)O"):
        assert torch.equal(molecule_structure(text).x, from_smiles(text).x)
        assert torch.equal(molecule_structure(text).edge_attr, from_smiles(text).edge_attr)


@pytest.mark.parametrize("text", ["C" * 10**6, "C(" * 10**6, "C." * 10**5 + "C", "[" * 10**6])
def test_a_string_of_a_million_characters_is_not_parsed(text: str) -> None:
    problem = str(describe_problem(text))
    assert problem.startswith("unreadable SMILES") and problem.endswith("characters, allowed: up to 20000")
    assert len(problem) < 200 and parse_smiles(text) is None
