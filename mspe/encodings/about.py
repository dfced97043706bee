"""A few words on each encoding, for a list of all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class About:
    """A few words on an encoding.

    Attributes
    ----------
    what
        Its channels, in at most 44 characters.
    source
        The paper that it is of, in at most 30.
    cost
        Operations per graph of n nodes and m edges: a term such as n·m; `spectrum`: one eigendecomposition, n³, shared
        by all that need it, or sparse polynomials of large graphs; `paths`: with the number of paths or cycles.
    places
        Where it has channels.
    weighted, directed
        Whether any channel depends on the weights of edges, and on their direction; otherwise they are ignored.
    """

    what: str
    source: str
    cost: Literal["m", "n·m", "n³", "spectrum", "paths"]
    places: tuple[Literal["node", "pair"], ...] = ("node", "pair")
    weighted: bool = False
    directed: bool = False


def encoding_table(encodings: Mapping[str, type]) -> str:
    """Return a table of encodings by name, at most 120 characters wide; one that says nothing has its name alone.

    Examples
    --------
    >>> class Mine:
    ...     about = About("one channel", "arXiv 1706.03762", "m", ("node",))
    >>> print(encoding_table({"mine": Mine, "other": object}))
    name   channels  what         source            cost  reads
    mine   node      one channel  arXiv 1706.03762  m     -
    other
    """
    rows = [("name", "channels", "what", "source", "cost", "reads")]
    rows += [
        (name, *_cells(vars(encoding).get("about"))) for name, encoding in encodings.items()
    ]  # not an inherited one
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _cells(about: About | None) -> tuple[str, str, str, str, str]:
    if about is None:
        return "", "", "", "", ""
    read = [name for name, does in (("weights", about.weighted), ("direction", about.directed)) if does]
    return ", ".join(about.places), about.what, about.source, about.cost, ", ".join(read) or "-"
