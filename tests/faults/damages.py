"""Damage to one file, chosen by a seed."""

import random
from collections.abc import Callable
from pathlib import Path


def _flip_bit(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]


def _change_byte(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + bytes([content[place] ^ chance.randrange(1, 256)]) + content[place + 1 :]


def _truncate(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _zero_block(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(0, len(content), 512)
    return content[:place] + bytes(min(512, len(content) - place)) + content[place + 512 :]


KINDS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "flip a bit": _flip_bit,
    "change a byte": _change_byte,
    "truncate": _truncate,
    "empty": lambda content, chance: b"",
    "zero a block": _zero_block,
    "append": lambda content, chance: content + chance.randbytes(chance.randrange(1, 1000)),
    "double a half": lambda content, chance: content + content[len(content) // 2 :],
}
MOVES = ("exchange", "overwrite", "remove", "put a folder")
"""Kinds that need other files than the damaged one."""


def damage(path: Path, others: list[Path], chance: random.Random) -> tuple[str, list[Path]]:
    """Damage a file, or exchange it with one of others; what was done, and to which files."""
    kind = chance.choice([*["flip a bit"] * 4, *KINDS, *MOVES])
    content, other = path.read_bytes(), chance.choice(others)
    path.unlink()  # what has mapped the file keeps it
    if kind == "exchange":
        path.write_bytes(other.read_bytes())
        other.unlink()
        other.write_bytes(content)
    elif kind == "overwrite":
        path.write_bytes(other.read_bytes())
    elif kind == "put a folder":
        path.mkdir()
    elif kind != "remove":
        path.write_bytes(KINDS[kind](content, chance))
    changed = [path, other] if kind == "exchange" else [path]
    return f"{kind}: {path}" + (f", {other}" if kind in ("exchange", "overwrite") else ""), changed
