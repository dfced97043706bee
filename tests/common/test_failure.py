"""How a failure reads."""

import pytest

from mspe.common.failure import describe, failure


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (PermissionError(13, "Permission denied", "data/graphs"), "data/graphs: Permission denied"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (ConnectionResetError(), "ConnectionResetError"),
    ],
)
def test_an_error_of_the_operating_system_names_its_file_where_it_has_one(error: OSError, line: str) -> None:
    assert describe(error) == line


def test_a_failure_is_one_line_that_python_prints() -> None:
    assert failure("a\x1b[31m\nb").code == "error: a [31m b"
