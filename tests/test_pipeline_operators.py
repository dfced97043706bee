"""Spectra of further operators in the pipeline: each decomposed where encodings read it, and kept while they do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.encodings.catalogue.test_gpse import pretrained
from tests.workspace import TINY, Workspace, stages_run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A clone with small parameters in which encodings are computed, one of them of the adjacency matrix."""
    workspace = Workspace(tmp_path_factory.mktemp("clone"))
    workspace.set(**{key.replace(".", "__"): value for key, value in TINY.items()}, encodings__communicability=True)
    assert stages_run(workspace.run("dvc", "repro", "encode")) == ["preprocess", "spectrum", "operators", "encode"]
    workspace.commit("encoded")
    return workspace


def times(workspace: Workspace, folder: str) -> dict[str, int]:
    """When each file of a folder was written."""
    paths = (workspace.folder / folder).rglob("*.pt")
    return {str(path.relative_to(workspace.folder)): path.stat().st_mtime_ns for path in paths}


def test_an_encoding_that_needs_no_further_operator_decomposes_nothing(workspace: Workspace) -> None:
    before = times(workspace, "data/spectrum") | times(workspace, "data/operators")
    assert "data/operators/adjacency/train/00000.pt" in before and "data/spectrum/train/00000.pt" in before
    workspace.set(encodings__communicability=None, encodings__katz=[0.5], encodings__resistance=True)
    assert stages_run(workspace.run("dvc", "repro", "encode")) == ["encode"]
    assert times(workspace, "data/spectrum") | times(workspace, "data/operators") == before
    assert "katz(0.5)" in workspace.json("data/encodings/bank.json")["node_channels"]


def test_a_further_operator_leaves_the_finished_ones_as_they_are(workspace: Workspace) -> None:
    before = times(workspace, "data/spectrum") | times(workspace, "data/operators")
    workspace.set_params("encodings.biharmonic=true", "encodings.magnetic={potentials: [0.25]}")
    output = workspace.run("dvc", "repro", "evaluate@0")
    assert stages_run(output) == ["operators", "encode", "train@0", "evaluate@0"]
    assert "data/operators/adjacency: kept" in output
    after = times(workspace, "data/spectrum") | times(workspace, "data/operators")
    assert before.items() < after.items()
    assert {Path(name).parts[2] for name in after.keys() - before.keys()} == {"combinatorial", "magnetic_0p25"}
    assert "Running stage" not in workspace.run("dvc", "repro", "evaluate@0")


def test_what_no_encoding_reads_any_more_is_removed(workspace: Workspace) -> None:
    workspace.run("git", "checkout", "--", "params.yaml")
    workspace.set(encodings__communicability=None, encodings__biharmonic=True)
    output = workspace.run("dvc", "repro", "encode")
    assert stages_run(output) == ["operators", "encode"] and "data/operators/combinatorial: kept" in output
    assert [path.name for path in (workspace.folder / "data/operators").glob("*/")] == ["combinatorial"]


def test_an_operator_of_graphs_without_eigenvectors_is_refused_before_anything_is_decomposed(
    workspace: Workspace,
) -> None:
    workspace.set(encodings__backend="chebyshev", encodings__pair=False, encodings__communicability=True)
    output = workspace.run("dvc", "repro", "operators", ok=False)
    assert "error: encodings: one of them needs eigenvectors of the operator adjacency" in output
    assert "encodings.backend=dense" in output and "Traceback" not in output


def test_colours_of_the_training_graphs_stand_in_the_bank_and_reach_predictions(workspace: Workspace) -> None:
    workspace.run("git", "checkout", "--", "params.yaml")
    workspace.set_params("encodings.wl={rounds: [1, 2], colours: 3}", "encodings.random_features=4")
    assert stages_run(workspace.run("dvc", "repro", "evaluate@0"))[-1] == "evaluate@0"
    bank = workspace.json("data/encodings/bank.json")
    assert [len(colours) for colours in bank["wl"]["vocabulary"]] == [3, 3]
    assert "wl(2; other)" in bank["node_channels"] and "random(4)" in bank["node_channels"]
    (workspace.folder / "new.smi").write_text("CCO\nc1ccccc1\n", encoding="utf-8")
    predicted = [workspace.run("mspe", "predict", "models/0/best.pt", "new.smi", "--output", f"{n}.csv") for n in "ab"]
    one, other = ((workspace.folder / f"{name}.csv").read_bytes() for name in "ab")
    assert predicted and one == other


def test_weights_that_an_encoding_reads_are_watched(workspace: Workspace) -> None:
    workspace.run("git", "checkout", "--", "params.yaml")
    file = workspace.folder / "weights/gpse.pt"
    file.parent.mkdir()
    torch.save(pretrained(0).state_dict(), file)
    workspace.set_params("encodings.gpse=weights/gpse.pt")
    output = workspace.run("dvc", "repro", "encode", ok=False)
    assert "error: encodings.gpse: reads weights/gpse.pt, which encodings.files does not list" in output
    workspace.set_params("encodings.files=[weights/gpse.pt]")
    assert stages_run(workspace.run("dvc", "repro", "encode"))[-2:] == ["file@weights/gpse.pt", "encode"]
    first = workspace.json("data/encodings/bank.json")["gpse"]["checksum"]
    assert not stages_run(workspace.run("dvc", "repro", "encode"))
    torch.save(pretrained(1).state_dict(), file)
    assert stages_run(workspace.run("dvc", "repro", "encode")) == ["file@weights/gpse.pt", "encode"]
    assert workspace.json("data/encodings/bank.json")["gpse"]["checksum"] != first
