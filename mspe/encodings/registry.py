"""Encodings by name: the library's, and those that users and installed packages register."""

from mspe.common.registry import Registry
from mspe.encodings.catalogue import CATALOGUE, Filter
from mspe.encodings.encoding import Encoding

RESERVED = frozenset(
    {
        "plugins",
        "files",
        "preset",
        "filters",
        "node",
        "pair",
        "trainable",
        "max_pair_nodes",
        "backend",
    }  # of `encodings`
    | {"others", "node_channels", "pair_channels", "edge_channels"}  # of `bank.json`
)
"""Keys beside which an encoding's name stands."""

ENCODINGS: Registry[type[Encoding]] = Registry("encoding", CATALOGUE, RESERVED)
register = ENCODINGS.register


def known_filters() -> dict[str, type[Filter]]:
    """Return the encodings that are filters, which stand under `encodings.filters`."""
    return {name: encoding for name, encoding in ENCODINGS.items() if issubclass(encoding, Filter)}


def known_others() -> dict[str, type[Encoding]]:
    """Return the encodings that are no filters, which stand under `encodings`."""
    return {name: encoding for name, encoding in ENCODINGS.items() if not issubclass(encoding, Filter)}
