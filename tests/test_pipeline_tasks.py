"""Every task through the same pipeline: another dataset by `-S` alone, and the user's own data."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mspe.dataset import DATASETS
from tests.workspace import TINY, Workspace, stages_run

pytestmark = pytest.mark.slow

ALL = ["preprocess", "spectrum", "operators", "encode", "train@0", "evaluate@0", "report"]


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


@pytest.mark.parametrize(
    ("dataset", "metrics", "baselines"),
    [
        ("csl", {"accuracy", "weighted_accuracy", "f1", "roc_auc", "ap"}, {"majority"}),
        ("digits", {"accuracy", "weighted_accuracy", "f1", "roc_auc", "ap"}, {"majority"}),
        ("lesmiserables", {"roc_auc", "ap", "precision@k"}, {"common_neighbours", "degree"}),
    ],
)
def test_an_embedded_dataset_runs_by_its_name_alone(
    workspace: Workspace, dataset: str, metrics: set[str], baselines: set[str]
) -> None:
    offline = {"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    output = run(workspace, f"dataset.name={dataset}", **offline)
    assert stages_run(output) == ALL
    left = {path: value for path, value in DATASETS[dataset].settings.items() if path not in TINY}
    said = ", ".join(f"{path}={value}" for path, value in left.items())
    assert output.count("the dataset's own settings") == bool(left)
    assert not left or f"{dataset}: {said} (the dataset's own settings; set these parameters" in output
    summary = workspace.json("metrics/summary.json")
    assert set(summary["test"]) == metrics and set(summary["baseline"]) == baselines
    assert all(set(scores) == metrics for scores in summary["baseline"].values())
    assert all(sum(shares.values()) == pytest.approx(1) for shares in summary["classes"].values())
    printed = workspace.run("python", "-m", "mspe.report")
    assert "classes in test: " in printed and all(name in printed for name in baselines)
    header, first = (workspace.folder / "metrics/predictions/0.csv").read_text().splitlines()[:2]
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


@pytest.mark.slow
def test_benchmarks_run_end_to_end(workspace: Workspace, shared_data: Path) -> None:
    output = run(workspace, "dataset.name=mutag", "dataset.fold=3", MSPE_DATA=str(shared_data))
    assert stages_run(output) == ALL
    output = run(
        workspace, "dataset.name=cora", "encodings.filters.heat=null", target="encode", MSPE_DATA=str(shared_data)
    )
    assert stages_run(output) == ALL[:4]
    assert "pair channels are off: the largest graph has 2708 nodes" in output
