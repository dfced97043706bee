"""A page as its tests read it: balanced tags, attributes, the rows of its table, its drawings."""

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

from mspe.ablation.page import render_page
from mspe.ablation.report import Report

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """What the tests ask of a page: its tags are balanced, its attributes, and the text of its table's rows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"th", "td"} & set(self._open):
            self.rows[-1][-1] += data.strip()

    def values(self, name: str) -> list[str]:
        """An attribute's values, over all elements."""
        return [str(attributes[name]) for _, attributes in self.attributes if name in attributes]

    @property
    def drawings(self) -> list[ET.Element]:
        """The figures, each of which is well-formed XML."""
        return [ET.fromstring(text) for text in re.findall(r"<svg.*?</svg>", self.text, re.DOTALL)]

    def row(self, variant: str) -> list[str]:
        return next(row for row in self.rows if row[0] == variant)


def render(report: Report) -> Page:
    return Page(render_page(report, "seeds: [0]  # <all> of them"))
