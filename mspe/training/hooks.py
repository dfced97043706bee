"""Ready-made log hooks; each is called as ``hook(metrics, step, prefix)``."""

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mspe.common.errors import MspeError
from mspe.common.files import write_text
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


class DvcliveHook:
    """Writes every metric as ``prefix/name`` to DVCLive's files: tables per step, and the latest values as JSON.

    Rows of an earlier process in the same folder, from this one's first step on, are removed: a resumed run, which
    repeats the steps since its last state, is one curve. No experiment is saved, and no dvc.yaml is written.

    Parameters
    ----------
    folder
        Holds `metrics.json` and `plots/metrics/<prefix>/<name>.tsv`.

    Raises
    ------
    MspeError
        If dvclive is not installed.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._dvclive = optional_module("dvclive", "dvclive")
        self._live: Any = None

    def __call__(self, metrics: Mapping[str, float], step: int, prefix: str) -> None:
        """Write one row a metric."""
        if self._live is None:
            for path in self.folder.glob("plots/metrics/**/*.tsv"):
                _keep_rows_before(path, step)
            self._live = self._dvclive.Live(str(self.folder), resume=True, save_dvc_exp=False, dvcyaml=None)
        self._live.step = step
        for name, value in metrics.items():
            self._live.log_metric(f"{prefix}/{name}", value)
        self._live.make_summary()

    def close(self) -> None:
        """Write the latest values."""
        if self._live is not None:
            self._live.end()


def _keep_rows_before(path: Path, step: int) -> None:
    """Leave the header of a table, and the rows of earlier steps."""
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    place = header.split("\t").index("step")
    kept = [row for row in rows if int(row.split("\t")[place]) < step]
    write_text(path, "\n".join([header, *kept]) + "\n")
