"""Work on all cores."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
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


@pytest.mark.slow
def test_a_script_without_a_main_guard_uses_several_processes(tmp_path: Path) -> None:
    """A process pool that imports the script again would start pools without end."""
    script = tmp_path / "script.py"
    script.write_text(
        "from mspe.common.parallel import map_chunks\n"
        "def count(numbers):\n"
        "    import os\n"
        "    return os.getpid(), sum(numbers)\n"
        "results = map_chunks(count, list(range(10_000)), num_workers=2)\n"
        "import os\n"
        "print(os.getpid() in dict(results), sum(total for _, total in results))\n"
    )
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True, timeout=120)
    assert run.stdout.split() == ["False", str(sum(range(10_000)))]
