"""The same function over many items, on all cores."""

import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any, TypeVar

import torch

Item = TypeVar("Item")
Result = TypeVar("Result")

_CHUNK = 1000
_ITEMS_A_WORKER = 5000  # a process takes seconds to start and to import the library


def map_chunks(function: Callable[[Sequence[Item]], Result], items: Sequence[Item], num_workers: int) -> list[Result]:
    """Apply a function to the items in chunks of 1,000, in several processes: the results, in order.

    Parameters
    ----------
    function
        A module's function, or a `partial` of one: it is sent by name.
    items
        Values that can be sent to another process; fewer than 10,000 are done in this one.
    num_workers
        Processes at most; 0: one a core. The results do not depend on it.
    """
    chunks = [items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK)]
    workers = min(num_workers or os.cpu_count() or 1, len(items) // _ITEMS_A_WORKER)
    if workers <= 1:
        return [function(chunk) for chunk in chunks]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return [pickle.loads(result) for result in pool.map(partial(_pickled, function), chunks)]


def _pickled(function: Callable[[Sequence[Item]], Result], chunk: Sequence[Item]) -> bytes:
    """A result as bytes, since torch would send each tensor as an open file, of which a process may hold few."""
    return pickle.dumps(function(chunk))


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
