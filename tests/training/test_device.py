"""Devices and precision."""

from pathlib import Path

import pytest
import torch
from torch import nn

from mspe.common.errors import MspeError
from mspe.training import (
    Trainer,
    get_device,
    get_optimizer,
    log_model_info,
)
from mspe.training.device import shared_devices
from tests.training.fixtures import Mean, loaders, make_trainer


def test_an_unknown_device_is_named(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(MspeError, match="device: got 'tpux', allowed: auto, cpu, cuda"):
        get_device("tpux")
    assert get_device().type == ("cuda" if torch.cuda.is_available() else "cpu")
    caplog.set_level("INFO")
    assert log_model_info(nn.Linear(2, 3)) == 9
    assert "Linear: 9 trainable parameters of 9" in caplog.text


@pytest.mark.parametrize("name", ["cuda:999", "cuda:200", "cuda:128", "cuda:٣"])
def test_a_number_that_torch_would_wrap_is_refused(name: str) -> None:
    with pytest.raises(MspeError, match=f"device: got '{name}', allowed: auto"):
        get_device(name)


@pytest.mark.parametrize(
    ("name", "seen", "expected"),
    [
        ("cuda", None, ["0", "1", "2"]),
        ("auto", "4,GPU-7,6", ["4", "GPU-7", "6"]),
        ("cuda:1", None, []),
        ("cpu", None, []),
    ],
)
def test_processes_share_the_devices_that_this_one_sees(
    monkeypatch: pytest.MonkeyPatch, name: str, seen: str | None, expected: list[str]
) -> None:
    assert shared_devices(name) == [] or torch.cuda.is_available()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 3)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if seen is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", seen)
    assert shared_devices(name) == expected


def test_a_device_that_is_not_there_is_the_cpu() -> None:
    with pytest.warns(UserWarning, match="cuda:99 is not available"):
        assert get_device("cuda:99").type == "cpu"


def test_a_lack_of_memory_names_the_batch_and_what_to_lower(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = make_trainer(tmp_path)

    def forward(batch: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has …")

    monkeypatch.setattr(trainer.model, "forward", forward)
    message = r"out of memory with a batch of 8 graphs, 8 nodes, 0 edges, the largest graph of 1 nodes \(CUDA out of"
    with pytest.raises(MspeError, match=message):
        trainer.train_epoch(loaders()[0])
    with pytest.raises(MspeError, match=r"lower training.batch_size"):
        trainer.eval_epoch(loaders()[1])


def test_a_missing_gpu_falls_back_with_one_warning(tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    model = Mean()
    with pytest.warns(UserWarning, match="device cuda is not available; the CPU is used") as warned:
        trainer = Trainer(model, get_optimizer(model), checkpoint_dir=tmp_path, device="cuda")
    assert trainer.device.type == "cpu" and len(warned) == 1


def test_mixed_precision_trains(tmp_path: Path) -> None:
    history = make_trainer(tmp_path, mixed_precision=True).fit(*loaders(), epochs=4)
    assert history["val_loss"][-1] < history["val_loss"][0]
