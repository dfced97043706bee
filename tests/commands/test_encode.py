"""Encodings added to graphs, and drawn on one."""

from pathlib import Path

import pytest
import torch
from torch_geometric.data import Data

from mspe.cli import main
from tests.conftest import cycle


def test_encode_adds_channels_and_keeps_what_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graphs = [Data(x=torch.ones(n, 1), y=torch.tensor([float(n)]), **cycle(n).to_dict()) for n in (3, 5)]
    torch.save(graphs, tmp_path / "in.pt")
    assert main(["encode", str(tmp_path / "in.pt"), str(tmp_path / "out.pt"), "--preset", "rwse"]) == 0
    encoded = torch.load(tmp_path / "out.pt", weights_only=False)
    assert [graph.pe.shape for graph in encoded] == [(3, 20), (5, 20)]
    assert torch.equal(encoded[0].x, graphs[0].x) and encoded[1].y == 5
    assert encoded[0].pe[0, :3].tolist() == pytest.approx([0.0, 0.5, 0.25], abs=1e-6)  # returns of a walk on a triangle
    assert "2 graphs, pe of 20 channels: walk(1), walk(2)" in capsys.readouterr().out


def test_encode_takes_a_dataset_by_name_and_smiles(tmp_path: Path) -> None:
    assert main(["encode", "csl", str(tmp_path / "csl"), "--preset", "hkse"]) == 0
    sizes = {path.stem: len(torch.load(path, weights_only=False)) for path in (tmp_path / "csl").iterdir()}
    assert sizes == {"train": 90, "val": 30, "test": 30}
    (tmp_path / "molecules.csv").write_text("smiles\nCCO\n")
    assert main(["encode", str(tmp_path / "molecules.csv"), str(tmp_path / "out.pt")]) == 0
    assert torch.load(tmp_path / "out.pt", weights_only=False)[0].pe.shape == (3, 13)


def test_encode_takes_encodings_by_name_and_draws_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graphs, picture, out = tmp_path / "in.pt", tmp_path / "picture.svg", tmp_path / "out.pt"
    torch.save([cycle(3), cycle(5)], graphs)
    named = ["--encoding", "heat=[0.5, 8]", "--encoding", "degree"]
    assert main(["encode", str(graphs), "--plot", str(picture), "--graph", "1", "--source", "2", *named]) == 0
    assert f"{picture}: graph 1 of {graphs}" in capsys.readouterr().out
    drawn = picture.read_text()
    assert all(f"<!-- {title} -->" in drawn for title in ("heat(8)", "degree", "heat(0.5) from 2"))
    assert main(["encode", str(graphs), str(out), *named]) == 0
    assert torch.load(out, weights_only=False)[1].pe.shape == (5, 3)


def test_a_picture_replaces_nothing_and_is_written_whole_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save([cycle(4)], "in.pt")
    Path("old.png").write_text("mine")
    for arguments, message in (
        (["--plot", "old.png"], "old.png: is there already; choose another output"),
        (["--plot", "new.txt"], "new.txt: unknown format '.txt'"),
        (["--plot", "new.png", "--graph", "1"], "--graph: got 1, allowed: 0 to 0"),
        (["--plot", "new.png", "--source", "4"], "source: got 4, allowed: 0 to 3"),
        (["--plot", "new.png", "--encoding", "haet"], "unknown encoding 'haet'; did you mean 'heat'"),
        (["--plot", "new.png", "--encoding", "heat=[0]"], "--encoding: filters.heat.0: got 0"),
        (["--plot", "new.png", "--encoding", "heat=["], "--encoding heat=.*: not valid YAML"),
        (["--plot", "new.png", "--preset", "none"], "the bank has no node channels to draw"),
        ([], "got neither an output nor --plot"),
    ):
        with pytest.raises(SystemExit, match=message):
            main(["encode", "in.pt", *arguments])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.pt", "old.png"]
    assert Path("old.png").read_text() == "mine"


def test_encode_writes_over_nothing_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save([cycle(4)], "in.pt")
    Path("csl").mkdir()
    Path("csl/test.pt").write_text("mine")
    for arguments, file in ((["in.pt", "in.pt"], "in.pt"), (["csl", "csl"], "csl/test.pt")):
        before = Path(file).read_bytes()
        with pytest.raises(SystemExit, match=f"error: {file}: is there already; choose another output, or give --"):
            main(["encode", *arguments, "--preset", "rwse"])
        assert Path(file).read_bytes() == before and not Path("csl/train.pt").exists()
    assert main(["encode", "in.pt", "in.pt", "--preset", "rwse", "--overwrite"]) == 0
    assert torch.load("in.pt", weights_only=False)[0].pe.shape == (4, 20)
