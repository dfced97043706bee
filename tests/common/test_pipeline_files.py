"""Dependencies of a stage, read from DVC's own files."""

from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.common.pipeline_files import stage_dependencies
from tests.conftest import ROOT


def test_a_matrix_is_filled_in_and_every_path_is_there_or_made_by_a_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    evaluate = stage_dependencies("evaluate", "dvc.yaml", seed=3)
    assert Path("models/3/best.pt") in evaluate
    for path in [*evaluate, *stage_dependencies("encode"), *stage_dependencies("train", seed=0)]:
        assert "$" not in str(path) and (path.exists() or path.parts[0] in ("data", "models"))
    assert Path("mspe/training") in stage_dependencies("train", seed=0)


def test_a_missing_stage_or_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"dvc.yaml: no such file; run from the repository's top folder"):
        stage_dependencies("train", tmp_path / "dvc.yaml")
    (tmp_path / "dvc.yaml").write_text("stages: {one: {deps: []}}")
    with pytest.raises(MspeError, match="no stage two"):
        stage_dependencies("two", tmp_path / "dvc.yaml")
