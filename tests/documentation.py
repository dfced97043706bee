"""What the project says of itself: the README and the pages of `docs/` and its folders."""

import re

from tests.conftest import ROOT

_FILES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("docs/*/*.md"))]
PAGES = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in _FILES}
DOCUMENTATION = "\n".join(PAGES.values())


def examples(page: str) -> list[str]:
    """The blocks of Python on a page."""
    return re.findall(r"```python\n(.*?)```", PAGES[page], flags=re.DOTALL)


def example(containing: str) -> str:
    """The first block of Python that contains a text."""
    return next(block for page in PAGES for block in examples(page) if containing in block)


def files_of(page: str) -> dict[str, str]:
    """The blocks on a page that are to be saved, by their titles."""
    return dict(re.findall(r'```\w+ title="([^"]+)"\n(.*?)```', PAGES[page], flags=re.DOTALL))
