"""What README and docs show works as it is printed."""

import inspect
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import torch

import mspe
from mspe.ablation.comparison import Comparison
from mspe.cli import build_parser
from mspe.dataset import get_dataset, unsplit_graphs
from tests.ablation.fake_report import SMALL, fake_report
from tests.conftest import ROOT
from tests.documentation import DOCUMENTATION, PAGES, example, examples
from tests.pipeline.conftest import train


def test_a_comparison_is_called_printed_and_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it is printed, but for the training."""
    signature, comparison = inspect.signature(mspe.compare), Comparison(fake_report(SMALL, ["all"]))

    def compare(*given: Any, **options: Any) -> Comparison:
        signature.bind(*given, **options)
        return comparison

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(mspe, "compare", compare)
    exec(example("mspe.compare("), {})
    assert comparison.answer.split()[0] in capsys.readouterr().out
    assert "</html>" in (tmp_path / "page.html").read_text()


def test_the_nodes_of_one_graph_are_compared(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it is printed, but for the training."""
    signature = inspect.signature(mspe.compare)

    def compare(graphs: Any, split: str, **options: Any) -> str:
        signature.bind(graphs, split=split, **options)
        return unsplit_graphs(graphs, split=split).divide(seed=0).summary[-1]

    monkeypatch.setattr(mspe, "compare", compare)
    exec(example("KarateClub"), {})
    assert "the nodes are split" in capsys.readouterr().out


def test_every_command_of_mspe_is_one_that_it_takes() -> None:
    text = DOCUMENTATION
    lines = re.findall(r"^\$ mspe (.*)$", text, flags=re.MULTILINE) + re.findall(r"\| `mspe ([^`]*)` \|", text)
    assert len(lines) > 5
    for line in lines:
        build_parser().parse_args(shlex.split(line))  # ends the process where it does not know an argument


def test_the_library_example_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(example("trainer.fit("), names)
    assert len(names["history"]["val_loss"]) == 2
    assert (tmp_path / "checkpoints" / "best.pt").exists()


def test_a_checkpoint_is_one_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict = {"dataset": get_dataset("nci", limit=24)}
    train(names["dataset"], tmp_path / "models" / "0")
    exec(example("TrainedModel"), names)
    assert names["trained"].path == Path("models/0/best.pt")
    exec(example("trained.export"), {**names, "torch": torch})
    assert Path("model.pt2").exists()


def test_a_regressor_is_searched_by_scikit_learn() -> None:
    names: dict = {}
    exec(example("GridSearchCV"), names)
    assert names["search"].predict(["CCO", "CCN"]).shape == (2,)


def test_the_weights_of_the_scales_are_read_out() -> None:
    names: dict = {}
    exec(example("scale_weights"), names)
    assert names["weights"]["walk(1)"] == names["weights"]["heat(32)"] == 1.0


def test_the_transform_example_runs() -> None:
    names: dict = {}
    exec(example("AddMultiScalePE"), names)
    assert names["ring"].pe[0, :2].tolist() == [0.0, 0.5]


def test_every_command_of_the_table_is_known() -> None:
    """The dotted parameters that the README names exist, and so do the modules that it runs."""
    from mspe.config import load_params

    text = DOCUMENTATION
    params = load_params(ROOT / "params.yaml")
    for path in re.findall(r"-S '?([a-z_.]+)=", text):
        value: object = params
        for part in path.split("."):
            value = value[part] if isinstance(value, dict) else getattr(value, part)
    modules = re.findall(r"python -m ([a-z_.]+)", text)
    assert modules and all((ROOT / Path(*name.split("."))).with_suffix(".py").exists() for name in modules)


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("docs/concepts/") and examples(page)])
def test_what_a_concept_claims_in_code_holds(page: str) -> None:
    names: dict = {}
    for block in examples(page):
        exec(block, names)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_links_to_is_there(page: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", PAGES[page]):
        if not target.startswith(("http://", "https://")):
            path, _, heading = target.partition("#")
            file = (ROOT / page).parent / path if path else ROOT / page
            assert file.exists(), f"{page}: {target}"
            assert not heading or heading in headings(file.read_text()), f"{page}: {target}"


def headings(text: str) -> set[str]:
    """The anchors that GitHub and MkDocs make of a page's headings."""
    return {
        re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")
        for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }
