"""A small training run in a fork of this process, to be killed.

Nothing is imported anew, and a kill is one: nothing is cleaned up. It says `step N` after every step, keeps its state
after every step, and leaves `weights.pt` when it is done.
"""

import os
import signal
import sys
from itertools import count
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import torch

from mspe.common.command import command
from mspe.common.json_files import write_json
from tests.training.fixtures import loaders, make_trainer


def die_in_write(number: int) -> None:
    writes, sync = count(1), os.fsync

    def fsync(descriptor: int) -> None:
        if next(writes) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        sync(descriptor)

    os.fsync = fsync


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    trainer = make_trainer(folder, log_every=1)
    trainer.add_log_hook(lambda metrics, step, prefix: print(f"step {step}", flush=True))
    history = trainer.fit(*loaders(), epochs=6, resume_path=folder / "state.pt", save_interval=0.0)
    write_json(folder / "history.json", history)
    torch.save(trainer.model.state_dict(), folder / "weights.pt")


def work(folder: Path, told: int, errors: Path, killed_in_write: int | None) -> None:
    sys.stdout, sys.stderr = os.fdopen(told, "w"), errors.open("w")
    if killed_in_write is not None:
        die_in_write(killed_in_write)
    with command():
        main(folder)


class Worker:
    """A run that has been started.

    Parameters
    ----------
    folder
        Where it keeps its state, and leaves what it ends with.
    killed_in_write
        It kills itself inside this write of a file, when the bytes are there and the rename is not; None: it does not.
    """

    def __init__(self, folder: Path, killed_in_write: int | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self._errors = folder / "errors.txt"
        told, tell = os.pipe()
        self._told = os.fdopen(told)
        self._process: BaseProcess = get_context("fork").Process(
            target=work, args=(folder, tell, self._errors, killed_in_write)
        )
        self._process.start()
        os.close(tell)

    def stop_at(self, step: int, number: signal.Signals) -> tuple[int | None, str]:
        """Send a signal when the run has said that it took the step; its exit status and standard error."""
        assert self._process.pid is not None
        for line in self._told:
            if line == f"step {step}\n":
                os.kill(self._process.pid, number)
                break
        self._told.read()
        self._told.close()
        self._process.join()
        return self._process.exitcode, self._errors.read_text()

    def end(self) -> int | None:
        """Wait until the run is over; its exit status."""
        return self.stop_at(0, signal.SIGCONT)[0]
