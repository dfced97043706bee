"""Where raw files lie."""

from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset
from mspe.dataset.root import data_root, pyg_root


@pytest.mark.slow
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


def _zinc(folder: Path) -> Path:
    (folder / "ZINC" / "raw").mkdir(parents=True)
    (folder / "ZINC" / "raw" / "train.index").write_text(folder.name)
    return folder


def test_a_given_root_wins_over_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("DVC_ROOT", raising=False)
    monkeypatch.setenv("MSPE_DATA", str(_zinc(tmp_path / "environment")))

    def read(root: str | Path) -> str:
        with pyg_root(root, "ZINC") as folder:
            return (Path(folder) / "raw" / "train.index").read_text()

    assert read("data/raw") == "environment"
    assert read(_zinc(tmp_path / "given")) == "given" and not caplog.text
    assert read(tmp_path / "empty") == "environment"
    assert "empty/ZINC/raw is not there" in caplog.text


def test_a_cache_that_cannot_be_written_costs_the_next_download_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "home").write_text("a file where a folder is wanted")
    monkeypatch.setenv("PYG_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("torch_geometric.home._home_dir", None)
    with pyg_root(tmp_path / "nothing", "Source", "Name") as root:
        (Path(root) / "Name" / "raw").mkdir(parents=True)
        (Path(root) / "Name" / "raw" / "a.txt").write_text("downloaded")
    assert "the downloaded files are not kept: cannot write" in caplog.text
