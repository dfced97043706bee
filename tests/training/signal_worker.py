"""A small training run in a process of its own, to be killed: `python -m tests.training.signal_worker FOLDER [WRITE]`.

With a number it kills itself inside that write of a file, when the bytes are there and the rename is not. Says `step N`
after every step, keeps its state after every step, and leaves `weights.pt` when it is done.
"""

import os
import signal
import sys
from itertools import count
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


if __name__ == "__main__":
    for argument in sys.argv[2:]:
        die_in_write(int(argument))
    with command():
        main(Path(sys.argv[1]))
