"""Stored encodings and spectra are of the graphs as they are now, or refused."""

import shutil
from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.common.json_files import read_json, write_json
from mspe.encodings import EncodingSet
from mspe.encodings.config import read_bank
from mspe.graphs import read_split, write_splits
from mspe.pipeline.stored_data import read_derived, read_encoded
from stages import encode, train
from tests.pipeline import stages


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the stages' outputs, to be copied."""
    folder = tmp_path_factory.mktemp("prepared")
    stages.prepare(folder)
    return folder


@pytest.fixture
def stored(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EncodingSet:
    """The stages' outputs in the working folder; their bank."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return EncodingSet.from_config(read_bank("data/encodings/bank.json"))


def test_what_the_stages_wrote_is_read_with_what_the_bank_needs(stored: EncodingSet) -> None:
    graphs = read_encoded("val", stored).whole()
    assert graphs.fields["node_encoding"].size(1) == len(stored.node_channels)
    assert {"eigenvectors", "feature_key", "bank_key"} <= set(graphs.fields) and "structure_key" not in graphs.fields
    on_nodes = EncodingSet(list(stored), pair=False)
    assert "eigenvectors" not in read_derived("val", ["data/encodings"]).levels and not on_nodes.batch_needs


def test_graphs_that_changed_since_are_refused_by_every_stage(stored: EncodingSet) -> None:
    stages.rewrite_graphs()
    with pytest.raises(MspeError, match=r"data/spectrum/train/00000.pt: stale: .*; run `dvc repro`"):
        encode.main()
    with pytest.raises(MspeError, match="data/spectrum/train: stale"):
        train.main(0)
    stages.run("spectrum")
    with pytest.raises(MspeError, match="data/encodings/train: stale"):
        train.main(0)
    stages.run("encode")
    read_encoded("train", stored)


def test_other_targets_alone_make_nothing_stale(stored: EncodingSet) -> None:
    path = Path("molecules.csv")
    path.write_text(path.read_text().replace(",1.0,", ",7.0,"))
    stages.run("preprocess")
    assert 7.0 in read_encoded("train", stored).whole().fields["y"]


def test_a_bank_that_was_changed_by_hand_is_refused(stored: EncodingSet) -> None:
    bank = read_json("data/encodings/bank.json")
    steps = bank["filters"]["walk"]["steps"]
    bank["filters"]["walk"]["steps"] = [step + 1 for step in steps]
    write_json("data/encodings/bank.json", bank)
    with pytest.raises(MspeError, match=r"data/encodings/train: stale: it was not computed with .*bank.json"):
        train.main(0)


@pytest.mark.parametrize("folder", ["graphs", "spectrum", "encodings"])
def test_files_of_before_the_keys_are_refused(stored: EncodingSet, folder: str) -> None:
    former = read_split(f"data/{folder}", "train").without_fields(["feature_key", "structure_key", "bank_key"])
    write_splits(f"data/{folder}", {"train": former})
    with pytest.raises(MspeError, match=rf"data/{folder}/train: stale: .*; run `dvc repro`"):
        read_encoded("train", stored)


def test_a_schema_of_other_features_is_refused(stored: EncodingSet) -> None:
    schema = read_json("data/graphs/schema.json")
    schema["node_vocabularies"][0] = schema["node_vocabularies"][0][::-1]
    write_json("data/graphs/schema.json", schema)
    with pytest.raises(MspeError, match=r"data/graphs/train: stale: .*schema.json"):
        read_encoded("train", stored)
