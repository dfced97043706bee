"""Trained models as programs of torch alone."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from mspe import GraphRegressor
from mspe.common.errors import MspeError
from mspe.dataset import get_dataset
from mspe.pipeline.trained_model import TrainedModel
from tests.pipeline.conftest import SMILES, train

EXAMPLE = ["CCO", "CC(=O)O", "C"]
OTHERS = ["CNC", "CC(O)=O", "N"]  # of the same shapes
KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "a bias from pairs": ("default", {}),
    "no encodings": ("none", {"name": "gine"}),
    "convolutions": ("lappe", {"name": "gcn"}),
    "other layers": ({"degree": True, "eigenvectors": 3}, {"local": "gatedgcn", "attention": "linear"}),
    "channels on edges": ({"filters": {"walk": {"steps": [1, 2]}}, "pair": "edges"}, {"name": "gps"}),
    "trained encodings": ("spe", {"eigenvector_encoder": "signnet", "update_encodings": True}),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_program_gives_the_models_numbers(kind: str, tmp_path: Path) -> None:
    encodings, model = KINDS[kind]
    options: dict[str, Any] = {"epochs": 1, "device": "cpu", "model": {"hidden_dim": 16, "num_layers": 2, **model}}
    trained = GraphRegressor(encodings, **options).fit(SMILES, range(len(SMILES))).model_
    inputs = trained.export(tmp_path / "model.pt2", EXAMPLE)
    program = torch.export.load(tmp_path / "model.pt2").module()
    torch.testing.assert_close(program(**inputs), trained.predict(EXAMPLE), atol=1e-4, rtol=1e-4)
    others = trained.predict(OTHERS)
    assert (others - trained.predict(EXAMPLE)).abs().max() > 1e-3
    torch.testing.assert_close(program(**trained.program_inputs(OTHERS)), others, atol=1e-4, rtol=1e-4)
    assert all(parameter.requires_grad for parameter in trained.model.parameters())


@pytest.mark.slow
def test_a_program_runs_where_this_library_is_not(tmp_path: Path) -> None:
    trained = GraphRegressor(epochs=1, device="cpu", model={"hidden_dim": 16, "num_layers": 1}).fit(SMILES, range(42))
    torch.save(
        (trained.model_.export(tmp_path / "model.pt2", EXAMPLE), trained.model_.predict(EXAMPLE)), tmp_path / "a"
    )
    code = """
import sys, torch
sys.modules["mspe"] = sys.modules["torch_geometric"] = None
inputs, expected = torch.load("a")
torch.testing.assert_close(torch.export.load("model.pt2").module()(**inputs), expected, atol=1e-4, rtol=1e-4)
"""
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)


def test_another_shape_is_refused_by_the_program(tmp_path: Path) -> None:
    trained = GraphRegressor(epochs=1, device="cpu", model={"hidden_dim": 16, "num_layers": 1}).fit(SMILES, range(42))
    trained.model_.export(tmp_path / "model.pt2", EXAMPLE)
    with pytest.raises(Exception, match="node_encoding"):
        torch.export.load(tmp_path / "model.pt2").module()(**trained.model_.program_inputs(["CCCCCO"]))


def test_what_cannot_be_exported_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edges = TrainedModel.load(train(get_dataset("lesmiserables"), tmp_path), "cpu")
    with pytest.raises(MspeError, match="export: scores pairs of nodes, allowed: a model of whole graphs or of nodes"):
        edges.export(tmp_path / "model.pt2", ["CCO"])
    trained = GraphRegressor("none", epochs=1, device="cpu", model="gine").fit(SMILES, range(42)).model_
    with pytest.raises(MspeError, match="export: got no samples"):
        trained.export(tmp_path / "model.pt2", [])

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("data-dependent\nexpression")

    monkeypatch.setattr(torch.export, "export", fail)
    with pytest.raises(MspeError, match=r"^export: torch cannot export this model: data-dependent expression$"):
        trained.export(tmp_path / "model.pt2", ["CCO"])
    assert not (tmp_path / "model.pt2").exists()
