"""Blocks of a console in the documentation: what is typed and what is shown, and running it."""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

LEFT_OUT = "…"
COMPARISON = re.compile(r"^variant +verdict +change of ", re.MULTILINE)
INTERRUPTION = "^C"


@dataclass(frozen=True)
class Command:
    """A command as it is printed, with the lines that are shown below it."""

    line: str
    shown: list[str]

    @property
    def fails(self) -> bool:
        """Whether what is shown ends in an error: a mistake of the user's, or an interruption."""
        return any(line.startswith("error:") or line == INTERRUPTION for line in self.shown)


class Place(Protocol):
    """Where commands are run."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Variables of the commands."""


@dataclass(frozen=True)
class Run:
    """What a command gave."""

    command: Command
    status: int
    output: list[str]


def commands(text: str) -> Iterator[Command]:
    """The commands of all console blocks."""
    for block in re.findall(r"```console\n(.*?)```", text, flags=re.DOTALL):
        for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, *shown = entry.splitlines()
            yield Command(line, shown)


def steps(text: str) -> Iterator[tuple[str, str] | Command]:
    """The files, by name and content, and the commands of a text, in order."""
    for language, title, block in re.findall(r'```(\w+)(?: title="(.*?)")?\n(.*?)```', text, flags=re.DOTALL):
        if title:
            yield title, block
        elif language == "console":
            yield from commands(f"```console\n{block}```")


def stable(line: str) -> str:
    """A line without what differs from run to run: names of experiments, hashes and numbers.

    Examples
    --------
    >>> stable("epoch 4/25  train loss 0.5715  lr 2.98e-04"), stable("  ├── 22fcf2d [famed-play]    0.81869")
    ('epoch 0/0 train loss 0 lr 0', '├─ HASH [NAME] 0')
    """
    for pattern, placeholder in (
        (r"─+", "─"),
        (r"─ [0-9a-f]{7}\b", "─ HASH"),
        (r"\b[a-z]+-[a-z]+\b", "NAME"),
        (r"-?\d+(\.\d+)?(e[-+]?\d+)?", "0"),
    ):
        line = re.sub(pattern, placeholder, line)
    return " ".join(line.split())


def agrees(shown: Sequence[str], output: Sequence[str]) -> bool:
    """Whether the lines shown are the output, where `…` stands for any number of lines, and inside a line for a part.

    Examples
    --------
    >>> agrees(["a", "…", "in … 1"], ["a", "b", "b", "in c 2"]), agrees(["a"], ["a", "b"]), agrees(["…", "b"], ["a"])
    (True, False, False)
    """
    patterns = [re.escape(stable(line)).replace(LEFT_OUT, ".*") for line in shown]
    pattern = "".join(r"(.*\n)*?" if line == ".*" else rf"{line}\n" for line in patterns)
    return re.fullmatch(pattern, "".join(f"{stable(line)}\n" for line in output)) is not None


def has_form(shown: Sequence[str], output: Sequence[str]) -> bool:
    """Whether an answer, a table with the same variants as far as they were compared, and a plan are on both."""
    tables = [
        re.findall(r"^(\w+) .*(?:confirmed|screened)$", "\n".join(lines), re.MULTILINE) for lines in (shown, output)
    ]
    return all(COMPARISON.search("\n".join(lines)) for lines in (shown, output)) and set(tables[1]) <= set(tables[0])


def agrees_or_has_form(shown: Sequence[str], output: Sequence[str]) -> bool:
    """Whether the lines shown are the output, or, of a comparison, whose table depends on the processor, its form."""
    return has_form(shown, output) if COMPARISON.search("\n".join(shown)) else agrees(shown, output)


def run(command: Command, place: Place) -> Run:
    """Run a command; where `^C` is shown, interrupt it after the line that is shown above."""
    last = None
    if INTERRUPTION in command.shown:
        last = stable(command.shown[command.shown.index(INTERRUPTION) - 1])
    process = subprocess.Popen(
        ["bash", "-c", command.line], cwd=place.folder, env=place.environment, text=True,
        start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    output = []
    for line in process.stdout:
        output.append(line.rstrip("\n"))
        if last is not None and stable(line) == last:
            output.append(INTERRUPTION)
            os.killpg(process.pid, signal.SIGINT)
            last = None
    process.stdout.close()
    return Run(command, process.wait(), output)


def check(done: Run, agree: Callable[[Sequence[str], Sequence[str]], bool] = agrees) -> None:
    """A command gave what is shown below it."""
    shown, output = "\n".join(done.command.shown), "\n".join(done.output)
    assert (done.status != 0) == done.command.fails, f"$ {done.command.line}\ngave {done.status}:\n{output}"
    assert agree(done.command.shown, done.output), f"$ {done.command.line}\nshown:\n{shown}\ngave:\n{output}"
