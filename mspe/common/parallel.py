"""The same function over many items, on all cores."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

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
