"""What waits for what, read from DVC's files, against a pipeline written by hand and the project's own."""

from pathlib import Path

from mspe.ablation.pipeline_picture import pipeline_picture, predecessors, read_stages
from tests.conftest import ROOT

FIRST = """
stages:
  make: {cmd: x, deps: [code.py], outs: [data/graphs: {cache: false}, "data/${name}"]}
  learn:
    matrix: {seed: "${seeds}"}
    cmd: x
    deps: [data/graphs/train]
    outs: ["models/${item.seed}.pt"]
    metrics: ["metrics/${item.seed}.json": {cache: false}]
  read: {cmd: x, deps: [metrics]}
"""
SECOND = """
stages:
  again:
    foreach: [1, 2]
    do: {cmd: x, wdir: .., deps: [data/graphs], outs: ["data/more/${item}"]}
  end: {cmd: x, deps: [../data/more], plots: [curve.csv]}
"""


def test_an_output_that_is_holds_or_lies_in_a_dependency_makes_an_arrow(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    first, second = tmp_path / "dvc.yaml", tmp_path / "more" / "dvc.yaml"
    first.write_text(FIRST)
    second.write_text(SECOND)
    stages = read_stages([first, second])
    assert {stage: waits for stage, waits in predecessors(stages).items() if waits} == {
        (".", "learn"): [(".", "make")],  # data/graphs holds data/graphs/train
        (".", "read"): [(".", "learn")],  # metrics/… lies in metrics
        ("more", "again"): [(".", "make")],
        ("more", "end"): [("more", "again")],
    }
    picture = pipeline_picture([first, second])
    assert picture is not None
    for words in ("learn × seeds after make", "again × items after make", "end after again", "5 stages"):
        assert words in picture.svg
    assert "right, shaded: more/dvc.yaml" in picture.caption


def test_the_projects_own_pipeline_is_read() -> None:
    names = {
        name: [earlier for _, earlier in waits]
        for (_, name), waits in predecessors(read_stages([ROOT / "dvc.yaml"])).items()
    }
    assert names["preprocess"] == ["validate"]
    assert names["spectrum"] == ["preprocess"]
    assert names["train"] == ["preprocess", "spectrum", "encode"]


def test_there_is_no_picture_without_a_pipeline() -> None:
    assert pipeline_picture([]) is None
