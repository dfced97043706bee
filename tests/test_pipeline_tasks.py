"""Every task through the same pipeline: another dataset by `-S` alone, and the user's own data."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mspe.cli import main
from mspe.common.json_files import read_json
from mspe.dataset import DATASETS
from tests.conftest import ROOT
from tests.stage_scripts import run_stages
from tests.workspace import TINY, Workspace, set_params, stages_run

pytestmark = pytest.mark.slow

ALL = ["preprocess", "spectrum", "operators", "encode", "train@0", "evaluate@0", "report"]
CLASSES = {"accuracy", "weighted_accuracy", "f1", "roc_auc", "ap"}
"""Metrics of classes."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A clone with small parameters, committed; nothing has run."""
    workspace = Workspace(tmp_path_factory.mktemp("clone"))
    workspace.set(**{key.replace(".", "__"): value for key, value in TINY.items()})
    workspace.commit("small")
    return workspace


def run(workspace: Workspace, *changes: str, target: str = "report", ok: bool = True, **variables: str) -> str:
    """The pipeline up to a stage, with these parameters changed and no others."""
    workspace.run("git", "checkout", "--", "params.yaml")
    sets = [argument for change in changes for argument in ("-S", change)]
    return workspace.run("dvc", "exp", "run", target, *sets, ok=ok, **variables)


def run_here(folder: Path, caplog: pytest.LogCaptureFixture, *changes: str, last: str = "report") -> None:
    """Run the scripts themselves, without DVC and a process for each, with these parameters changed and no others."""
    folder.mkdir(exist_ok=True)
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("mspe", "stages", "examples"):
        (folder / name).symlink_to(ROOT / name)
    set_params(folder / "params.yaml", *(f"{name}={value}" for name, value in TINY.items()), *changes)
    with caplog.at_level("INFO"):
        run_stages(folder, last)


def test_another_dataset_is_one_parameter_of_dvcs_command(workspace: Workspace) -> None:
    assert stages_run(run(workspace, "dataset.name=csl")) == ALL
    assert set(workspace.json("metrics/summary.json")["test"]) == CLASSES
    assert "classes in test: " in workspace.run("python", "-m", "mspe.report")


@pytest.mark.parametrize(
    ("dataset", "metrics", "baselines"),
    [
        ("csl", CLASSES, {"majority"}),
        ("digits", CLASSES, {"majority"}),
        ("lesmiserables", {"roc_auc", "ap", "precision@k"}, {"common_neighbours", "degree"}),
    ],
)
def test_an_embedded_dataset_runs_by_its_name_alone(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    dataset: str,
    metrics: set[str],
    baselines: set[str],
) -> None:
    for proxy in ("https_proxy", "http_proxy"):
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")
    run_here(tmp_path, caplog, f"dataset.name={dataset}")
    left = {path: value for path, value in DATASETS[dataset].settings.items() if path not in TINY}
    said = ", ".join(f"{path}={value}" for path, value in left.items())
    assert caplog.text.count("the dataset's own settings") == bool(left)
    assert not left or f"{dataset}: {said} (the dataset's own settings; set these parameters" in caplog.text
    summary = read_json(tmp_path / "metrics/summary.json")
    assert set(summary["test"]) == metrics and set(summary["baseline"]) == baselines
    assert all(set(scores) == metrics for scores in summary["baseline"].values())
    assert all(sum(shares.values()) == pytest.approx(1) for shares in summary["classes"].values())
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    assert main(["report"]) == 0
    printed = capsys.readouterr().out
    assert "classes in test: " in printed and all(name in printed for name in baselines)
    header, first = (tmp_path / "metrics/predictions/0.csv").read_text().splitlines()[:2]
    assert header.startswith("index,target,prediction") and first.startswith("0,")


def test_a_changed_file_of_the_users_reruns_preprocess(workspace: Workspace) -> None:
    own = workspace.folder / "solubility.csv"
    rows = [f"{'C' * (1 + number % 9)}{'O' if number % 2 else 'N'},{number / 3}" for number in range(40)]
    own.write_text("\n".join(["smiles,target", *rows]) + "\n")
    changes = ["dataset.name=smiles", "dataset.path=solubility.csv"]
    assert stages_run(run(workspace, *changes, target="preprocess")) == ["preprocess"]
    assert stages_run(run(workspace, *changes, target="preprocess")) == []
    own.write_text(own.read_text().replace("CCCO,1.0\n", "CCCO,5.0\nnonsense,2.0\n"))
    output = run(workspace, *changes, target="preprocess")
    assert stages_run(output) == ["preprocess"]
    assert "left out 1: unreadable SMILES: line" in output


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            ["dataset.name=smiles", "dataset.path=nothing.csv"],
            "dataset.path: got 'nothing.csv', no such file",
        ),
        (["dataset.name=graphs", "dataset.path=params.yaml"], "dataset.path: got 'params.yaml', not a folder"),
    ],
)
def test_what_cannot_work_stops_before_anything_is_deleted(
    workspace: Workspace, changes: list[str], message: str
) -> None:
    output = run(workspace, *changes, ok=False)
    assert f"error: {message}" in output.replace("params.yaml: ", "") and "Traceback" not in output
    assert stages_run(output) == []


def test_benchmarks_run_end_to_end(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MSPE_DATA", str(shared_data))
    run_here(tmp_path / "mutag", caplog, "dataset.name=mutag", "dataset.fold=3")
    assert read_json(tmp_path / "mutag/metrics/summary.json")["test"]["accuracy"]["mean"] > 0
    run_here(tmp_path / "cora", caplog, "dataset.name=cora", "encodings.filters.heat=null", last="encode")
    assert "pair channels are off: the largest graph has 2708 nodes" in caplog.text


@pytest.mark.usefixtures("unchecked")
def test_zinc_is_read_from_its_raw_files_and_a_part_of_it_learned(
    shared_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MSPE_DATA", str(shared_data))
    whole, part = (tmp_path / name for name in ("whole", "part"))
    run_here(whole, caplog, "dataset.name=zinc", "dataset.limit=null", last="preprocess")
    assert "train 10000, val 1000, test 1000" in capsys.readouterr().out
    changes = ["dataset.limit=2000", "training.epochs=3", "training.scheduler.warmup_epochs=0"]
    run_here(part, caplog, "dataset.name=zinc", *changes)
    summary = read_json(part / "metrics/summary.json")
    assert summary["test"]["mae"]["mean"] < summary["baseline"]["median"]["mae"]
