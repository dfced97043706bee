"""Parameters that fit together, and one line with the full path for those that do not."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from mspe.common.errors import MspeError
from mspe.config import load_params
from mspe.dataset import DatasetParams, get_dataset
from mspe.dataset.synthetic.config import SyntheticParams
from mspe.dataset.synthetic.plan import MisfitError, find_misfit, make_plan, plans
from tests.conftest import ROOT

MISFITS: list[tuple[dict[str, Any], str]] = [
    ({"task": "diametre"}, "task: got 'diametre', unknown synthetic task 'diametre'; did you mean 'diameter'? Known: "),
    ({"generator": "grid"}, "generator: got 'grid', unknown generator 'grid'; did you mean "),
    ({"task": "ring_transfer", "generator": "grid_2d"}, "generator: got 'grid_2d', allowed for ring_transfer: ring"),
    (
        {"task": "role", "generator": "ring"},
        "generator: got 'ring', allowed for role: block_model, barbell, lollipop, caterpillar",
    ),
    (
        {"generator": "random_regular", "size": 15, "degree": 3},
        "size: got 15, allowed for random_regular: an even number for the odd degree 3",
    ),
    ({"generator": "watts_strogatz", "degree": 3}, "degree: got 3, allowed for watts_strogatz: an even number"),
    ({"size": 4}, "degree: got 4, allowed for erdos_renyi: less than the 4 nodes"),
    (
        {"generator": "grid_3d", "size": [13, 14]},
        "size: got [13, 14], allowed for grid_3d: a product of 3 sides of at least 2 nodes, as 8 or 12",
    ),
    ({"generator": "ladder", "size": 7}, "size: got 7, allowed for ladder: an even number of at least 4"),
    (
        {"generator": "block_model", "size": 20},
        "degree: got 8, allowed for block_model: what 4 blocks of 20 nodes can have with mixing 0.1; lower it",
    ),
    ({"generator": "block_model", "size": 7}, "size: got 7, allowed for block_model: at least 8, two nodes for each"),
    (
        {"task": "ring_transfer", "size": [4, 7]},
        "size: got [4, 7], allowed for ring_transfer: at least 8, twice dataset.synthetic.distance",
    ),
    (
        {"task": "tree_match", "size": 30},
        "size: got 30, allowed for tree_match: 31, the full tree of depth 4; set null",
    ),
    ({"task": "path_parity", "size": 30}, "size: got 30, allowed for path_parity: 5, one more than"),
    (
        {"task": "tree_match", "distance": 10},
        "distance: got 10, which makes graphs of 2047 nodes for tree_match, allowed: up to 2000 nodes; lower it",
    ),
    ({"task": "tree_match", "distance": 2000, "branching": 100}, "distance: got 2000, which makes graphs of 1010"),
    (
        {"task": "ring_transfer", "features": False},
        "features: got False, allowed for ring_transfer on ring: True, since the question stands in them",
    ),
    ({"task": "role", "features": False}, "features: got False, allowed for role on block_model: True"),
    ({"task": "diameter", "noise": 0.5}, "noise: got 0.5, allowed for diameter: 0, as nodes have no features"),
    (
        {"task": "role", "generator": "barbell", "features": False, "noise": 1},
        "noise: got 1, allowed for role with features False: 0",
    ),
    (
        {"task": "cycles", "as_classes": True},
        "as_classes: got True, allowed for cycles: False, its answers are too many to be classes",
    ),
    (
        {"task": "role", "as_classes": True},
        "as_classes: got True, allowed for role: False, its answers are classes already",
    ),
    ({"shift": {"generator": "grit"}}, "shift.generator: got 'grit', unknown generator 'grit'"),
    ({"shift": {"generator": "ladder", "size": 41}}, "shift.size: got 41, allowed for ladder: an even number"),
    ({"task": "path_parity", "shift": {"size": 41}}, "shift.size: got 41, allowed for path_parity: 5"),
    (
        {"task": "ring_transfer", "shift": {"generator": "path"}},
        "shift.generator: got 'path', allowed for ring_transfer: ring",
    ),
    (
        {"task": "role", "shift": {"generator": "barbell"}},
        "shift.generator: got 'barbell', allowed for role on block_model: a generator with the same classes",
    ),
]


@pytest.mark.parametrize(("synthetic", "message"), MISFITS)
def test_what_cannot_be_is_one_line_with_its_full_path(synthetic: dict[str, Any], message: str) -> None:
    with pytest.raises(MspeError) as raised:
        get_dataset("synthetic", synthetic=synthetic)
    assert str(raised.value).startswith(f"dataset.synthetic.{message}") and "\n" not in str(raised.value)


def test_a_split_that_a_shift_decides_is_not_another_one() -> None:
    with pytest.raises(MspeError, match=r"^dataset\.split: got 'column', which synthetic has with synthetic\.shift al"):
        get_dataset("synthetic", split="column")
    with pytest.raises(MspeError, match=r"^dataset\.split: got 'random', allowed with synthetic\.shift: null or col"):
        get_dataset("synthetic", split="random", synthetic={"shift": {"size": 60}})
    with pytest.raises(MspeError, match=r"^dataset: task is regression, allowed for synthetic: null"):
        get_dataset("synthetic", task="regression")


def test_a_range_keeps_the_sizes_that_can_be() -> None:
    plan = make_plan(SyntheticParams(generator="grid_2d", size=(5, 12)))
    assert plan.sizes == (6, 8, 9, 10, 12)
    plan = make_plan(SyntheticParams(task="ring_transfer", distance=4, size=(5, 10)))
    assert plan.sizes == (8, 9, 10)


@pytest.mark.parametrize(
    ("task", "generator", "sizes"),
    [
        ("diameter", "erdos_renyi", (50,)),
        ("ring_transfer", "ring", (8,)),
        ("tree_match", "balanced_tree", (31,)),
        ("path_parity", "path", (5,)),
        ("role", "block_model", (50,)),
    ],
)
def test_null_is_the_tasks_own(task: str, generator: str, sizes: tuple[int, ...]) -> None:
    plan = make_plan(SyntheticParams(task=task))
    assert (plan.generator.name, plan.params.generator, plan.sizes) == (generator, generator, sizes)
    assert plan.params.degree == plan.generator.degree


def test_a_shift_changes_what_it_names_alone() -> None:
    synthetic = SyntheticParams.model_validate({"size": [10, 20], "shift": {"size": [30, 40]}, "degree": 6})
    plan, shifted = plans(DatasetParams(name="synthetic", synthetic=synthetic))
    assert shifted is not None and (plan.sizes[0], plan.sizes[-1]) == (10, 20)
    assert (shifted.sizes[0], shifted.sizes[-1]) == (30, 40)
    assert (shifted.generator, shifted.question, shifted.params.degree) == (plan.generator, plan.question, 6)


def test_a_misfit_is_a_key_and_an_error() -> None:
    params = DatasetParams(name="synthetic", synthetic=SyntheticParams(task="rank"))
    misfit = find_misfit(params)
    assert misfit is not None and misfit[0] == "synthetic.task" and misfit[1].startswith("got 'rank', unknown")
    with pytest.raises(MisfitError, match=r"^synthetic\.task: got 'rank'"):
        plans(params)
    assert find_misfit(DatasetParams(name="synthetic")) is None


def test_params_yaml_is_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["dataset"]["name"] = "synthetic"
    params["dataset"]["synthetic"]["generator"] = "ladder"
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    assert load_params(tmp_path / "params.yaml").dataset.synthetic.generator == "ladder"
    params["dataset"]["synthetic"]["size"] = 31
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    with pytest.raises(MspeError, match=r"params\.yaml: dataset\.synthetic\.size: got 31, allowed for ladder: an even"):
        load_params(tmp_path / "params.yaml")


def test_another_dataset_does_not_mind() -> None:
    assert len(get_dataset("csl", synthetic={"task": "rank", "size": 4}).train) == 90
