"""Who may import whom, and that the pipeline's dependencies cover what each stage runs."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

# Each room with the rooms that it may enter; everything may use `common`.
ROOMS: dict[str, set[str]] = {
    "common": set(),
    "graphs": set(),
    "training": set(),
    "dataset": {"graphs"},
    "encodings": {"graphs"},
    "models": {"graphs", "encodings"},
    "config": {"dataset", "encodings", "models", "training"},
    "baselines": {"graphs", "training"},
    "evaluation": {"graphs", "models", "training"},
    "predict": {"dataset", "evaluation", "graphs", "models", "training"},
    "report": set(),
}
STAGES = sorted(path.stem for path in (ROOT / "stages").glob("*.py") if path.stem != "__init__")
PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]


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


@pytest.mark.parametrize("stage", STAGES)
def test_a_stages_dependencies_cover_what_it_imports(stage: str) -> None:
    declared = [ROOT / dep for dep in PIPELINE[stage]["deps"]]
    missing = [
        str(file.relative_to(ROOT))
        for file in reached(ROOT / "stages" / f"{stage}.py", set())
        if not any(file == dep or dep in file.parents for dep in declared)
    ]
    # importing a module of `mspe.encodings` runs the package's __init__, whose other modules the stage does not use
    if stage == "spectrum":
        missing = [name for name in missing if name != "mspe/encodings/__init__.py"]
    assert missing == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_declares_the_parameters_that_it_reads(stage: str) -> None:
    tree = ast.parse((ROOT / "stages" / f"{stage}.py").read_text())
    read = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("params", "load_params()")
    }
    declared = {name.split(".")[0] for name in PIPELINE[stage].get("params", [])}
    assert read - {"runtime"} <= declared


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_stands_in_the_pipeline_and_follows_the_validation(stage: str) -> None:
    assert stage in PIPELINE
    assert f"stages/{stage}.py" in PIPELINE[stage]["deps"]
    assert f"python -m stages.{stage}" in PIPELINE[stage]["cmd"]
    assert "runtime" not in PIPELINE[stage].get("params", [])


def test_the_library_imports_without_what_only_the_pipeline_needs() -> None:
    hidden = ["dvc", "rdkit", "tensorboard", "torch.utils.tensorboard", "wandb"]
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in [*(ROOT / "mspe").rglob("*.py"), *(ROOT / "stages").glob("*.py")]
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
import mspe.config, mspe.evaluation, mspe.report
after = torch.get_rng_state(), random.getstate(), torch.get_default_dtype(), torch.get_num_threads()
assert torch.equal(before[0], after[0]) and before[1:] == after[1:]
assert not logging.getLogger().handlers and not logging.getLogger("mspe").handlers
assert not torch.are_deterministic_algorithms_enabled()
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert result.returncode == 0, result.stderr
