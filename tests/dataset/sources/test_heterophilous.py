"""Heterophilous graphs, from a file of their format."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset

NODES, SPLITS = 40, 10


def write(folder: Path, **changes: Any) -> Path:
    raw = folder / "HeterophilousGraphDataset" / "minesweeper" / "raw"
    raw.mkdir(parents=True)
    order = np.stack([np.random.default_rng(seed).permutation(NODES) for seed in range(SPLITS)])  # [splits, nodes]
    content = {
        "node_features": np.random.default_rng(0).random((NODES, 7)).astype(np.float32),
        "node_labels": np.arange(NODES) % 2,
        "edges": np.stack([np.arange(NODES - 1), np.arange(1, NODES)], axis=1),
        "train_masks": order < 20,
        "val_masks": (order >= 20) & (order < 30),
        "test_masks": order >= 30,
    }
    np.savez(raw / "minesweeper.npz", **{**content, **changes})
    return raw / "minesweeper.npz"


@pytest.fixture(autouse=True)
def no_other_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)


def test_a_fold_is_one_of_the_published_masks(tmp_path: Path) -> None:
    masks = np.load(write(tmp_path))
    for fold in (0, 7):
        dataset = get_dataset("minesweeper", root=tmp_path, fold=fold)
        assert dataset.schema.counts == {"train": 20, "val": 10, "test": 10} and dataset.schema.metric == "roc_auc"
        tested = ~dataset.test.fields["y"].isnan().flatten().numpy()
        assert np.array_equal(tested, masks["test_masks"][fold])
    assert dataset.train.num_edges.item() == 2 * (NODES - 1)
    with pytest.raises(MspeError, match=r"^dataset.fold: got 10, allowed: 0 to 9"):
        get_dataset("minesweeper", root=tmp_path, fold=10)


def test_edges_to_nodes_that_are_not_there_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, edges=np.array([[0, NODES]]))
    with pytest.raises(MspeError, match=rf"^{path}: edges name nodes outside 0 to {NODES - 1}"):
        get_dataset("minesweeper", root=tmp_path)


def test_a_file_with_pickles_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, node_labels=np.array([{"a": 1}] * NODES, dtype=object))
    with pytest.raises(MspeError, match=str(path.parent)):
        get_dataset("minesweeper", root=tmp_path)
