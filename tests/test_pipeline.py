"""The pipeline as its users run it: real DVC commands in a temporary clone, on few molecules."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from copy import copy
from pathlib import Path

import pytest
from selenium.webdriver.support.ui import WebDriverWait

from tests.ablation.browser import opened
from tests.console import check, commands, run
from tests.documentation import PAGES
from tests.workspace import TINY, Workspace, stages_run

pytestmark = pytest.mark.slow

ALL = ["preprocess", "spectrum", "operators", "encode", "train@0", "evaluate@0", "report"]
FROM_TRAIN = ALL[4:]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A clone in which the pipeline has run once, committed."""
    workspace = Workspace(tmp_path_factory.mktemp("clone"))
    workspace.set(**{key.replace(".", "__"): value for key, value in TINY.items()})
    assert stages_run(workspace.run("dvc", "repro")) == ALL
    workspace.commit("first run")
    return workspace


def test_the_summary_has_its_form_and_prints(workspace: Workspace) -> None:
    summary = workspace.json("metrics/summary.json")
    assert summary["seeds"] == [0] and summary["ddof"] == 1
    assert set(summary["test"]) == set(summary["baseline"]["median"]) == {"mse", "mae", "rmse", "median_ae"}
    assert summary["test"]["mae"]["mean"] > 0 and summary["test"]["mae"]["std"] is None
    cost = workspace.json("metrics/cost/0.json")
    assert set(cost) == {"seconds", "epoch_seconds", "peak_memory_mb", "threads", "environment"}
    assert any(entry.startswith("commit ") for entry in cost["environment"])
    printed = workspace.run("python", "-m", "mspe.report")
    assert "test scores over 1 seed (0)" in printed and "median" in printed


def test_four_plots_are_drawn_without_a_network(workspace: Workspace) -> None:
    workspace.run("dvc", "plots", "show", "--out", "plots")
    path = workspace.folder / "plots" / "index.html"
    page = path.read_text()
    assert "val_loss" in page and "train_loss" in page and "prediction" in page
    assert "node heat(0.25)" in page and '"nodes": ' in page
    with opened(path) as browser:
        WebDriverWait(browser, 60).until(lambda page: len(page.find_elements("css selector", "canvas, svg.marks")) == 4)
        messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
        requests = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
        assert {url for url in requests if not url.startswith("data:")} == {path.as_uri()}


def test_tables_of_metrics_fit_a_terminal(workspace: Workspace) -> None:
    lines = workspace.run("dvc", "metrics", "show").splitlines()
    assert lines[0].split() == ["Path", "baseline.median", "test.mae.mean"] and len(lines) == 2
    assert max(map(len, lines)) <= 120
    assert workspace.json("metrics/scores.json")["test"]["mae"] == {
        name: workspace.json("metrics/summary.json")["test"]["mae"][name] for name in ("mean", "std")
    }
    assert "parameters" in workspace.run("dvc", "metrics", "show", "metrics/train/0.json")


def test_the_first_seeds_checkpoint_is_the_artifact(workspace: Workspace) -> None:
    from dvc.repo import Repo

    with Repo(str(workspace.folder)) as repo:
        artifact = repo.artifacts.read()["dvc.yaml"]["model"]
    assert artifact.path == "models/0/best.pt" and (workspace.folder / artifact.path).is_file()


def test_a_second_run_runs_nothing(workspace: Workspace) -> None:
    assert stages_run(workspace.run("dvc", "repro")) == []


def test_runtime_parameters_rerun_nothing(workspace: Workspace) -> None:
    workspace.set(runtime__device="cpu", runtime__num_workers=3, runtime__threads=2)
    assert "Running stage" not in workspace.run("dvc", "repro")


