"""`dataset.path`: what must be there before anything is deleted."""

from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.dataset import DatasetParams
from mspe.dataset.path import check_path


@pytest.fixture
def places(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file.csv").write_text("smiles,target\n")
    return tmp_path


@pytest.mark.parametrize(
    ("dataset", "place"),
    [("smiles", "file.csv"), ("graphs", "folder"), ("nci", "file.csv"), ("nci", "folder")],
)
def test_what_the_dataset_reads_is_accepted(places: Path, dataset: str, place: str) -> None:
    check_path(DatasetParams(name=dataset, path=str(places / place)))


@pytest.mark.parametrize(
    ("dataset", "place", "problem"),
    [
        ("smiles", "folder", "not a file"),
        ("graphs", "file.csv", "not a folder"),
        ("smiles", "other.csv", "no such file or folder"),
        ("graphs", "other", "no such file or folder"),
        ("nci", "other", "no such file or folder"),  # DVC watches it for every dataset
    ],
)
def test_what_it_cannot_read_is_one_line_with_the_path(places: Path, dataset: str, place: str, problem: str) -> None:
    path = str(places / place)
    with pytest.raises(MspeError) as raised:
        check_path(DatasetParams(name=dataset, path=path))
    assert str(raised.value).startswith(f"dataset.path: got {path!r}, {problem}") and "\n" not in str(raised.value)


def test_a_link_that_leads_nowhere_is_not_there(places: Path) -> None:
    (places / "link.csv").symlink_to(places / "gone.csv")
    with pytest.raises(MspeError, match="no such file or folder"):
        check_path(DatasetParams(name="smiles", path=str(places / "link.csv")))
