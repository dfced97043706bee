"""Checkpoints: read whole, checked, and loaded all or not at all."""

from pathlib import Path
from typing import Any

from torch import Tensor, nn

from mspe.common.errors import MspeError
from mspe.common.files import read_tensors

FORMAT = 1
"""Of checkpoints; one more where older code could not read them."""

KEYS = ("model", "optimizer", "scheduler", "epoch", "global_step", "best_metric", "best_epoch", "metrics")


def checkpoint_path(folder: Path, name: str | Path) -> Path:
    """A bare file name lives in the checkpoint folder; a path is taken as it is."""
    path = Path(name)
    return folder / path if path.name == str(path) else path


def read_checkpoint(path: Path, model: nn.Module) -> dict[str, Any]:
    """Read a checkpoint and see that it fits the model, which is left as it is.

    Raises
    ------
    MspeError
        If the file is missing, damaged, no checkpoint, of a newer version, or of another model.
    """
    checkpoint = read_tensors(path)
    if checkpoint.get("format", FORMAT) > FORMAT:
        raise MspeError(
            f"{path}: written by a newer version of mspe (format {checkpoint['format']}, this one reads up to "
            f"{FORMAT}); update mspe"
        )
    missing = [key for key in KEYS if key not in checkpoint]
    if missing:
        raise MspeError(f"{path}: not a checkpoint, it has no {missing[0]!r}; was it written by save_checkpoint?")
    problem = _mismatch(checkpoint["model"], model.state_dict())
    if problem:
        raise MspeError(f"{path}: belongs to another model: {problem}; build the model as it was trained")
    return checkpoint


def _mismatch(saved: dict[str, Tensor], present: dict[str, Tensor]) -> str | None:
    for name in sorted(saved.keys() ^ present.keys()):
        return f"{name} is only in the {'checkpoint' if name in saved else 'model'}"
    for name, tensor in saved.items():
        if tensor.shape != present[name].shape:
            return f"{name} has shape {list(tensor.shape)} in the checkpoint, {list(present[name].shape)} in the model"
    return None
