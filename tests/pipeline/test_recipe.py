"""Reference recipes: they fit the parameters, they hold the published numbers, and they are applied by one command."""

import shutil
from pathlib import Path

import pytest
import yaml

from mspe.cli import main
from mspe.common.errors import MspeError
from mspe.common.merge import merged
from mspe.config import Params
from mspe.encodings import GraphStatistics
from mspe.models import get_model
from mspe.pipeline.recipe import apply_recipe
from tests.conftest import ROOT

RECIPES = sorted((ROOT / "recipes").glob("*.yaml"))
GRAPHGPS, GRIT = (ROOT / "recipes" / f"zinc_{name}.yaml" for name in ("graphgps", "grit"))

# GraphGPS's and GRIT's own configurations for ZINC, in this project's words.
SHARED = {
    "model": {"hidden_dim": 64, "num_layers": 10, "norm": "batch", "dropout": 0.0, "pooling": "sum", "head_depth": 2},
    "training": {"epochs": 2000, "batch_size": 32, "grad_clip": 1.0, "loss": "mae", "metric_for_best": "mae"},
    "optimizer": {"type": "adamw", "lr": 1e-3, "weight_decay": 1e-5},
    "scheduler": {"type": "cosine_warmup", "interval": "epoch", "warmup_epochs": 50},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that holds the committed parameters, and the working directory of the command."""
    shutil.copy(ROOT / "params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def apply(recipe: Path | str) -> None:
    """What `mspe recipe` runs."""
    assert main(["recipe", str(recipe)]) == 0


def with_recipe(recipe: Path) -> Params:
    """The committed parameters with a recipe in them."""
    return Params.model_validate(yaml.safe_load(apply_recipe(recipe, ROOT / "params.yaml")))


def comments(text: str) -> list[str]:
    return [line[line.index("#") :] for line in text.splitlines() if "#" in line]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_fits_the_committed_parameters(recipe: Path) -> None:
    old = (ROOT / "params.yaml").read_text()
    new = apply_recipe(recipe, ROOT / "params.yaml")
    assert comments(new) == comments(old)
    assert [line.split(":")[0] for line in new.splitlines()] == [line.split(":")[0] for line in old.splitlines()]
    values = Params.model_validate(yaml.safe_load(new)).model_dump()
    sections = yaml.safe_load(recipe.read_text())
    assert values["dataset"]["name"] == "zinc"
    assert set(sections) == set(values) - {"range", "runtime"}  # how the stages run is the machine's matter


def test_only_what_a_recipe_names_changes(folder: Path) -> None:
    recipe = folder / "wide.yaml"
    recipe.write_text("# wider\nseeds: [3, 4]  # of the recipe\nmodel: {hidden_dim: 128}\n")
    old, new = (ROOT / "params.yaml").read_text(), apply_recipe(recipe, folder / "params.yaml")
    assert new == old.replace("seeds: [0]", "seeds: [3, 4]").replace("hidden_dim: 64", "hidden_dim: 128")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model: {hiden_dim: 64}", "model.hiden_dim: unknown key; known here: attention, "),
        ("training: {epochs: 2}", "scheduler.warmup_epochs is 3, allowed: less than training.epochs, which is 2"),
        ("- model", "not a mapping of parameters"),
        ("model: {", "not valid YAML"),
    ],
)
def test_a_wrong_recipe_is_one_line_and_nothing_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    (folder / "wrong.yaml").write_text(text)
    before = (folder / "params.yaml").read_bytes()
    with pytest.raises(SystemExit) as stop:
        apply("wrong.yaml")
    line = str(stop.value)
    assert line.startswith("error: wrong.yaml") and message in line and "\n" not in line
    assert (folder / "params.yaml").read_bytes() == before


def test_a_recipe_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(MspeError, match=r"recipes/zinc_none\.yaml: no such file"):
        apply_recipe("recipes/zinc_none.yaml")


@pytest.mark.parametrize(
    ("recipe", "preset", "model", "minimum"),
    [
        (GRAPHGPS, "rwse", {"name": "gps", "local": "gine", "heads": 4, "node_dim": 28, "attention_dropout": 0.5}, 0.0),
        (GRIT, "rrwp", {"name": "graph_transformer", "heads": 8, "attention_dropout": 0.2}, 1e-6),
    ],
    ids=["graphgps", "grit"],
)
def test_a_recipe_holds_the_published_numbers(recipe: Path, preset: str, model: dict, minimum: float) -> None:
    params = with_recipe(recipe)
    training = params.training.model_dump()
    assert params.encodings.preset == preset and params.evaluation.split == "test"
    assert params.model.model_dump().items() >= (SHARED["model"] | model).items()
    assert training.items() >= SHARED["training"].items()
    assert training["optimizer"].items() >= SHARED["optimizer"].items()
    assert training["scheduler"].items() >= (SHARED["scheduler"] | {"min_lr": minimum}).items()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_the_number_of_parameters_is_the_stated_one(recipe: Path) -> None:
    params = with_recipe(recipe)
    bank = params.encodings.resolve(GraphStatistics(37))  # ZINC's largest graph; no scale is read off the spectrum
    features = {"num_features": 28, "num_edge_features": 4, "num_classes": 1}
    model = get_model(**params.model.model_dump(), **features, bank=bank)
    count = sum(parameter.numel() for parameter in model.parameters())
    stated = next(line for line in recipe.read_text().splitlines() if line.startswith("# parameters"))
    assert f"{count:,}" in stated
    if recipe == GRAPHGPS:
        assert count == pytest.approx(423_717, rel=1e-3)


@pytest.mark.parametrize(
    ("base", "recipe"),
    [
        ({}, "model: {hidden_dim: &d 64, dropout: &p 0.25}\ntraining: {batch_size: *d}\n"),
        ({}, "encodings: {filters: {walk: {steps: &s [1, 2]}}, node: &b true}\nseeds: *s\n"),
        ({"hidden_dim: 64": "hidden_dim: &d 64", "pair_dim: 32": "pair_dim: *d"}, "model: {heads: 8}\n"),
    ],
)
def test_what_an_anchor_stands_for_is_written_out(folder: Path, base: dict[str, str], recipe: str) -> None:
    text = (folder / "params.yaml").read_text()
    for old, new in base.items():
        text = text.replace(old, new)
    (folder / "params.yaml").write_text(text)
    (folder / "recipe.yaml").write_text(recipe)
    written = apply_recipe("recipe.yaml")
    assert yaml.safe_load(written) == merged(yaml.safe_load(text), yaml.safe_load(recipe))
    assert comments(written) == comments(text)
