"""The state of a long computation on one graph, in a file, so that an interrupted one resumes inside the graph."""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from scipy.sparse import csr_array
from torch import Tensor

from mspe.common.checksums import checksum
from mspe.common.errors import MspeError
from mspe.common.parallel import for_each
from mspe.common.tensor_files import read_tensors, write_tensors
from mspe.common.terminal import progress_bar

logger = logging.getLogger(__name__)

_SECONDS = 20.0  # of work between two states: some hundred megabytes of 200,000 nodes, in well under a second


class Checkpoint:
    """The state of one part of the work on a graph.

    Parameters
    ----------
    path
        Of its file; None: nothing is kept.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._saved = time.monotonic()
        self._lock = threading.Lock()

    @classmethod
    def of(cls, folder: Path | None, part: str, matrix: csr_array, **parameters: float) -> "Checkpoint":
        """Return that of a graph and parameters, by which its file is named: others' is another file.

        Parameters
        ----------
        folder
            Of the states of all graphs of a run; None: nothing is kept.
        part
            Of the work.
        matrix
            S of the graph.
        parameters
            All else that decides the numbers.
        """
        if folder is None:
            return cls(None)
        arrays = [checksum(memoryview(array).cast("B")) for array in (matrix.indptr, matrix.indices, matrix.data)]
        decisive = [str(matrix.dtype), matrix.shape[0], arrays, parameters]
        return cls(folder / f"{part}-{checksum(json.dumps(decisive, sort_keys=True).encode())}.pt")

    def load(self) -> dict[str, Any]:
        """Return the state that was saved last; nothing where there is none, or it is damaged, which the log says."""
        if self._path is None or not self._path.exists():
            return {}
        try:
            state = read_tensors(self._path)
        except MspeError as error:
            logger.warning("%s; it is computed anew", error)
            return {}
        logger.info("resuming inside a graph, from %s", self._path)
        return state

    def save(self, state: Mapping[str, Any], finished: bool = False) -> None:
        """Save a state, atomically, if the last one is old enough.

        Parameters
        ----------
        state
            Tensors and plain values.
        finished
            Whether it is the last one, which is saved where an earlier one was.
        """
        if self._path is None:
            return
        with self._lock:
            due = time.monotonic() - self._saved >= _SECONDS
            if due or (finished and self._path.exists()):
                write_tensors(self._path, state)
                self._saved = time.monotonic()


def fill_rows(
    rows: Float[Tensor, "nodes values"],
    block: int,
    compute: Callable[[slice], Float[Tensor, "block values"]],
    title: str,
    checkpoint: Checkpoint,
) -> None:
    """Compute rows a block at a time, as many blocks at a time as torch may use threads, resuming after those kept.

    Parameters
    ----------
    rows
        Takes the values.
    block
        Rows a block.
    compute
        Gives those of a block, which must not depend on other blocks.
    title
        Of the bar.
    checkpoint
        Keeps the rows.
    """
    done = torch.zeros(-(-len(rows) // block), dtype=torch.bool)
    if state := checkpoint.load():
        rows.copy_(state["rows"])
        done.copy_(state["done"])
    left = (~done).nonzero().flatten().tolist()
    with progress_bar(left, title, total=len(done), done=len(done) - len(left), unit="block", delay=1.0) as bar:

        def of_block(number: int) -> None:
            place = slice(number * block, min((number + 1) * block, len(rows)))
            rows[place] = compute(place)
            done[number] = True
            # Copied before the rows are read: those that another thread writes meanwhile do not count as done.
            checkpoint.save({"done": done.clone(), "rows": rows})
            bar.update()

        for_each(of_block, ((number,) for number in left))
    checkpoint.save({"done": done, "rows": rows}, finished=True)
