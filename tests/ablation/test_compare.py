"""`mspe.compare`: what it refuses, where it keeps its runs, and a whole one in a notebook."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from torch_geometric.data import Data

import mspe
from mspe.ablation.compare import compare_declared
from mspe.ablation.comparison import Comparison
from mspe.ablation.plans import CONFIRM_SEED
from mspe.ablation.study import Study
from mspe.common.errors import MspeError
from mspe.common.resume import hold
from mspe.dataset import UnsplitDataset
from tests.ablation.browser import assert_quiet, opened
from tests.ablation.fake_report import SMALL, fake_report
from tests.ablation.fake_runs import VALUES, Launcher, declared
from tests.conftest import ROOT, cycle

OPTIONS: dict[str, Any] = {
    "model": {"hidden_dim": 16, "num_layers": 1},
    "parameter_tolerance": 1.0,
    "jobs": 1,
    "device": "cpu",
}


TWO_EPOCHS = {"epochs": 2, "batch_size": 1, "scheduler": {"type": "none"}}


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def unrun(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is trained: the report is a made-up one."""
    monkeypatch.setattr("mspe.ablation.compare.Engine.compare", lambda engine, more: fake_report(SMALL))


def compared(graphs: Any = "csl", encodings: Sequence[str] = ("hkse",), **options: Any) -> Comparison:
    return mspe.compare(graphs, encodings, **{**OPTIONS, **options})


