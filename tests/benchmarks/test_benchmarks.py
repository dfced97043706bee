"""Every benchmark can be started: what it imports from the library is there."""

import sys
from importlib import import_module

import pytest

from tests.conftest import ROOT

NO_BENCHMARKS = {"__init__", "kept_comparisons", "molecules", "peers", "pyg", "timing"}
BENCHMARKS = sorted({path.stem for path in (ROOT / "benchmarks").glob("*.py")} - NO_BENCHMARKS)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_it_tells_how_it_is_used(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [f"{name}.py", "--help"])
    with pytest.raises(SystemExit) as ended:
        import_module(f"benchmarks.{name}").main()
    assert ended.value.code == 0 and f"{name}.py [-h]" in capsys.readouterr().out
