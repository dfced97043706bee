"""The console command: help that is there at once, and verbs that do what they say."""

import json
import logging
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
import torch
from torch_geometric.data import Data

from mspe import __version__
from mspe.cli import SUBCOMMANDS, build_parser, main
from mspe.common.shown import shortened
from tests.conftest import ROOT, cycle

HEAVY = ("torch", "torch_geometric", "sklearn", "pydantic", "networkx", "scipy", "numpy", "yaml")


def loaded_by(code: str) -> list[str]:
    """The heavy packages that a fresh process has imported after some code."""
    program = f"import sys\n{code}\nprint([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    return json.loads(result.stderr.strip().splitlines()[-1].replace("'", '"'))


def test_importing_the_package_and_printing_help_import_nothing_heavy() -> None:
    assert loaded_by("import mspe") == []
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


def test_encode_adds_channels_and_keeps_what_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graphs = [Data(x=torch.ones(n, 1), y=torch.tensor([float(n)]), **cycle(n).to_dict()) for n in (3, 5)]
    torch.save(graphs, tmp_path / "in.pt")
    assert main(["encode", str(tmp_path / "in.pt"), str(tmp_path / "out.pt"), "--preset", "rwse"]) == 0
    encoded = torch.load(tmp_path / "out.pt", weights_only=False)
    assert [graph.pe.shape for graph in encoded] == [(3, 20), (5, 20)]
    assert torch.equal(encoded[0].x, graphs[0].x) and encoded[1].y == 5
    assert encoded[0].pe[0, :3].tolist() == pytest.approx([0.0, 0.5, 0.25], abs=1e-6)  # returns of a walk on a triangle
    assert "2 graphs, pe of 20 channels: walk(1), walk(2)" in capsys.readouterr().out


def test_encode_takes_a_dataset_by_name_and_smiles(tmp_path: Path) -> None:
    assert main(["encode", "csl", str(tmp_path / "csl"), "--preset", "hkse"]) == 0
    sizes = {path.stem: len(torch.load(path, weights_only=False)) for path in (tmp_path / "csl").iterdir()}
    assert sizes == {"train": 90, "val": 30, "test": 30}
    (tmp_path / "molecules.csv").write_text("smiles\nCCO\n")
    assert main(["encode", str(tmp_path / "molecules.csv"), str(tmp_path / "out.pt")]) == 0
    assert torch.load(tmp_path / "out.pt", weights_only=False)[0].pe.shape == (3, 13)


def test_encode_takes_encodings_by_name_and_draws_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graphs, picture, out = tmp_path / "in.pt", tmp_path / "picture.svg", tmp_path / "out.pt"
    torch.save([cycle(3), cycle(5)], graphs)
    named = ["--encoding", "heat=[0.5, 8]", "--encoding", "degree"]
    assert main(["encode", str(graphs), "--plot", str(picture), "--graph", "1", "--source", "2", *named]) == 0
    assert f"{picture}: graph 1 of {graphs}" in capsys.readouterr().out
    drawn = picture.read_text()
    assert all(f"<!-- {title} -->" in drawn for title in ("heat(8)", "degree", "heat(0.5) from 2"))
    assert main(["encode", str(graphs), str(out), *named]) == 0
    assert torch.load(out, weights_only=False)[1].pe.shape == (5, 3)


def test_a_picture_replaces_nothing_and_is_written_whole_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save([cycle(4)], "in.pt")
    Path("old.png").write_text("mine")
    for arguments, message in (
        (["--plot", "old.png"], "old.png: is there already; choose another output"),
        (["--plot", "new.txt"], "new.txt: unknown format '.txt'"),
        (["--plot", "new.png", "--graph", "1"], "--graph: got 1, allowed: 0 to 0"),
        (["--plot", "new.png", "--source", "4"], "source: got 4, allowed: 0 to 3"),
        (["--plot", "new.png", "--encoding", "haet"], "unknown encoding 'haet'; did you mean 'heat'"),
        (["--plot", "new.png", "--encoding", "heat=[0]"], "--encoding: filters.heat.0: got 0"),
        (["--plot", "new.png", "--encoding", "heat=["], "--encoding heat=.*: not valid YAML"),
        (["--plot", "new.png", "--preset", "none"], "the bank has no node channels to draw"),
        ([], "got neither an output nor --plot"),
    ):
        with pytest.raises(SystemExit, match=message):
            main(["encode", "in.pt", *arguments])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.pt", "old.png"]
    assert Path("old.png").read_text() == "mine"


def test_encode_writes_over_nothing_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save([cycle(4)], "in.pt")
    Path("csl").mkdir()
    Path("csl/test.pt").write_text("mine")
    for arguments, file in ((["in.pt", "in.pt"], "in.pt"), (["csl", "csl"], "csl/test.pt")):
        before = Path(file).read_bytes()
        with pytest.raises(SystemExit, match=f"error: {file}: is there already; choose another output, or give --"):
            main(["encode", *arguments, "--preset", "rwse"])
        assert Path(file).read_bytes() == before and not Path("csl/train.pt").exists()
    assert main(["encode", "in.pt", "in.pt", "--preset", "rwse", "--overwrite"]) == 0
    assert torch.load("in.pt", weights_only=False)[0].pe.shape == (4, 20)


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
        (["compare", "csl", "--encodings", "rwze"], "compare: variants: got rwze, allowed: all, default, rwse"),
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


def test_datasets_are_listed_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets"]) == 0
    assert capsys.readouterr().out.startswith("nci ")


def test_encodings_are_listed_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["encodings"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("name ") and lines[1].startswith("walk ")


@pytest.mark.parametrize("jobs", ["0", "-1", "two", "1025", "9" * 5000, "٣"])
def test_a_number_of_jobs_below_one_is_refused(jobs: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["compare", "csl", "--jobs", jobs])
    assert stop.value.code == 2 and f"--jobs: got {shortened(jobs)}, allowed: 1 to 1024" in capsys.readouterr().err


@pytest.mark.parametrize("minutes", ["0", "-1", "soon", "nan", "inf", "1000000", ""])
def test_a_budget_that_is_none_is_refused(minutes: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["compare", "csl", "--minutes", minutes])
    message = f"--minutes: got {shortened(minutes)}, allowed: a number above 0 and below 1000000"
    assert stop.value.code == 2 and message in capsys.readouterr().err.splitlines()[-1]


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
