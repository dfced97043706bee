"""NCI."""

import pytest
from rdkit.Chem import MolToSmiles

from mspe.dataset import get_dataset
from mspe.dataset.sources.nci import SPEC, molecule_with_logp, read_smiles
from mspe.graphs.molecules import parse_smiles


def test_nci_counts_what_it_drops_and_keeps_no_duplicate() -> None:
    smiles, dropped = read_smiles()
    assert dropped == {"dropped_unreadable": 8, "dropped_macrocycle": 5, "dropped_duplicate": 99}
    assert len(smiles) == 4999 - 8 - 5 - 99 and SPEC.graphs.startswith(f"{len(smiles):,} molecules")
    molecules = [parse_smiles(text) for text in smiles]
    assert len({MolToSmiles(molecule) for molecule in molecules}) == len(smiles)  # so none stands in two splits
    sizes = [molecule.GetNumAtoms() for molecule in molecules if molecule is not None]
    assert (min(sizes), max(sizes)) == (2, 122)
    assert sum("." in s for s in smiles) > 100  # salts of several components stay


def test_no_target_of_nci_is_far_from_the_others() -> None:
    """A macrocycle's would be: each atom of a ring beyond six costs 1 / 0.286."""
    smiles, _ = read_smiles()
    molecules = [parse_smiles(text) for text in smiles]
    rings = [max(map(len, molecule.GetRingInfo().AtomRings()), default=0) for molecule in molecules]
    assert max(rings) == 9
    suspects = [text for text, ring in zip(smiles, rings, strict=True) if ring > 6 or len(text) > 60]
    targets = [molecule_with_logp(text).y.item() for text in suspects]
    assert -11 < min(targets) < max(targets) < 13


def test_nci_describes_itself() -> None:
    dataset = get_dataset("nci", limit=30)
    assert (dataset.task_type, dataset.num_classes) == ("regression", 1)
    assert (dataset.node_features, dataset.edge_features) == ("categorical", "categorical")
    train = dataset.train
    assert train.fields["x"].shape[1] == 9 and train.fields["edge_attr"].shape[1] == 3
    assert train.fields["x"].min() >= 0 and train.fields["x"].max() < dataset.num_features
    assert train.fields["x"].unique().numel() == dataset.num_features
    assert train.fields["edge_attr"].unique().numel() == dataset.num_edge_features
    assert dataset.schema.counts == {
        "train": 30,
        "val": 30,
        "test": 30,
        "dropped_unreadable": 8,
        "dropped_macrocycle": 5,
        "dropped_duplicate": 99,
    }
    assert dataset.schema.target_mean == pytest.approx([train.fields["y"].mean().item()], rel=1e-5)
