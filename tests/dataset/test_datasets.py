from pathlib import Path

import pytest
import torch
from torch_geometric.datasets import ZINC

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset
from mspe.dataset.penalised_logp import penalised_logp
from mspe.dataset.root import data_root
from mspe.dataset.sources.nci import read_smiles
from mspe.graphs import GraphLoader, PackedGraphs
from mspe.graphs.features import build_vocabularies, column_statistics, encode_categories, vocabulary_width
from mspe.graphs.molecules import parse_smiles


def test_nci_counts_what_it_drops_and_keeps_no_duplicate() -> None:
    smiles, dropped = read_smiles()
    assert dropped == {"dropped_unreadable": 8, "dropped_duplicate": 99}
    assert len(smiles) == 4999 - 8 - 99
    canonical = {parse_smiles(s) and __import__("rdkit.Chem").Chem.MolToSmiles(parse_smiles(s)) for s in smiles}
    assert len(canonical) == len(smiles)  # so none stands in two splits
    sizes = [parse_smiles(s).GetNumAtoms() for s in smiles]  # type: ignore[union-attr]
    assert (min(sizes), max(sizes)) == (2, 122)
    assert sum("." in s for s in smiles) > 100  # salts of several components stay


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
        "dropped_duplicate": 99,
    }
    assert dataset.schema.target_mean == pytest.approx([train.fields["y"].mean().item()], rel=1e-5)


def test_a_smaller_limit_only_shortens_the_split() -> None:
    small, large = get_dataset("nci", limit=10), get_dataset("nci", limit=20)
    for few, many in zip(small.get_splits(), large.get_splits(), strict=True):
        assert torch.equal(few.fields["y"], many[:10].fields["y"])


def test_another_split_seed_gives_another_split() -> None:
    first, second = get_dataset("nci", limit=10), get_dataset("nci", limit=10, split_seed=1)
    assert not torch.equal(first.train.fields["y"], second.train.fields["y"])


@pytest.mark.parametrize(
    ("smiles", "logp", "accessibility", "ring"),
    [("c1ccccc1", 1.6866, 1.0, 0), ("C1CCCCCCCC1", 3.5109, 1.0, 3)],
    ids=["benzene", "nine-ring"],
)
def test_penalised_logp_is_its_three_terms(smiles: str, logp: float, accessibility: float, ring: int) -> None:
    molecule = parse_smiles(smiles)
    assert molecule is not None
    without_accessibility = (logp - 2.4570953396190123) / 1.434324401111988
    without_accessibility += (-ring + 0.0485696876403053) / 0.2860212110245455
    of_accessibility = penalised_logp(molecule) - without_accessibility
    assert of_accessibility == pytest.approx((-accessibility + 3.0525811293166134) / 0.8335207024513095, abs=0.01)


def test_zinc_is_pygs_zinc(shared_data: Path, tmp_path: Path) -> None:
    (tmp_path / "raw").symlink_to(shared_data / "ZINC" / "raw")
    ours = dict(zip(("train", "val", "test"), get_dataset("zinc", root=shared_data).get_splits(), strict=True))
    for split, packed in ours.items():
        theirs = ZINC(str(tmp_path), subset=True, split=split)
        assert len(packed) == len(theirs)
        assert packed.edge_index.shape[1] == theirs.edge_index.shape[1]
        for name in ("x", "edge_attr"):
            assert torch.equal(packed.fields[name], theirs._data[name])
        assert torch.equal(packed.fields["y"].flatten(), theirs.y)
        assert torch.equal(packed[17].edge_index, theirs[17].edge_index)


def test_the_root_is_never_written_into(shared_data: Path) -> None:
    before = sorted(shared_data.rglob("*"))
    dataset = get_dataset("zinc", root=shared_data, limit=5)
    assert (dataset.num_features, dataset.num_classes, dataset.num_edge_features) == (28, 1, 4)
    assert sorted(shared_data.rglob("*")) == before


def test_no_raw_file_and_no_network_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYG_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("MSPE_DATA", raising=False)
    monkeypatch.setattr("urllib.request.urlopen", _no_network)
    monkeypatch.setattr("fsspec.open", _no_network)
    with pytest.raises(MspeError, match=r"ZINC: raw files are missing .*not be downloaded.*set MSPE_DATA") as raised:
        get_dataset("zinc", root=tmp_path / "nothing")
    assert "\n" not in str(raised.value)


def _no_network(*args: object, **options: object) -> None:
    raise OSError("network is unreachable")


def test_the_environment_names_the_root_and_dvc_anchors_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    assert data_root("data/raw") == Path("data/raw")
    monkeypatch.setenv("DVC_ROOT", "/repository")
    assert data_root("data/raw") == Path("/repository/data/raw")
    monkeypatch.setenv("MSPE_DATA", "../shared")
    assert data_root("data/raw") == Path("/repository/../shared")
    monkeypatch.setenv("MSPE_DATA", "/elsewhere")
    assert data_root("data/raw") == Path("/elsewhere")


def test_an_unseen_category_has_a_place_of_its_own() -> None:
    vocabularies = build_vocabularies(torch.tensor([[6, 1], [8, 1]]))
    assert vocabulary_width(vocabularies) == 3
    assert encode_categories(torch.tensor([[7, 2], [99, 1], [0, 0]]), vocabularies).tolist() == [[3, 3], [3, 2], [3, 3]]


def test_a_constant_target_is_not_divided_by_zero() -> None:
    dataset = get_dataset("nci", limit=10)
    constant = dataset.train.with_fields({"y": torch.ones(10, 1)}, {"y": "graph"})
    assert column_statistics(constant.fields["y"]) == ((1.0,), (1.0,))


def test_an_unknown_dataset_lists_the_known_ones() -> None:
    with pytest.raises(
        MspeError, match=r"name: got 'zink', unknown dataset 'zink'; did you mean 'zinc'\? Known: bace, bbbp, .*, zinc"
    ):
        get_dataset("zink")
    with pytest.raises(MspeError, match="limti: unknown key; known here: fold, limit, name, path, root, smiles_column"):
        get_dataset("nci", limti=3)


def test_twelve_thousand_graphs_load_at_once(shared_data: Path, tmp_path: Path) -> None:
    """Packed storage is read as a handful of tensors, whatever the number of graphs."""
    dataset = get_dataset("zinc", root=shared_data)
    packed = PackedGraphs.concatenate(list(dataset.get_splits()))
    packed.save(tmp_path / "zinc.pt")
    restored = PackedGraphs.load(tmp_path / "zinc.pt")
    assert len(restored) == 12_000
    assert sum(batch.num_graphs for batch in GraphLoader(restored, 1000)) == 12_000
    assert (tmp_path / "zinc.pt").stat().st_size < 20e6
