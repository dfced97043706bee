"""The same function over many items, on all cores, or wherever joblib's backend computes."""

import hashlib
import os
import pickle
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal, TypeVar

import torch
from joblib import Parallel, cpu_count, delayed
from joblib._parallel_backends import LokyBackend, MultiprocessingBackend, SequentialBackend, ThreadingBackend
from joblib.parallel import get_active_backend

from mspe.common.cluster import active_client, map_on
from mspe.common.errors import MspeError

Item = TypeVar("Item")
Result = TypeVar("Result")

_CHUNK = 1000
_ON_THIS_MACHINE = (LokyBackend, MultiprocessingBackend, SequentialBackend, ThreadingBackend)


def map_chunks(
    function: Callable[[Sequence[Item]], Result],
    items: Sequence[Item],
    num_workers: int,
    items_per_worker: int = 5000,
) -> list[Result]:
    """Apply a function to the items in chunks of 1,000, in several processes: the results, in order.

    Parameters
    ----------
    function
        A function that can be sent to another process.
    items
        Values that can be sent to another process.
    num_workers
        Processes at most; 0: one per core. The results do not depend on it. A cluster has workers of its own.
    items_per_worker
        A process takes seconds to start and to import the library, so each gets at least so many items; fewer than
        two processes' worth are done in this one. The workers of a cluster have started, and get any number.

    Raises
    ------
    MspeError
        If a worker of a cluster has other code than this process.
    """
    chunks = [items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK)]
    if is_spread():
        return list(call_elsewhere(function, chunks))
    workers = min(num_workers or cpu_count(), len(items) // items_per_worker)
    if workers <= 1:
        return [function(chunk) for chunk in chunks]
    results = Parallel(n_jobs=workers, return_as="generator")(delayed(_pickled)(function, chunk) for chunk in chunks)
    return [pickle.loads(result) for result in results]


def is_spread() -> bool:
    """Return whether joblib's backend computes elsewhere: inside the block of a cluster, or of one that a user set."""
    return not isinstance(get_active_backend()[0], _ON_THIS_MACHINE)


def call_elsewhere(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    results: Literal["generator", "generator_unordered"] = "generator",
) -> Iterator[Result]:
    """Yield a function's result of each item, computed where joblib's backend has room.

    Parameters
    ----------
    function, items
        What can be sent to another machine. It is called on one thread, in this process's working folder, which the
        machines share.
    results
        In the items' order, or as they come.

    Raises
    ------
    MspeError
        If a worker has other code than this process, or lacks its folder.
    """
    call, client = partial(_on_worker, _code_key(), Path.cwd(), function), active_client()
    if client is not None:
        yield from map(pickle.loads, map_on(client, call, items, results))
        return
    yield from map(pickle.loads, Parallel(n_jobs=-1, return_as=results)(delayed(call)(item) for item in items))


def _on_worker(code: str, folder: Path, function: Callable[[Item], Result], item: Item) -> bytes:
    """What is left in the worker is its working folder, which the next task sets for itself."""
    if code != _code_key():
        raise MspeError(
            f"cluster: the worker on {socket.gethostname()} has other code of mspe than this process; install the same "
            "and start the workers again"
        )
    try:
        os.chdir(folder)
    except OSError:
        raise MspeError(
            f"cluster: the worker on {socket.gethostname()} has no folder {folder}; run in one that all machines share"
        ) from None
    with single_threaded():
        return _pickled(function, item)


@cache
def _code_key() -> str:
    """A key of the library's code as it was when this process first asked: a worker may be older than a change."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _pickled(function: Callable[[Item], Result], item: Item) -> bytes:
    """A result as bytes, since torch would send each tensor as an open file, of which a process may hold few."""
    return pickle.dumps(function(item))


@contextmanager
def single_threaded() -> Iterator[None]:
    """Let torch use one thread an operation inside the block.

    On small matrices a threaded LAPACK is many times slower than a single-threaded one on a busy machine.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def for_each(function: Callable[..., None], arguments: Iterable[tuple[Any, ...]], threaded: bool = True) -> None:
    """Call a function for its effect, as many calls at a time as torch may use threads, each call on one thread.

    Parameters
    ----------
    function
        Its calls must not depend on each other; torch lets other threads run while it computes.
    arguments
        Of each call.
    threaded
        At False one call follows the other: a GPU runs them one by one anyway.
    """
    workers = torch.get_num_threads()
    if not threaded or workers == 1:
        for values in arguments:
            function(*values)
        return
    with single_threaded(), ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(lambda values: function(*values), arguments):
            pass
