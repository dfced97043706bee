"""The first stages of the pipeline, run in the working folder by their functions."""

import shutil
from contextlib import chdir
from pathlib import Path
from typing import Any

import yaml

from mspe.common.merge import merged
from mspe.graphs import read_split
from stages import encode, preprocess, spectrum
from tests.conftest import ROOT
from tests.pipeline.conftest import write

SMALL = {
    "dataset": {"name": "smiles", "path": "molecules.csv"},
    "model": {"hidden_dim": 16, "node_dim": 6, "num_layers": 2},
    "training": {"epochs": 1, "scheduler": {"warmup_epochs": 0}},
    "runtime": {"device": "cpu", "num_workers": 1, "resume": False},
}
STAGES = {"preprocess": preprocess.main, "spectrum": spectrum.main, "encode": encode.main}


def prepare(folder: Path) -> None:
    """Put parameters and molecules into a folder, and run the stages before training there."""
    shutil.copy(ROOT / "dvc.yaml", folder)
    write(folder, [str(number / 3) for number in range(42)])
    (folder / "params.yaml").write_text((ROOT / "params.yaml").read_text())
    with chdir(folder):
        change(**SMALL)
        run(*STAGES)


def change(**sections: Any) -> None:
    """Change parameters of `params.yaml`."""
    path = Path("params.yaml")
    path.write_text(yaml.safe_dump(merged(yaml.safe_load(path.read_text()), sections)))


def run(*names: str) -> None:
    """Run stages in order."""
    for name in names:
        STAGES[name]()


def rewrite_graphs() -> None:
    """Other molecules, of as many graphs of the same sizes: what a comparison of sizes takes for the same."""
    path = Path("molecules.csv")
    before = [read_split("data/graphs", split).num_nodes for split in ("train", "val", "test")]
    path.write_text(path.read_text().replace("C(=O)O", "[R]").replace("CCCC", "C1CC1C").replace("[R]", "C(=O)O"))
    run("preprocess")
    after = [read_split("data/graphs", split).num_nodes for split in ("train", "val", "test")]
    assert all(map(lambda one, other: one.equal(other), before, after))
