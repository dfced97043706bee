"""Ready-made log hooks; each is called as ``hook(metrics, step, prefix)``."""

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mspe.common.errors import MspeError
from mspe.common.optional import optional_module
from mspe.common.shown import shortened, shown

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

logger = logging.getLogger(__name__)

LogHook = Callable[[Mapping[str, float], int, str], None]


def call_hooks(hooks: Iterable[LogHook], metrics: Mapping[str, float], step: int, prefix: str) -> None:
    """Call every hook; one that raises is reported in the log and does not end the run."""
    for hook in hooks:
        try:
            hook(metrics, step, prefix)
        except Exception:  # someone else's code: a broken plot must not cost a training run
            logger.exception("log hook %r failed at step %d; training goes on", hook, step)


class TensorBoardHook:
    """Writes every metric as a scalar ``prefix/name`` of a TensorBoard event file.

    Events of an earlier process in the same folder, from this one's first step on, are hidden by TensorBoard: a resumed
    run, which repeats the steps since its last state, is one curve.

    Parameters
    ----------
    folder
        Where the event file goes; TensorBoard is started with it.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._writer: SummaryWriter | None = None

    def __call__(self, metrics: Mapping[str, float], step: int, prefix: str) -> None:
        """Write one scalar a metric."""
        if self._writer is None:
            tensorboard = optional_module("torch.utils.tensorboard", "pipeline")
            self._writer = tensorboard.SummaryWriter(str(self.folder), purge_step=step)
        for name, value in metrics.items():
            self._writer.add_scalar(f"{prefix}/{name}", value, step)
        self._writer.flush()

    def close(self) -> None:
        """Finish the event file."""
        if self._writer is not None:
            self._writer.close()


class WandbHook:
    """Logs every metric as ``prefix/name`` to a run of Weights & Biases.

    Parameters
    ----------
    project
        Of the run.
    **options
        Further arguments of ``wandb.init``: `name`, `config`, ``mode="offline"``, ….

    Raises
    ------
    MspeError
        If wandb is not installed, or refuses to start a run: without a login, or for the project's name.
    """

    def __init__(self, project: str, **options: Any) -> None:
        wandb = optional_module("wandb", "wandb")
        try:
            self.run = wandb.init(project=project, **options)
        except wandb.Error as error:
            raise MspeError(
                f"runtime.wandb_project: got {shown(project)}, wandb says: {shortened(str(error), 400)}; run "
                "`wandb login`, or set it to null"
            ) from None

    def __call__(self, metrics: Mapping[str, float], step: int, prefix: str) -> None:
        """Log one value a metric."""
        self.run.log({f"{prefix}/{name}": value for name, value in metrics.items()}, step=step)

    def close(self) -> None:
        """Finish the run."""
        self.run.finish()
