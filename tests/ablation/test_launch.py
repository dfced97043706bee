"""The ablation as its users run it: interrupted, continued, with a variant that fails."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.workspace import TINY, Workspace

pytestmark = pytest.mark.slow

COMMAND = ("python", "-m", "mspe.ablation", "--jobs", "2")
DECLARATION = {
    "seeds": [0, 1],
    "baseline": "none",
    "parameter_tolerance": 0.2,  # the model is tiny
    "training": {"epochs": 60},
    "variants": ["none", "only_heat_4"],
}
COSTS = ("encode_seconds", "epoch_seconds", "peak_memory_mb")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A clone with few molecules, in which two variants are declared; nothing has run."""
    workspace = Workspace(tmp_path_factory.mktemp("clone"))
    workspace.set(**{key.replace(".", "__"): value for key, value in TINY.items()})
    declare(workspace, DECLARATION)
    workspace.commit("two variants")
    yield workspace
    shutil.rmtree(workspace.folder)


def declare(workspace: Workspace, declaration: dict[str, Any]) -> None:
    (workspace.folder / "ablation/params.yaml").write_text(yaml.safe_dump(declaration))


def results(workspace: Workspace) -> dict[str, bytes]:
    """What the runs computed, their costs aside."""
    runs = workspace.folder / "data/ablation/runs"
    files = [path for path in runs.rglob("*") if path.is_file() and path.name != "cost.json"]
    return {str(path.relative_to(runs)): path.read_bytes() for path in files}


def report(workspace: Workspace) -> dict[str, Any]:
    """The report, its costs aside."""
    report = workspace.json("metrics/ablation.json")
    for variant in report["variants"]:
        for name in COSTS:
            assert variant.pop(name) >= 0
    return report


def forget(workspace: Workspace, seed: int) -> None:
    """Delete the runs of a seed, and what DVC knows of them."""
    lock = workspace.folder / "ablation/dvc.lock"
    content = yaml.safe_load(lock.read_text())
    for variant in DECLARATION["variants"]:
        shutil.rmtree(workspace.folder / f"data/ablation/runs/{variant}/{seed}")
        del content["stages"][f"run@{variant}-{seed}"]
    lock.write_text(yaml.safe_dump(content))
    shutil.rmtree(workspace.folder / ".dvc/cache/runs")


def test_an_interrupted_ablation_continued_equals_an_undisturbed_one(workspace: Workspace) -> None:
    process = subprocess.Popen(
        COMMAND, cwd=workspace.folder, env=workspace.environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    deadline = time.monotonic() + 600
    states = workspace.folder / ".mspe/resume"
    while not list(states.glob("*/state.pt")):  # until a training has finished an epoch
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 128 + signal.SIGINT, output
    assert "stopped by SIGINT; run the same command to resume" in output and "FAILED" not in output
    assert "Traceback" not in output
    assert list(states.glob("*/state.pt")) and not (workspace.folder / "metrics/ablation.json").exists()

    assert "4/4" not in output and output.count("Running stage 'spectrum'") == 1  # for all variants
    goes_on = workspace.run(*COMMAND)
    assert "runs are done" in goes_on and "Stage 'spectrum' didn't change, skipping" in goes_on
    assert not list(states.glob("*"))
    continued = results(workspace), report(workspace)
    assert len(continued[0]) == 4 * 5 and continued[1]["variants"][1]["seeds"] == [0, 1]

    forget(workspace, seed=0)  # the two that were under way
    assert "2 of 4 runs are done; 2 to do" in workspace.run(*COMMAND)
    undisturbed = results(workspace), report(workspace)
    assert [name for name in undisturbed[0] if undisturbed[0][name] != continued[0][name]] == []  # bit for bit
    assert undisturbed == continued


def test_a_failing_variant_is_shown_beside_the_finished_ones_which_are_not_repeated(workspace: Workspace) -> None:
    broken = {"training": {"epochs": 2, "optimizer": {"lr": 1.0e15}}}
    variants = [*DECLARATION["variants"], "broken"]
    declare(workspace, {**DECLARATION, "seeds": [0], "variants": variants, "definitions": {"broken": broken}})
    output = workspace.run(*COMMAND, ok=False)
    assert "2 of 3 runs are done; 1 to do" in output
    assert "broken, seed 0: FAILED: the loss is nan in epoch" in output and "Traceback" not in output
    none, heat, failed = workspace.json("metrics/ablation.json")["variants"]
    assert (none["status"], heat["status"], failed["status"]) == ("finished", "finished", "failed")
    assert heat["difference"]["mean"] != 0 and heat["difference"]["p"] is None  # of one seed
    assert failed["mean"] is None and "the loss is nan" in failed["reasons"][0]
    page = (workspace.folder / "metrics/ablation.html").read_text()
    assert "broken" in page and "the loss is nan" in page
    shown = (workspace.folder / "data/ablation/runs/broken/0/output.txt").read_text()
    assert "python -m stages.ablation.run --variant broken --seed 0" in shown


def test_a_mistake_in_the_declaration_stops_before_anything_runs(workspace: Workspace) -> None:
    kept = results(workspace)
    declare(workspace, {**DECLARATION, "variants": ["none", "only_ppr"]})
    output = workspace.run(*COMMAND, ok=False)
    assert "got only_ppr, but encodings.filters of params.yaml has no ppr" in output and "Traceback" not in output
    assert results(workspace) == kept
