"""Raw files, made safe; hostile ones: tests/faults/test_hostile.py."""

import pickle
from pathlib import Path

import pytest
import torch

from mspe.common.safe_pickle import read_pickle
from mspe.dataset.sources.checked import make_safe


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
