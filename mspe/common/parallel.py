"""The same function over many items, on all cores."""

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
from joblib import Parallel, cpu_count, delayed

Item = TypeVar("Item")
Result = TypeVar("Result")

_CHUNK = 1000


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
        Processes at most; 0: one per core. The results do not depend on it.
    items_per_worker
        A process takes seconds to start and to import the library, so each gets at least so many items; fewer than
        two processes' worth are done in this one.
    """
    chunks = [items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK)]
    workers = min(num_workers or cpu_count(), len(items) // items_per_worker)
    if workers <= 1:
        return [function(chunk) for chunk in chunks]
    results = Parallel(n_jobs=workers, return_as="generator")(delayed(_pickled)(function, chunk) for chunk in chunks)
    return [pickle.loads(result) for result in results]


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
