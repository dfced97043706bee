"""The declared comparison is DVC's."""

import subprocess

import pytest

from mspe.cli import main


@pytest.mark.parametrize("option", [["--jobs", "2"], ["--more"], ["--minutes", "30"]])
def test_the_declared_comparison_takes_no_options(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What it does stands in `ablation/params.yaml` and in `runtime.jobs` of `params.yaml`."""
    with pytest.raises(SystemExit) as stop:
        main(["ablation", *option])
    assert stop.value.code == 2 and "unrecognized arguments" in capsys.readouterr().err


def test_the_declared_comparison_is_dvcs(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []

    def run(arguments: list[str], check: bool) -> subprocess.CompletedProcess[str]:
        called.append(arguments)
        return subprocess.CompletedProcess(arguments, 3)

    monkeypatch.setattr(subprocess, "run", run)
    assert main(["ablation"]) == 3
    assert called == [["dvc", "--wait-for-lock", "repro", "ablation/dvc.yaml"]]
