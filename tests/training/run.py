"""A small training run in a process of its own, to be killed by tests: `python -m tests.training.run FOLDER`.

Says `step N` after every step, keeps its state after every step, and leaves `weights.pt` when it is done.
"""

import sys
from pathlib import Path

import torch

from mspe.common.command import command
from mspe.common.files import write_json
from tests.training.small import loaders, make_trainer


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    trainer = make_trainer(folder, log_every=1)
    trainer.add_log_hook(lambda metrics, step, prefix: print(f"step {step}", flush=True))
    history = trainer.fit(*loaders(), epochs=6, resume_path=folder / "state.pt", save_interval=0.0)
    write_json(folder / "history.json", history)
    torch.save(trainer.model.state_dict(), folder / "weights.pt")


if __name__ == "__main__":
    with command():
        main(Path(sys.argv[1]))
