"""Work on all cores."""

import resource

import torch

from mspe.common.parallel import map_chunks


def test_chunks_give_the_same_in_several_processes() -> None:
    items = list(range(10_001))
    expected = [sum(items[start : start + 1000]) for start in range(0, 10_001, 1000)]
    assert map_chunks(sum, items, num_workers=2) == map_chunks(sum, items, num_workers=1) == expected


def test_tensors_come_back_from_other_processes_without_an_open_file_each() -> None:
    """Twelve thousand tensors, where a process may have 256 files open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        results = map_chunks(tensors, list(range(12_000)), num_workers=2)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert torch.stack([tensor for chunk in results for tensor in chunk]).tolist() == list(range(12_000))


def tensors(numbers: list[int]) -> list[torch.Tensor]:
    return [torch.tensor(number) for number in numbers]
