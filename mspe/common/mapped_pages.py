"""Pages of mapped files: they come into a process's memory as they are read, and leave it when they are released."""

import ctypes
import mmap
from collections.abc import Iterable

from torch import Tensor

_DONT_NEED = 4  # MADV_DONTNEED of Linux


class MappedPages:
    """The part of a mapped file that some tensors lie in.

    The system keeps what it has read of a file once for all processes (the page cache), and a process that reads a
    mapped tensor gets these pages into its own memory, where they stay. Released, they leave it; what is read again
    comes from the page cache.

    Parameters
    ----------
    tensors
        As `read_tensors(path, mapped=True)` gave them, and not written to since: of other ones the content would be
        lost.
    size
        Of the file in bytes. Tensors that lie further apart are not in one mapped file, and are left alone.
    """

    def __init__(self, tensors: Iterable[Tensor], size: int) -> None:
        self._storages = [tensor.untyped_storage() for tensor in tensors if tensor.numel()]  # kept mapped by this
        bounds = [(storage.data_ptr(), storage.data_ptr() + storage.nbytes()) for storage in self._storages]
        self._start = min((start for start, _ in bounds), default=0) // mmap.PAGESIZE * mmap.PAGESIZE
        self.nbytes = max((end for _, end in bounds), default=0) - self._start
        if self.nbytes > size + mmap.PAGESIZE:
            self._storages, self.nbytes = [], 0

    def release(self) -> None:
        """Take the pages out of this process's memory."""
        if self._storages:
            ctypes.CDLL(None).madvise(ctypes.c_void_p(self._start), ctypes.c_size_t(self.nbytes), _DONT_NEED)
