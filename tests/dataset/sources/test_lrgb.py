"""Peptides, from small files of LRGB's format."""

from pathlib import Path

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset


def peptides(folder: Path) -> None:
    """LRGB's raw files: a list of (x, edge_attr, edge_index, y) a split."""
    raw = folder / "LRGBDataset" / "peptides-func" / "raw"
    raw.mkdir(parents=True)
    generator = torch.Generator().manual_seed(0)
    for number, split in enumerate(("train", "val", "test")):
        graphs = []
        for size in range(3, 8 + number):
            index = torch.arange(size)
            edge_index = torch.stack([torch.cat([index, index.roll(1)]), torch.cat([index.roll(1), index])])
            x = torch.randint(0, 4, (size, 9), generator=generator)
            graphs.append(
                (x, torch.zeros(2 * size, 3, dtype=torch.long), edge_index, (torch.arange(10)[None] % 2).long())
            )
        graphs[0][3][:] = 1
        torch.save(graphs, raw / f"{split}.pt")


def test_peptides_are_read_from_lrgbs_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    peptides(tmp_path)
    with pytest.raises(MspeError, match="peptides-func: target 1 has 1 everywhere in the train split"):
        get_dataset("peptides-func", root=tmp_path)
    dataset = get_dataset("peptides-func", root=tmp_path, limit=5)
    assert (dataset.task_type, dataset.num_classes, dataset.schema.metric) == ("classification", 10, "ap")
    assert [len(part) for part in dataset.get_splits()] == [5, 5, 5]
    assert dataset.test.fields["y"].shape == (5, 10) and dataset.test.fields["y"].is_floating_point()
    assert dataset.schema.class_counts["train"] == (1, 5) * 5
