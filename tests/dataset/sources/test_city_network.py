"""Road networks, from tensors as PyG unpacks them."""

from pathlib import Path

import pytest
import torch

from mspe.common.errors import MspeError
from mspe.dataset import get_dataset


def write(folder: Path, nodes: int = 50) -> Path:
    raw = folder / "CityNetwork" / "paris" / "raw" / "paris"
    raw.mkdir(parents=True)
    numbers = torch.arange(nodes)
    content = {
        "node_features_augmented.pt": torch.rand(nodes, 37),
        "edge_indices.pt": torch.stack([numbers[:-1], numbers[1:]]),
        "10-chunk_16-hop_node_labels.pt": numbers % 10,
        "train_mask.pt": numbers < 10,
        "valid_mask.pt": (numbers >= 10) & (numbers < 20),
        "test_mask.pt": numbers >= 20,
    }
    for name, values in content.items():
        torch.save(values, raw / name)
    return raw


@pytest.fixture(autouse=True)
def no_other_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)


def test_a_city_is_read_from_its_tensors(tmp_path: Path) -> None:
    write(tmp_path)
    dataset = get_dataset("paris", root=tmp_path)
    assert dataset.schema.counts == {"train": 10, "val": 10, "test": 30}
    assert (dataset.num_classes, dataset.num_features) == (10, 37)


def test_what_is_missing_or_no_tensor_is_named(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"^paris: raw files are missing in .*CityNetwork/paris/raw/paris"):
        get_dataset("paris", root=tmp_path)
    raw = write(tmp_path)
    torch.save([1], raw / "train_mask.pt")
    with pytest.raises(MspeError, match=rf"^{raw}/train_mask.pt: holds a list, allowed: a tensor"):
        get_dataset("paris", root=tmp_path)
    (raw / "train_mask.pt").write_bytes(b"nothing")
    with pytest.raises(MspeError, match=rf"^{raw}/train_mask.pt: "):
        get_dataset("paris", root=tmp_path)
    (raw / "train_mask.pt").unlink()
    with pytest.raises(MspeError, match=rf"^{raw}/train_mask.pt: no such file"):
        get_dataset("paris", root=tmp_path)
