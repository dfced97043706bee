"""The console command: help that is there at once, and verbs that do what they say."""

import json
import logging
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from mspe import __version__
from mspe.cli import SUBCOMMANDS, build_parser, main
from tests.conftest import ROOT

HEAVY = ("torch", "torch_geometric", "sklearn", "pydantic", "networkx", "scipy", "numpy", "yaml")


def loaded_by(code: str) -> list[str]:
    """The heavy packages that a fresh process has imported after some code."""
    program = f"import sys\n{code}\nprint([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    return json.loads(result.stderr.strip().splitlines()[-1].replace("'", '"'))


def test_importing_the_package_and_printing_help_import_nothing_heavy() -> None:
    assert loaded_by("import mspe; dir(mspe)") == []
    for arguments in (["--help"], ["--version"], *([name, "--help"] for name in SUBCOMMANDS)):
        assert loaded_by(f"from mspe.cli import main\ntry: main({arguments})\nexcept SystemExit: pass") == [], arguments


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_subcommand_has_help_with_an_example_that_parses(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([name, "--help"])
    printed = capsys.readouterr().out
    assert stop.value.code == 0 and f"usage: mspe {name}" in printed
    for example in SUBCOMMANDS[name].examples:
        assert f"  {example}" in printed
        assert example.split()[:2] == ["mspe", name]
        assert build_parser().parse_args(example.split()[1:]).run is SUBCOMMANDS[name].run


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert (stop.value.code, capsys.readouterr().out) == (0, f"mspe {__version__}\n")


def test_without_a_command_usage_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([])
    assert stop.value.code == 2 and "usage: mspe" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["encode", "nowhere.csv", "out.pt"], "nowhere.csv: neither a file nor a dataset"),
        (["encode", "csl", "out", "--preset", "rwze"], "unknown preset 'rwze'; did you mean 'rwse'"),
        (["predict", "none.pt", "molecules.csv"], "none.pt: no such file"),
        (["evaluate", "none.pt"], "none.pt: no such file"),
        (["recipe", "none.yaml"], "none.yaml: no such file"),
        (["report"], "metrics/summary.json: no such file"),
        (["compare", "nowhere.csv"], "nowhere.csv: neither a dataset nor a file of molecules (.csv, .smi, .sdf) or"),
        (["compare", "csl", "--encodings", "none"], "compare: variants is none alone; name another one"),
        (["compare", "csl", "--encodings", "rwse", "--confirm", "hkse"], "named is hkse, allowed: one of variants"),
        (["compare", "csl", "--encodings", "rwze"], "compare: variants: got rwze, allowed: all, the presets default"),
        (["compare", "csl", "--split", "scafold"], "dataset: split: got 'scafold', input should be 'published', "),
        (["compare", "csl", "--plugin", "none.py"], "none.py"),
    ],
)
def test_a_mistake_is_one_line(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("seeds: [0]\n")
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert str(stop.value.code).startswith("error: ") and message in str(stop.value.code)
    assert "\n" not in str(stop.value.code)


def test_the_log_of_a_subcommand_is_apart_from_its_result(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(arguments: Namespace) -> int:
        logging.getLogger("mspe").warning("computed anew")
        print(json.dumps({"mae": 0.5}))
        return 0

    monkeypatch.setattr(logging.root, "handlers", [])
    for name in ("predict", "evaluate", "encode"):
        monkeypatch.setitem(SUBCOMMANDS, name, SUBCOMMANDS[name]._replace(add_arguments=lambda parser: None, run=run))
        assert main([name]) == 0
        printed = capsys.readouterr()
        assert json.loads(printed.out) == {"mae": 0.5} and printed.err == "computed anew\n"
