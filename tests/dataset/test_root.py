"""Where raw files lie."""

from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset
from mspe.dataset.root import data_root


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