@pytest.mark.parametrize(
    ("encodings", "options", "message"),
    [
        (["nope"], {}, r"compare: variants: got nope, allowed: all, the presets default, rwse, .*none.*only_<filter>"),
        (["only_nope"], {}, r"compare: variants: got only_nope, but the whole bank, .* has no nope; it has walk"),
        (["../hkse"], {}, r"compare: variants\.1: got '\.\./hkse'"),
        (["none"], {}, r"compare: .*variants is none alone; name another one to compare with it"),
        (["hkse"], {"named": ["rwse"]}, r"compare: .*named is rwse, allowed: one of variants, none, hkse"),
        (["hkse"], {"margin": 0.0}, r"compare: margin: got 0\.0, input should be greater than 0"),
        (["hkse"], {"margin": 1.5}, r"compare: margin: got 1\.5, input should be less than 1"),
        (["hkse"], {"minutes": 0}, r"compare: minutes: got 0"),
        (["hkse"], {"minutes": 5, "confirm": {"seeds": 3}}, r"compare: .*minutes plan both rounds"),
        ("hkse", {}, r"compare: encodings: got 'hkse', allowed: a list of names; write \['hkse'\]"),
        (["hkse"], {"confirm": {"seeds": 1}}, r"compare: confirm\.seeds: got 1, .*greater than or equal to 2"),
        (["hkse"], {"confirm": {"seed": 3}}, r"compare: confirm\.seed: unknown key; known here: best, seeds"),
        (["hkse"], {"screen": {"seeds": 3}}, r"compare: .*screen is given without confirm"),
        (["hkse"], {"model": {"hidden": 16}}, r"compare: variant none: model\.hidden: unknown key"),
        (["hkse"], {"training": {"epochs": -1}}, r"compare: variant none: training\.epochs: got -1"),
        (["hkse"], {"limits": 10}, r"dataset: limits: unknown key"),
        (["hkse"], {"plugins": ["nowhere.py"]}, r"nowhere\.py: no such Python file"),
        (["hkse"], {"test_share": 0.2}, r"test_share: got 0\.2, but the split of csl is of the kind folds"),
        (["all"], {"parameter_tolerance": 1e-6}, r"compare: parameters of all [\d,]+, allowed: within"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_before_anything_runs(
    launcher: Launcher, encodings: Sequence[str], options: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(MspeError, match=f"^{message}") as error:
        compared(encodings=encodings, **options)
    assert "\n" not in str(error.value) and launcher.made == []


@pytest.mark.parametrize(
    ("graphs", "message"),
    [
        ("nope", "nope: neither a dataset nor a file of molecules"),
        ([], "the graphs given: got none, allowed: a list or a dataset of PyG Data with targets y"),
    ],
)
def test_what_are_no_graphs_are_refused(launcher: Launcher, graphs: Any, message: str) -> None:
    with pytest.raises(MspeError, match=f"^{message}"):
        compared(graphs)
    assert not Path("comparisons").exists()


def test_a_budget_that_is_too_small_is_one_line(launcher: Launcher) -> None:
    with pytest.raises(MspeError, match=r"^budget: got 1 seconds for 2 variants .* expected at least \d+"):
        compared(minutes=0.01)


def test_without_rounds_thirty_minutes_are_planned(launcher: Launcher) -> None:
    assert compared().report.plan.budget == 1800


def test_declared_rounds_are_as_they_are_by_default(launcher: Launcher) -> None:
    """No screen, and ten seeds of all variants."""
    report = compared(encodings=("hkse", "rwse"), confirm={}).report
    assert (report.plan.budget, report.plan.screen_seeds, report.plan.confirm_seeds) == (None, 0, 10)
    assert {run.seed for run in launcher.made} == set(range(CONFIRM_SEED, CONFIRM_SEED + 10))
    assert [variant.name for variant in report.variants] == ["none", "hkse", "rwse"]


def test_the_baseline_need_not_be_named_among_the_encodings(launcher: Launcher) -> None:
    report = compared(encodings=("hkse", "none"), baseline="rwse", minutes=None, confirm={"seeds": 2}).report
    assert report.baseline == "rwse" and [variant.name for variant in report.variants] == ["rwse", "hkse", "none"]


def test_the_folder_is_named_by_the_graphs_which_are_not_changed(unrun: None) -> None:
    graphs = [Data(y=torch.tensor([float(n)]), **cycle(n).to_dict()) for n in range(3, 43)]
    before = [graph.clone() for graph in graphs]
    for source in ("csl", graphs, graphs, graphs[1:]):
        compared(source)
    folders = sorted(path.name.rsplit("-", 1)[0] for path in Path("comparisons").iterdir())
    assert folders == ["csl", "graphs", "graphs"]
    for graph, copy in zip(graphs, before, strict=True):
        assert graph.keys() == copy.keys() and all(torch.equal(graph[key], copy[key]) for key in ("edge_index", "y"))


def test_another_folder_may_be_named_and_holds_everything(launcher: Launcher) -> None:
    compared(minutes=None, confirm={"seeds": 2}, folder="mine")
    assert [path.name for path in Path().iterdir()] == ["mine"]
    assert len(Study.open("mine").graphs) == 150


def test_two_processes_are_not_on_one_comparison(launcher: Launcher, tmp_path: Path) -> None:
    with hold(tmp_path / "comparison"), pytest.raises(MspeError, match="another process is on this run; wait"):
        compared(minutes=None, confirm={"seeds": 2}, folder=tmp_path)
    assert not launcher.made


def test_seeds_that_are_to_be_divided_otherwise_are(launcher: Launcher, csl: UnsplitDataset, tmp_path: Path) -> None:
    """What the correction for overlapping training parts is computed for is what the runs are divided by."""
    drawn, fixed = (declared(variants=["none", "hkse"], screen=None, splits=splits) for splits in ("each", "one"))
    first, second = CONFIRM_SEED, CONFIRM_SEED + 1
    study = Study(tmp_path / "study", Study.begin(tmp_path / "study", csl).settings)
    for ablation in (drawn, fixed, drawn):
        report = compare_declared(csl, ablation, VALUES, study.folder, jobs=1).report
        assert (report.ratio > 0) == (ablation is drawn)
        same = study.division(first).positions == study.division(second).positions
        assert same == (ablation is fixed)
        assert len(launcher.made) == len(set(launcher.made)) == 12
        launcher.made.clear()


CELLS = """
import torch
from torch_geometric import seed_everything
from torch_geometric.datasets import FakeDataset

import mspe

seed_everything(0)
graphs = FakeDataset(num_graphs=200, avg_num_nodes=10, num_channels=4, task="graph", num_classes=3)
comparison = mspe.compare(
    graphs,
    ["none", "hkse"],
    minutes=None,
    confirm={"seeds": 2},
    model={"hidden_dim": 16, "num_layers": 1},
    training={"epochs": 1, "scheduler": {"warmup_epochs": 0}},
    parameter_tolerance=1.0,
    device="cpu",
)
open("shown.html", "w").write(comparison._repr_html_())
comparison.save("page.html")
comparison.save("numbers.json")
"""
"""What a user writes into a notebook; showing the comparison is what Jupyter does with an object at a cell's end."""

WITHOUT = """
import sys


class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("dvc", "rdkit"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Refuse())
"""
"""Python runs it at the start of every process: a user of graphs has neither DVC nor RDKit."""


@pytest.mark.slow
def test_the_nodes_of_one_graph_are_compared_by_the_errors_of_those_with_a_target() -> None:
    options: dict[str, Any] = {"screen": None, "confirm": {"seeds": 2}, "training": TWO_EPOCHS}
    report = compared("karate", ["rwse"], **options).report
    baseline, other = sorted(report.variants, key=lambda variant: variant.name)
    assert (baseline.name, other.name) == ("none", "rwse")
    assert all(score * 4 == round(score * 4) for score in other.confirm.values)  # of four members each
    (axis,) = other.buckets
    assert sum(found.bucket.samples for found in other.buckets[axis]) == 34  # each member has a distance


@pytest.mark.slow
def test_a_notebook_compares_graphs_without_dvc_and_rdkit_and_its_page_opens(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WITHOUT)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    missing = "try: import rdkit\nexcept ModuleNotFoundError: pass\nelse: raise SystemExit('rdkit is there')\n"
    command = [sys.executable, "-c", missing + CELLS]
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    (folder,) = (tmp_path / "comparisons").iterdir()
    assert folder.name.startswith("graphs-") and len(list(folder.glob("runs/confirm/*/*/result.json"))) == 4
    assert (tmp_path / "shown.html").read_text().startswith('<iframe title="comparison" srcdoc="')
    for name in ("page.html", "shown.html"):
        with opened(tmp_path / name) as browser:
            assert "hkse" in browser.page_source
            assert_quiet(browser, tmp_path / name)
