"""The notebooks run from an empty folder, and their stored outputs are of the kinds that come out."""

from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from tests.conftest import ROOT
from website.notebooks import read_notebook

NOTEBOOKS = sorted(ROOT.glob("docs/notebooks/*.ipynb"))


def kinds(notebook: NotebookNode) -> list[set[str]]:
    """What each cell of code has given: text, pictures, values; warnings differ from run to run."""
    outputs = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    given = [{name for output in cell for name in (output.get("name"), *output.get("data", {}))} for cell in outputs]
    return [names - {None, "stderr"} for names in given]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_gives_what_is_stored_in_it(path: Path, tmp_path: Path) -> None:
    stored = nbformat.read(path, as_version=4)
    fresh = deepcopy(stored)
    NotebookClient(fresh, timeout=None, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert kinds(fresh) == kinds(stored)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_a_page_with_its_pictures(path: Path) -> None:
    files = read_notebook(path)
    text = files.pop(f"{path.stem}.md")
    assert isinstance(text, str) and text.startswith("# ") and "```python" in text
    assert files and all(name in text and content[:4] == b"\x89PNG" for name, content in files.items())
