"""Modules that are run by forks of one process: as anew, but for their start."""

from collections.abc import Iterator
from contextlib import chdir

import pytest

from mspe.ablation.processes import WarmPython
from tests.ablation.test_processes import module


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmPython]:
    """One for all tests, since it takes seconds to begin."""
    with chdir(tmp_path_factory.mktemp("modules")):  # where modules are found
        found = WarmPython()
        yield found
        found.close()


@pytest.mark.parametrize(
    ("code", "status", "output"),
    [
        ("print(sys.argv[1:], __name__)", 0, "['a', 'b c'] __main__\n"),
        ("print('out'); sys.stdout.flush(); print('err', file=sys.stderr)", 0, "out\nerr\n"),
        ("sys.exit(3)", 3, ""),
        ("sys.exit('error: no memory')", 1, "error: no memory\n"),
        ("os.kill(os.getpid(), signal.SIGKILL)", -9, ""),
        ("sys.stdout.buffer.write(bytes([255])); sys.exit(2)", 2, "\ufffd"),
        ("print(sys.stdin.read() == '', os.getsid(0) == os.getpid())", 0, "True False\n"),
    ],
)
def test_a_module_ends_and_prints_as_by_itself(python: WarmPython, code: str, status: int, output: str) -> None:
    assert python.run(module(code, "a", "b c")) == (status, output)


def test_an_exception_is_printed_as_python_does(python: WarmPython) -> None:
    status, output = python.run(module("raise KeyError('y')"))
    assert status == 1 and output.startswith("Traceback") and output.rstrip().endswith("KeyError: 'y'")


def test_a_module_that_is_missing_is_named(python: WarmPython) -> None:
    status, output = python.run(["no_such_module"])
    assert status == 1 and "No module named no_such_module" in output


def test_one_process_forks_for_all_and_none_sees_what_another_has_set(python: WarmPython) -> None:
    code = "import mspe, torch; print(os.getppid(), hasattr(mspe, 'mark'), torch.initial_seed()); mspe.mark = 1"
    code += "; torch.manual_seed(7)"
    first, second = python.run(module(code)), python.run(module(code))
    assert first[0] == 0 and first[1].split()[1] == "False" and first == second


def test_what_is_imported_already_is_what_a_run_needs(python: WarmPython) -> None:
    code = "print('torch' in sys.modules, 'mspe.pipeline.training' in sys.modules, 'rdkit' in sys.modules)"
    assert python.run(module(code)) == (0, "True True False\n")
    assert python.run(module("import torch; print(torch.get_num_threads())")) == (0, "1\n")
