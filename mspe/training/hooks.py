"""Ready-made log hooks; each is called as ``hook(metrics, step, prefix)``."""

from collections.abc import Callable, Mapping
from pathlib import Path

LogHook = Callable[[Mapping[str, float], int, str], None]


class TensorBoardHook:
    """Writes every metric as a scalar ``prefix/name`` of a TensorBoard event file.

    Parameters
    ----------
    folder
        Where the event file goes; TensorBoard is started with it.
    """

    def __init__(self, folder: str | Path) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self.writer = SummaryWriter(str(folder))

    def __call__(self, metrics: Mapping[str, float], step: int, prefix: str) -> None:
        """Write one scalar a metric."""
        for name, value in metrics.items():
            self.writer.add_scalar(f"{prefix}/{name}", value, step)
        self.writer.flush()

    def close(self) -> None:
        """Finish the event file."""
        self.writer.close()
