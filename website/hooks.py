"""MkDocs' hooks: pages that are made while the site is built, and links that hold on it."""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from website.links import COPIES, PAGES, ROOT, site_links
from website.notebooks import read_notebook
from website.parameters import parameter_page

_SOURCES = {page: file for file, page in PAGES.items() if file != "README.md"}
_INCLUDE = re.compile(r'^<!-- (\S+) until "(.*)" -->$', re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that do not lie in `docs/`: the parameters, notebooks, and what the repository says elsewhere."""
    pages: dict[str, str | bytes] = {page: (ROOT / file).read_text("utf-8") for page, file in _SOURCES.items()}
    pages["reference/parameters.md"] = parameter_page()
    for path in sorted(Path(config.docs_dir).glob("notebooks/*.ipynb")):
        pages |= {f"notebooks/{name}": content for name, content in read_notebook(path).items()}
    for name, content in pages.items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Put what a page includes into it, rewrite its links, and copy what they lead to."""
    name = page.file.src_uri
    source = _SOURCES.get(name, f"docs/{name}")
    parts = _INCLUDE.split(markdown)  # text, file, heading, text, …
    texts = [(parts[0], source)]
    for file, heading, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        texts += [(_until((ROOT / file).read_text("utf-8"), heading), file), (text, source)]
    linked = [site_links(text, file, name) for text, file in texts]
    for file in sorted(set().union(*(copied for _, copied in linked))):
        if files.get_file_from_path(str(COPIES / file)) is None:
            files.append(File.generated(config, str(COPIES / file), abs_src_path=str(ROOT / file)))
    return "".join(text for text, _ in linked)


def _until(text: str, heading: str) -> str:
    """The beginning of a text, up to a heading."""
    beginning, found, _ = text.partition(f"\n## {heading}\n")
    if not found:
        raise ValueError(f"no heading {heading!r}")
    return beginning
