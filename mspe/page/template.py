"""Pages from templates, and files that they hold."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Download:
    """A file that a page holds."""

    name: str
    href: str


def data_uri(kind: str, text: str) -> str:
    """Return a file's content as an address, so that a page needs no other file."""
    return f"data:{kind};charset=utf-8;base64,{base64.b64encode(text.encode()).decode()}"


def render(template: Path, **values: Any) -> str:
    """Return a template, filled; what is missing is an error, and text is escaped.

    It includes `style.css`, the style of all pages.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader([template.parent, Path(__file__).parent]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["unbroken"] = _unbroken
    return environment.get_template(template.name).render(**values)


def _unbroken(text: str) -> str:
    """Keep numbers and their units on one line."""
    return text.replace(" %", "\u00a0%").replace("± ", "±\u00a0")
