"""Pages of mapped files leave a process's memory, and their content does not."""

from pathlib import Path

import psutil
import torch

from mspe.common.mapped_pages import MappedPages
from mspe.common.tensor_files import read_tensors, write_tensors

MEGABYTES = 64


def test_released_pages_leave_the_process_and_are_read_again(tmp_path: Path) -> None:
    values = torch.arange(MEGABYTES * 2**18, dtype=torch.int32)
    write_tensors(tmp_path / "values.pt", {"first": values, "second": -values})
    content = read_tensors(tmp_path / "values.pt", mapped=True)
    pages = MappedPages(content.values(), (tmp_path / "values.pt").stat().st_size)
    assert 2 * MEGABYTES * 2**20 <= pages.nbytes < 2 * MEGABYTES * 2**20 + 2**16
    process = psutil.Process()
    for _ in range(2):
        before = process.memory_info().rss
        assert torch.equal(content["first"], values) and torch.equal(content["second"], -values)
        read = process.memory_info().rss
        pages.release()
        assert read - before > MEGABYTES * 2**20 and read - process.memory_info().rss > MEGABYTES * 2**20


def test_nothing_mapped_is_nothing_to_release() -> None:
    pages = MappedPages([torch.empty(0)], 100)
    pages.release()
    assert pages.nbytes == 0


def test_tensors_that_are_not_in_one_file_keep_their_content() -> None:
    tensors = [torch.arange(2**20) for _ in range(2)]
    pages = MappedPages(tensors, 2**20)
    pages.release()
    assert pages.nbytes == 0 and all(torch.equal(values, torch.arange(2**20)) for values in tensors)
