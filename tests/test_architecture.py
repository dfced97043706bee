"""Import rules, docstrings, and that the pipeline's dependencies cover what each stage runs."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

# Each package with those that it may import, from the lowest up; everything may import `common`.
LAYERS: dict[str, set[str]] = {
    "common": set(),
    "page": set(),
    "graphs": set(),
    "tasks": {"graphs"},
    "encodings": {"graphs"},
    "dataset": {"graphs", "tasks"},
    "training": {"tasks"},
    "models": {"encodings", "graphs", "tasks"},
    "influence": {"encodings", "graphs", "models", "page"},
    "config": {"dataset", "encodings", "models", "tasks", "training"},
    "pipeline": {"config", "dataset", "encodings", "graphs", "influence", "models", "tasks", "training"},
    "estimators": {"config", "dataset", "encodings", "graphs", "models", "pipeline", "tasks", "training"},
    "ablation": {"config", "dataset", "encodings", "graphs", "models", "page", "pipeline", "tasks", "training"},
    "commands": {"ablation", "dataset", "encodings", "influence", "pipeline"},
    "cli": {"commands"},
    "predict": {"cli"},
    "recipe": {"cli"},
    "report": {"cli"},
}
# `python -m` forms, which call the command
DOORS = {"predict.py", "recipe.py", "report.py"}
# Each stage's script with what its pipeline declares of it.
STAGES: dict[Path, dict[str, Any]] = {
    ROOT / "stages" / folder / f"{name}.py": stage
    for folder, pipeline in (("", "dvc.yaml"), ("ablation", "ablation/dvc.yaml"))
    for name, stage in yaml.safe_load((ROOT / pipeline).read_text())["stages"].items()
}
# Packages that take long to import, which every stage would wait for: imported by the functions that use them.
FOR_FEW = ("matplotlib", "networkx", "pandas", "rdkit.Chem", "scipy.sparse.linalg", "scipy.stats", "sklearn")
each_stage = pytest.mark.parametrize("path", STAGES, ids=lambda path: str(path.relative_to(ROOT)))


def parameters(stage: dict[str, Any]) -> set[str]:
    """The sections of `params.yaml` that a stage declares."""
    return {entry.split(".")[0] for entry in stage.get("params", []) if isinstance(entry, str)}


@cache
def imports(path: Path) -> tuple[str, ...]:
    """The project's modules that a file imports, anywhere in it, for types too."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
        elif isinstance(node, ast.Import):
            names.extend(alias.name for alias in node.names)
    return tuple(name for name in names if name.startswith("mspe"))