def test_a_clone_knows_from_the_lock_alone_that_nothing_would_run(workspace: Workspace, tmp_path: Path) -> None:
    workspace.commit("runtime")
    subprocess.run(["git", "clone", "--quiet", workspace.folder, tmp_path / "clone"], check=True)
    dry = subprocess.run(
        ["dvc", "repro", "--allow-missing", "--dry"],
        cwd=tmp_path / "clone", env=workspace.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "Running stage" not in dry.stdout + dry.stderr


def test_the_range_of_a_named_model_is_a_stage_of_its_own(workspace: Workspace) -> None:
    workspace.set(range__seeds=[0], range__graphs=3)
    assert stages_run(workspace.run("dvc", "repro")) == ["range@0"]
    assert workspace.json("metrics/range/0.json")["range"] > 0
    assert "How far does the model look?" in workspace.read("metrics/range/0.html").decode()
    assert "metrics/range/0.json" in workspace.run("dvc", "metrics", "show", "--md")
    workspace.run("git", "checkout", "--", "params.yaml")
    assert stages_run(workspace.run("dvc", "repro")) == []


def test_what_is_shared_is_not_computed_again(workspace: Workspace, tmp_path: Path) -> None:
    """The commands of docs/how_to/share.md, in their order, in a clone with everything computed."""
    shutil.copytree(workspace.folder, tmp_path / "clone", symlinks=True)
    copied = copy(workspace)
    copied.folder = tmp_path / "clone"
    for command in commands(PAGES["docs/how_to/share.md"]):
        check(run(command, copied))


def test_an_experiment_reruns_train_and_what_follows_and_its_metrics_differ(workspace: Workspace) -> None:
    output = workspace.run("dvc", "exp", "run", "-S", "training.optimizer.lr=3e-4", "--name", "slower")
    assert stages_run(output) == FROM_TRAIN
    difference = workspace.run("dvc", "metrics", "diff", "--md")
    changed = [line for line in difference.splitlines() if "scores.json" in line and "test.mae.mean" in line]
    assert len(changed) == 1
    old, new = (float(cell) for cell in changed[0].split("|")[3:5])
    assert old != new
    assert "slower" in workspace.run("dvc", "exp", "show", "--md")
    # going back restores the earlier run from the cache
    workspace.run("git", "checkout", "--", ".")
    assert stages_run(workspace.run("dvc", "repro")) == []
    assert "scores.json" not in workspace.run("dvc", "metrics", "diff", "--md")


def test_bad_parameters_stop_the_run_before_anything_is_deleted(workspace: Workspace) -> None:
    kept = ["models/0/best.pt", "data/graphs/train/00000.pt", "metrics/summary.json", "metrics/curves/0.csv"]
    before = [workspace.read(name) for name in kept]
    workspace.set(training__optimizer__lr=-1.0, dataset__limit=25)
    output = workspace.run("dvc", "repro", ok=False)
    assert "error: params.yaml: training.optimizer.lr: got -1.0, input should be greater than 0" in output
    assert "Traceback" not in output
    assert stages_run(output) == []
    assert [workspace.read(name) for name in kept] == before
    workspace.run("git", "checkout", "--", "params.yaml")
    assert stages_run(workspace.run("dvc", "repro")) == []


def test_a_scale_of_a_pair_channel_reruns_encode_and_train_not_the_spectrum(workspace: Workspace) -> None:
    workspace.set(encodings__node=False)
    assert stages_run(workspace.run("dvc", "repro")) == ALL[3:]
    stored = workspace.read("data/encodings/train/00000.pt")
    score = workspace.json("metrics/summary.json")["test"]
    workspace.set_params("encodings.filters.heat.times=auto")
    assert stages_run(workspace.run("dvc", "repro")) == ALL[3:]
    assert (
        workspace.read("data/encodings/train/00000.pt") == stored
    )  # nothing node-wise changed, and yet it trained again
    times = workspace.json("data/encodings/bank.json")["filters"]["heat"]["times"]
    assert len(times) == 8 and times == sorted(times) and times[0] == pytest.approx(0.5, abs=0.1)
    assert workspace.json("metrics/summary.json")["test"] != score


def test_a_killed_stage_started_again_ends_as_an_undisturbed_run(workspace: Workspace) -> None:
    workspace.set(training__epochs=80, runtime__threads=1)
    process = subprocess.Popen(
        ["dvc", "repro"],
        cwd=workspace.folder, env=workspace.environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 600
    states = workspace.folder / ".mspe" / "resume"
    while not list(states.glob("*/state.pt")):  # until an epoch is finished
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.001)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()

    output = workspace.run("dvc", "repro", "evaluate@0")
    resumed_after = re.search(r"resumed after epoch (\d+)", output)
    assert resumed_after is not None and 0 < int(resumed_after[1]) < 80
    assert not list(states.glob("*"))  # a finished run leaves no state: forcing it again trains again

    outputs = ["models/0/best.pt", "metrics/predictions/0.csv", "metrics/curves/0.csv", "metrics/test/0.json"]
    interrupted = [workspace.read(name) for name in outputs]
    ran = workspace.run("dvc", "repro", "--force", "--no-run-cache", "--single-item", "train@0", "evaluate@0")
    assert stages_run(ran) == ["train@0", "evaluate@0"] and "resumed" not in ran
    changed = [name for name, content in zip(outputs, interrupted, strict=True) if workspace.read(name) != content]
    assert changed == []  # the same seed, bit for bit


def test_any_checkpoint_is_scored_on_any_split(workspace: Workspace) -> None:
    printed = workspace.run("python", "-m", "stages.evaluate", "--checkpoint", "models/0/best.pt", "--split", "val")
    best = workspace.json("metrics/train/0.json")
    scores = json.loads(printed[printed.index("{") :])
    assert scores["mae"] == pytest.approx(best["val_mae"], rel=1e-5)  # batches of another size round differently


def test_a_missing_source_is_one_clear_line(workspace: Workspace, tmp_path: Path) -> None:
    offline = {"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    workspace.set(dataset__name="zinc", dataset__root=str(tmp_path / "nothing"))
    output = workspace.run("dvc", "repro", "preprocess", ok=False, PYG_HOME=str(tmp_path), **offline)
    lines = [line for line in output.splitlines() if line.startswith("error:")]
    assert len(lines) == 1 and "raw files are missing" in lines[0] and "MSPE_DATA" in lines[0]
    assert "Traceback" not in output
