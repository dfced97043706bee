"""Every operation on a file that a function makes, counted, and the process killed or refused at one of them.

The function runs in a fork of this process, so that a kill is one (nothing is cleaned up), and nothing is imported
anew. Python's audit events tell of every opening for writing, renaming, removing and making; writes and syncs, of which
there are none, are counted by a file and an `os.fsync` put in their place.
"""

import errno
import io
import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from mspe.common.command import command

_CHANGES = {
    "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.truncate", "os.link", "os.symlink", "os.utime"
}  # fmt: skip


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    status: int
    """As `subprocess` has it: minus the signal that killed it."""
    operations: tuple[str, ...]
    """Of the folder's files, in order; up to the one at which it was stopped."""
    printed: str


def kill(what: str) -> None:
    """End this process as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt(what: str) -> None:
    """Get the signal of Ctrl-C."""
    signal.raise_signal(signal.SIGINT)


def refuse(what: str) -> None:
    """Say that the disk is full."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), what)


class Operations:
    """Counts operations on files of a folder and does something at one of them.

    Parameters
    ----------
    folder
        Whose files are watched; event files of TensorBoard, which a thread of its own writes, are not.
    record
        A file outside of it, a line an operation.
    stop_at
        The number, from 1, of the operation at which `stop` is called; None: never.
    stop
        `kill`, `interrupt` or `refuse`.
    """

    def __init__(self, folder: Path, record: Path, stop_at: int | None, stop: Callable[[str], None]) -> None:
        self.folder = folder.resolve()
        self.record = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.stop_at = stop_at
        self.stop = stop
        self.count = 0

    def install(self) -> None:
        """Watch this process, for good."""
        fsync, fdopen = os.fsync, os.fdopen

        def counted_fsync(descriptor: int) -> None:
            self.note("fsync", _path(descriptor))
            fsync(descriptor)

        def counted_fdopen(descriptor: int, mode: str = "r", *options: Any, **named: Any) -> Any:
            if mode == "wb":
                return io.BufferedWriter(CountedFile(descriptor, mode, self))
            return fdopen(descriptor, mode, *options, **named)

        os.fsync, os.fdopen = counted_fsync, counted_fdopen  # type: ignore[assignment]
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            self.note(event, arguments[0])
        elif event in _CHANGES:
            self.note(event, os.fspath(arguments[0]))

    def note(self, event: str, path: str) -> None:
        """Count an operation on a file of the folder; a bare name is one of a folder that is being removed."""
        if not isinstance(path, str) or not (self.folder / path).is_relative_to(self.folder):
            return
        inside = (self.folder / path).relative_to(self.folder)
        if inside.parts[:1] == ("runs",) or inside.name.startswith("events.out"):
            return
        self.count += 1
        os.write(self.record, f"{event} {inside}\n".encode())
        if self.count == self.stop_at:
            self.stop(path)


class CountedFile(io.FileIO):
    """A file, each write to which is an operation: where it is stopped there, half of the write is done."""

    def __init__(self, descriptor: int, mode: str, operations: Operations) -> None:
        super().__init__(descriptor, mode)
        self.path = _path(descriptor)
        self.operations = operations

    def write(self, data: Any) -> int:
        half = len(data) // 2
        done = super().write(memoryview(data)[:half])
        self.operations.note("write", self.path)
        return done + super().write(memoryview(data)[half:])


def _path(descriptor: int) -> str:
    return str(Path(f"/proc/self/fd/{descriptor}").readlink())


def run_in_child(
    function: Callable[[], None],
    folder: Path,
    scratch: Path,
    stop_at: int | None = None,
    stop: Callable[[str], None] = kill,
) -> Ended:
    """Run a command's function in a fork of this process, in a folder.

    Parameters
    ----------
    function
        What is run, as a command is: a mistake is one line, and status 1.
    folder
        The working folder, whose operations count.
    scratch
        A folder outside of it, for what is printed and counted.
    stop_at, stop
        As `Operations` takes them.
    """
    record, output = scratch / "operations.txt", scratch / "output.txt"
    for file in (record, output):
        file.write_text("")
    child = os.fork()
    if child == 0:
        os._exit(_child(function, folder, record, output, stop_at, stop))
    _, status = os.waitpid(child, 0)
    return Ended(os.waitstatus_to_exitcode(status), tuple(record.read_text().splitlines()), output.read_text())


def _child(
    function: Callable[[], None], folder: Path, record: Path, output: Path, stop_at: int | None, stop: Any
) -> int:
    torch.set_num_threads(1)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a new process, whatever ran in this one before
    os.chdir(folder)
    descriptor = os.open(output, os.O_WRONLY | os.O_APPEND)
    sys.stdout = sys.stderr = os.fdopen(descriptor, "w")
    logging.basicConfig(force=True, level=logging.INFO, format="%(message)s", stream=sys.stdout)
    Operations(folder, record, stop_at, stop).install()
    status = 0
    try:
        with command():
            function()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
        print(end.code, flush=True)
    except BaseException:
        logging.getLogger().exception("Traceback")
        status = 70
    sys.stdout.flush()
    return status
