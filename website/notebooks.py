"""Notebooks as pages: the cells and outputs that are stored in them, as Markdown."""

from pathlib import Path
from typing import Any

import nbformat
from nbconvert import MarkdownExporter


def read_notebook(path: Path) -> dict[str, str | bytes]:
    """Return the page of an executed notebook, and the pictures on it, by their names beside each other."""
    notebook = nbformat.read(path, as_version=4)
    resources: dict[str, Any] = {"unique_key": path.stem, "output_files_dir": "."}
    text, found = MarkdownExporter().from_notebook_node(notebook, resources)
    pictures = {name.removeprefix("./"): content for name, content in found["outputs"].items()}
    return {f"{path.stem}.md": text, **pictures}
