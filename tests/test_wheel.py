"""The wheel holds all that the library reads, says what it is, and needs no more than it declares."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from packaging.metadata import Metadata
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import mspe
from tests.conftest import ROOT
from tests.wheel import build_wheel

INFO = f"mspe-{mspe.__version__}.dist-info"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
INSTALLED_AS = {"ruamel": "ruamel.yaml", "sklearn": "scikit-learn", "yaml": "pyyaml"}
NOT_IN_PYTHON = {
    "ablation/page/matrix.html.jinja",
    "ablation/page/page.html.jinja",
    "influence/range.html.jinja",
    "page/style.css",
    "py.typed",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


def test_it_holds_every_file_of_the_package_and_no_other(wheel: ZipFile) -> None:
    own = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "mspe").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    held = {name for name in wheel.namelist() if not name.startswith(INFO)}
    assert held == own and {f"mspe/{name}" for name in NOT_IN_PYTHON} <= held


def test_its_metadata_are_valid_and_complete(wheel: ZipFile) -> None:
    metadata = Metadata.from_email(wheel.read(f"{INFO}/METADATA"), validate=True)
    assert (metadata.name, str(metadata.version)) == ("mspe", mspe.__version__)
    assert metadata.license_expression == "MIT" and metadata.license_files == ["LICENSE"]
    assert metadata.description_content_type == "text/markdown"
    assert metadata.description == (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(metadata.provides_extra or []) == set(PROJECT["optional-dependencies"])
    assert metadata.keywords and "Typing :: Typed" in (metadata.classifiers or [])
    assert "mspe = mspe.cli:main" in wheel.read(f"{INFO}/entry_points.txt").decode()


@pytest.mark.slow
def test_a_page_is_written_without_the_repository(wheel: ZipFile, tmp_path: Path) -> None:
    """Its style and templates are read from where the wheel is unpacked."""
    wheel.extractall(tmp_path)
    code = """
import mspe
from mspe.ablation.comparison import Comparison
from tests.ablation.fake_report import SMALL, fake_report
Comparison(fake_report(SMALL)).save("page.html")
print(mspe.__file__, end="")
"""
    found_first = {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, **found_first},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout == str(tmp_path / "mspe" / "__init__.py"), result.stderr
    assert "</html>" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_what_it_imports_is_declared() -> None:
    declared = {
        canonicalize_name(Requirement(line).name)
        for lines in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
        for line in lines
    }
    imported = set()
    for path in (ROOT / "mspe").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            imported |= {name.split(".")[0] for name in names}
    others = imported - {"mspe", *sys.stdlib_module_names}
    assert "torch" in others and {canonicalize_name(INSTALLED_AS.get(name, name)) for name in others} <= declared


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == mspe.__version__ and citation["license"] == PROJECT["license"]
    assert citation["cff-version"] == "1.2.0" and {"message", "title", "authors"} <= set(citation)


def test_the_hosted_checks_run_what_a_developer_runs() -> None:
    """Each of their commands is one of the repository's, so that whatever passes there passes here."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == ["${{ matrix.command }}"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in job["strategy"]["matrix"]["command"]:
        target = command.removeprefix("make ")
        assert os.access(ROOT / command, os.X_OK) or re.search(rf"^{target}:", makefile, flags=re.MULTILINE), command
