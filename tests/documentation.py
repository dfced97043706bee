"""What the project says of itself: the README and the pages of `docs/`."""

import re

from tests.conftest import ROOT

PAGES = {path.relative_to(ROOT).as_posix(): path.read_text() for path in (ROOT / "README.md", *ROOT.glob("docs/*.md"))}
DOCUMENTATION = "\n".join(PAGES.values())
EXAMPLES = re.findall(r"```python\n(.*?)```", DOCUMENTATION, flags=re.DOTALL)
"""Blocks of Python."""


def example(containing: str) -> str:
    """The first block of Python that contains a text."""
    return next(block for block in EXAMPLES if containing in block)
