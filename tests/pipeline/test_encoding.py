"""Encodings added to graphs that lie in files."""

from pathlib import Path

import pytest
import torch
from torch_geometric.utils import from_smiles

from mspe.common.errors import MspeError
from mspe.common.json_files import write_json
from mspe.dataset import GraphDataset
from mspe.encodings import AddMultiScalePE, EncodingSet
from mspe.pipeline.encoding import choose_bank, read_input, write_encoded
from mspe.pipeline.trained_model import TrainedModel
from tests.conftest import BANK, cycle


def test_the_bank_is_a_checkpoints_a_files_or_a_presets(regression: tuple[GraphDataset, Path], tmp_path: Path) -> None:
    trained = TrainedModel.load(regression[1], "cpu")
    assert choose_bank("rwse", None, str(regression[1])).config() == trained.bank.config()
    write_json(tmp_path / "bank.json", EncodingSet.from_config(BANK).config().model_dump())
    assert choose_bank("rwse", str(tmp_path / "bank.json"), None).config() == EncodingSet.from_config(BANK).config()
    assert choose_bank("rwse", None, None).config() == EncodingSet.from_config("rwse").config()


def test_molecules_and_graphs_of_files_are_read_with_their_features(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("smiles\nCCO\nCN\n")
    torch.save([cycle(5), cycle(3)], tmp_path / "new.pt")
    molecules = read_input(str(tmp_path / "new.csv"))[""]
    assert all(torch.equal(one.x, from_smiles(smiles).x) for one, smiles in zip(molecules, ["CCO", "CN"], strict=True))
    assert [graph.num_nodes for graph in read_input(str(tmp_path / "new.pt"))[""]] == [5, 3]
    (tmp_path / "new.csv").write_text("smiles\nCCO\nC1CC\n")
    with pytest.raises(MspeError, match=r"new.csv: unreadable SMILES: 'C1CC'; correct the row, or leave it out"):
        read_input(str(tmp_path / "new.csv"))
    with pytest.raises(MspeError, match="neither a file nor a dataset"):
        read_input("nowhere")


def test_a_dataset_is_encoded_by_split_and_nothing_is_written_over(tmp_path: Path) -> None:
    add = AddMultiScalePE(BANK)
    parts = {"train": [cycle(4)], "val": [cycle(5), cycle(6)]}
    written = write_encoded(parts, add, tmp_path / "out")
    assert written == {str(tmp_path / "out" / "train.pt"): 1, str(tmp_path / "out" / "val.pt"): 2}
    graphs = torch.load(tmp_path / "out" / "val.pt", weights_only=False)
    torch.testing.assert_close(graphs[1].pe, add(cycle(6)).pe)
    (tmp_path / "out" / "train.pt").unlink()
    with pytest.raises(MspeError, match=r"val.pt: is there already"):
        write_encoded(parts, add, tmp_path / "out")
    assert not (tmp_path / "out" / "train.pt").exists()
    assert write_encoded(parts, add, tmp_path / "out", overwrite=True) == written
