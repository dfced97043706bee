"""ZINC-12k."""

from pathlib import Path

import pytest
import torch
from torch_geometric.datasets import ZINC

from mspe.dataset import get_dataset
from mspe.graphs import GraphLoader, PackedGraphs

pytestmark = pytest.mark.slow


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


def test_twelve_thousand_graphs_load_at_once(shared_data: Path, tmp_path: Path) -> None:
    """Packed storage is read as a handful of tensors, whatever the number of graphs."""
    dataset = get_dataset("zinc", root=shared_data)
    packed = PackedGraphs.concatenate(list(dataset.get_splits()))
    packed.save(tmp_path / "zinc.pt")
    restored = PackedGraphs.load(tmp_path / "zinc.pt")
    assert len(restored) == 12_000
    assert sum(batch.num_graphs for batch in GraphLoader(restored, 1000)) == 12_000
    assert (tmp_path / "zinc.pt").stat().st_size < 20e6
