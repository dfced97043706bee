"""Raw files, made safe; hostile ones: tests/faults/test_hostile.py."""

import pickle
from pathlib import Path

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.common.safe_pickle import read_pickle
from mspe.dataset.sources.checked import check_integers, make_safe


@pytest.mark.parametrize("name", ["train.index", "MUTAG_A.txt", "train.pt"])
def test_text_and_tensors_stay_as_they_are(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if path.suffix == ".pt":
        torch.save([{"x": torch.ones(2)}], path)
    else:
        path.write_bytes(b"0,1\n")
    before = path.read_bytes()
    make_safe(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["train.pickle", "ind.cora.graph"])
def test_a_pickle_is_written_anew(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(pickle.dumps({0: [1]}, protocol=2))
    make_safe(tmp_path / name)
    assert (tmp_path / name).read_bytes() == pickle.dumps({0: [1]}, protocol=4)
    assert read_pickle(tmp_path / name) == {0: [1]}


@pytest.mark.parametrize("content", [b"", b"0,1", b"0\n1"])
def test_text_whose_last_line_has_no_end_is_refused(content: bytes, tmp_path: Path) -> None:
    """PyG drops what stands after the last line's end, so that a number would be another."""
    (tmp_path / "train.index").write_bytes(content)
    with pytest.raises(MspeError, match=r"train\.index: cut off"):
        make_safe(tmp_path / "train.index")


@pytest.mark.parametrize(
    ("content", "refused"),
    [("1\n3\n", ""), ("1, 3\n", ""), ("text\n\n", ""), ("1\n4\n", "line 2: got 4"), ("3, 0\n", "line 1: got 0")],
)
def test_integers_stand_in_the_allowed_range(content: str, refused: str, tmp_path: Path) -> None:
    (tmp_path / "A.txt").write_text(content)
    if not refused:
        check_integers(tmp_path / "A.txt", range(1, 4))
    else:
        with pytest.raises(MspeError, match=f"{refused}, allowed: 1 to 3"):
            check_integers(tmp_path / "A.txt", range(1, 4))
