"""Who may import whom, and that the pipeline's dependencies cover what each stage runs."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

# Each room with the rooms that it may enter; everything may use `common`.
ROOMS: dict[str, set[str]] = {
    "ablation": {"config", "encodings", "graphs", "models", "pipeline", "tasks", "training"},
    "common": set(),
    "graphs": set(),
    "tasks": {"graphs"},
    "training": {"tasks"},
    "dataset": {"graphs", "tasks"},
    "encodings": {"graphs"},
    "models": {"encodings", "graphs", "tasks"},
    "config": {"dataset", "encodings", "models", "tasks", "training"},
    "pipeline": {"config", "dataset", "graphs", "models", "tasks", "training"},
    "predict": {"pipeline"},
    "recipe": {"pipeline"},
    "report": {"pipeline"},
}
# Each stage's script with what its pipeline declares of it.
STAGES: dict[Path, dict[str, Any]] = {
    ROOT / "stages" / folder / f"{name}.py": stage
    for folder, pipeline in (("", "dvc.yaml"), ("ablation", "ablation/dvc.yaml"))
    for name, stage in yaml.safe_load((ROOT / pipeline).read_text())["stages"].items()
}
each_stage = pytest.mark.parametrize("path", STAGES, ids=lambda path: str(path.relative_to(ROOT)))


def parameters(stage: dict[str, Any]) -> set[str]:
    """The sections of `params.yaml` that a stage declares."""
    return {entry.split(".")[0] for entry in stage.get("params", []) if isinstance(entry, str)}


def imports(path: Path) -> Iterator[str]:
    """The project's modules that a file imports, anywhere in it, type checking aside."""
    tree = ast.parse(path.read_text())
    type_checking = [n for n in ast.walk(tree) if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.unparse(n.test)]
    skipped = {id(inner) for block in type_checking for inner in ast.walk(block)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("mspe"):
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("mspe"))


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
    room = path.relative_to(ROOT / "mspe").parts[0].removesuffix(".py")
    if room == "__init__":
        assert list(imports(path)) == []
        return
    entered = {module.split(".")[1] for module in imports(path)}
    assert entered <= ROOMS[room] | {room, "common"}


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


def test_every_script_is_a_stage() -> None:
    assert {path for path in (ROOT / "stages").rglob("*.py") if path.stem != "__init__"} == set(STAGES)


def test_the_library_imports_without_what_only_the_pipeline_needs() -> None:
    hidden = ["dvc", "rdkit", "ruamel.yaml", "tensorboard", "torch.utils.tensorboard", "wandb"]
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in [*(ROOT / "mspe").rglob("*.py"), *(ROOT / "stages").rglob("*.py")]
    ]
    code = f"import sys, importlib\nfor name in {hidden}: sys.modules[name] = None\n"
    code += f"for name in {modules}: importlib.import_module(name)\n"
    code += "print([name for name in ('matplotlib', 'rdkit.Chem') if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (result.returncode, result.stdout.strip()) == (0, "[]"), result.stderr


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