def source(module: str) -> Path:
    path = ROOT / Path(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def reached(path: Path, seen: set[Path]) -> set[Path]:
    """Every file of the library that a stage may run.

    `mspe.config` is not followed: what it gives a stage comes from `params.yaml`, which `params` tracks.
    """
    for module in imports(path):
        file = source(module)
        if module != "mspe.config" and file not in seen:
            seen.add(file)
            reached(file, seen)
    return seen


@pytest.mark.parametrize("path", sorted((ROOT / "mspe").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    name = path.relative_to(ROOT / "mspe")
    package = name.parts[0].removesuffix(".py")
    if package == "__init__":
        assert set(imports(path)) <= {
            "mspe.ablation.compare",
            "mspe.encodings.plot",
            "mspe.estimators.classifier",
            "mspe.estimators.regressor",
            "mspe.estimators.table",
            "mspe.pipeline.trained_model",
        }  # of its functions, when asked for
        return
    entered = {module.split(".")[1] for module in imports(path) if module != "mspe"}
    assert entered <= LAYERS[package] | {package, "common"} | ({"cli"} if str(name) in DOORS else set())


def public_docstrings(body: Sequence[ast.stmt]) -> Iterator[tuple[int, str]]:
    """Line and docstring of public functions, classes and their methods."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.lineno, ast.get_docstring(node) or ""
            if isinstance(node, ast.ClassDef):
                yield from public_docstrings(node.body)


def test_no_public_docstring_begins_with_a_question_word() -> None:
    """They begin with a verb or a noun: "Return whether …", "Number of …"."""
    question = re.compile(r"(what|how|where|which|whether|why|when|who|whose|whom)\b", re.IGNORECASE)
    questions = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "mspe").rglob("*.py"))
        for line, text in public_docstrings(ast.parse(path.read_text()).body)
        if question.match(text)
    ]
    assert questions == []


def test_files_import_each_other_in_no_circle() -> None:
    files = {path: {source(module) for module in imports(path)} for path in (ROOT / "mspe").rglob("*.py")}
    # a package's __init__ gathers what its files define, so what a file asks of it is asked of those files
    gathered = {path: targets for path, targets in files.items() if path.name == "__init__.py"}
    edges = {
        path: {target for target in targets if target not in gathered and target != path}
        for path, targets in files.items()
        if path not in gathered
    }
    assert sum(map(len, edges.values())) > 200  # they are found
    order = list(TopologicalSorter(edges).static_order())  # raises CycleError, which names the circle
    assert set(order) == set(edges)


def test_nothing_but_the_tasks_themselves_asks_which_task_it_is() -> None:
    """Elsewhere no comparison names a type of task, a level of targets, or a loss."""
    names = {"regression", "classification", "edge_prediction", "bce_logits", "cross_entropy"}
    branches = []
    for path in [*(ROOT / "mspe").rglob("*.py"), *(ROOT / "stages").rglob("*.py")]:
        if path.is_relative_to(ROOT / "mspe" / "tasks"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            compared = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
            constants = {
                inner.value for part in compared for inner in ast.walk(part) if isinstance(inner, ast.Constant)
            }
            if constants & names:
                branches.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert branches == []


def test_every_file_has_a_test_file_of_its_own() -> None:
    """`mspe/x/y.py` has `tests/x/test_y.py`; the doors, which call the command, are those of `tests/test_cli.py`."""
    names = {path.relative_to(ROOT / "mspe") for path in (ROOT / "mspe").rglob("*.py")}
    own = {name for name in names if not name.stem.startswith("__") and str(name) not in DOORS}
    assert [str(name) for name in own if not (ROOT / "tests" / name.parent / f"test_{name.name}").is_file()] == []


@each_stage
def test_a_stages_dependencies_cover_what_it_imports(path: Path) -> None:
    declared = [ROOT / dep for dep in STAGES[path]["deps"]]
    missing = [
        str(file.relative_to(ROOT))
        for file in reached(path, set())
        if not any(file == dep or dep in file.parents for dep in declared)
    ]
    # importing a module of a package runs its __init__, which may import others that the stage does not use, or nothing
    unused = {"spectrum": ["mspe/encodings/__init__.py"]}.get(path.stem, [])
    assert [name for name in missing if name not in unused] == []


@each_stage
def test_a_stage_declares_the_parameters_that_it_reads(path: Path) -> None:
    tree = ast.parse(path.read_text())
    read = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("params", "load_params()")
    }
    assert read - {"runtime"} <= parameters(STAGES[path])


@each_stage
def test_every_stage_is_a_script_and_a_dependency_of_its_own(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    assert path.is_file() and name in STAGES[path]["deps"]
    assert f"python -m {name.removesuffix('.py').replace('/', '.')}" in STAGES[path]["cmd"]
    assert "runtime" not in parameters(STAGES[path])


@pytest.mark.parametrize("name", ["train", "evaluate"])
def test_what_is_dear_is_kept_in_the_run_cache(name: str) -> None:
    """DVC keeps no run of a stage with an output, other than metrics and plots, that is not cached: going back to an
    earlier value would train again."""
    outs = STAGES[ROOT / "stages" / f"{name}.py"]["outs"]
    assert [out for out in outs if isinstance(out, dict) and not next(iter(out.values())).get("cache", True)] == []


def test_every_script_is_a_stage() -> None:
    assert {path for path in (ROOT / "stages").rglob("*.py") if path.stem != "__init__"} == set(STAGES)


@pytest.mark.slow
def test_importing_loads_neither_what_only_the_pipeline_needs_nor_what_few_functions_use() -> None:
    hidden = ["dvc", "rdkit", "ruamel.yaml", "tensorboard", "torch.utils.tensorboard", "wandb"]
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in [*(ROOT / "mspe").rglob("*.py"), *(ROOT / "stages").rglob("*.py")]
        if not path.is_relative_to(ROOT / "mspe" / "estimators")  # of scikit-learn's classes
    ]
    code = f"import sys, importlib\nfor name in {hidden}: sys.modules[name] = None\n"
    code += f"for name in {modules}: importlib.import_module(name)\n"
    code += f"print([name for name in {FOR_FEW} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (result.returncode, result.stdout.strip()) == (0, "[]"), result.stderr


@pytest.mark.slow
def test_importing_changes_nothing() -> None:
    """No global state is touched: neither the generators, nor torch's flags, nor the log."""
    code = """
import logging, random, numpy, sklearn.metrics, torch, torch_geometric  # these do touch some
before = torch.get_rng_state(), random.getstate(), torch.get_default_dtype(), torch.get_num_threads()
import mspe.config, mspe.pipeline.evaluation, mspe.pipeline.summary
after = torch.get_rng_state(), random.getstate(), torch.get_default_dtype(), torch.get_num_threads()
assert torch.equal(before[0], after[0]) and before[1:] == after[1:]
assert not logging.getLogger().handlers and not logging.getLogger("mspe").handlers
assert not torch.are_deterministic_algorithms_enabled()
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert result.returncode == 0, result.stderr
