"""The same function over many items, on all cores."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, TypeVar

import torch

Item = TypeVar("Item")
Result = TypeVar("Result")

_ITEMS_A_WORKER = 5000  # a process takes seconds to start and to import the library


def parallel_map(function: Callable[[Item], Result], items: Sequence[Item], num_workers: int) -> list[Result]:
    """``[function(item) for item in items]`` in several processes; the order and the results do not depend on how many.

    Parameters
    ----------
    function
        A module's function: it is sent by name.
    items
        Values that can be sent to another process.
    num_workers
        Processes at most; 0: one a core. Few items are done in this process.
    """
    workers = min(num_workers or os.cpu_count() or 1, len(items) // _ITEMS_A_WORKER)
    if workers <= 1:
        return [function(item) for item in items]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(function, items, chunksize=256))


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
