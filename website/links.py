"""Links of a Markdown file of the repository, as the site has them."""

import posixpath
import re
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[1]
PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "mspe/training/README.md": "reference/training.md",
}
"""Files outside `docs/` that are pages of the site, by their path in the repository."""
COPIED = (".csv", ".html", ".json", ".png")
"""Endings of files outside `docs/` that the site takes with it."""
COPIES = PurePosixPath("files")

_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^)\s]+)\)")
_FENCE = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)


def site_links(markdown: str, source: str, page: str) -> tuple[str, set[str]]:
    """Rewrite the links of a file so that they hold on the site.

    A link to source code or a folder, which the site does not have, becomes its text.

    Parameters
    ----------
    markdown
        The file's content.
    source
        Its path in the repository.
    page
        The page that it is shown on, relative to `docs/`.

    Returns
    -------
    tuple
        The content, and the files of the repository that it links to and the site has to hold.

    Examples
    --------
    >>> site_links("[a](docs/data.md#b), [c](mspe/cli.py), [d](metrics/ablation.html)", "README.md", "index.md")
    ('[a](data.md#b), c, [d](files/metrics/ablation.html)', {'metrics/ablation.html'})
    """
    copied: set[str] = set()

    def rewritten(match: re.Match[str]) -> str:
        mark, text, target = match.groups()
        if re.match(r"[a-z]+:|#", target):
            return match[0]
        path, _, heading = target.partition("#")
        file = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        place = _place(file)
        if place is None:
            return text
        if place.is_relative_to(COPIES):
            copied.add(file)
        relative = posixpath.relpath(str(place), posixpath.dirname(page) or ".")
        return f"{mark}[{text}]({relative}{'#' if heading else ''}{heading})"

    parts = _FENCE.split(markdown)  # what stands in a fence is code
    return "".join(part if number % 2 else _LINK.sub(rewritten, part) for number, part in enumerate(parts)), copied


def _place(file: str) -> PurePosixPath | None:
    """Where the site has a file of the repository, relative to its root; None: nowhere."""
    path = PurePosixPath(file)
    if file in PAGES:
        return PurePosixPath(PAGES[file])
    if path.is_relative_to("docs"):
        return path.relative_to("docs").with_suffix(".md" if path.suffix == ".ipynb" else path.suffix)
    return COPIES / path if path.suffix in COPIED else None
