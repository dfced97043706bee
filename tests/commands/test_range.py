"""A checkpoint's range, printed and written."""

from pathlib import Path

import pytest

from mspe.cli import main
from mspe.dataset import GraphDataset


def test_the_command_prints_and_writes_its_range(
    regression: tuple[GraphDataset, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "new.csv").write_text("smiles\nCCO\nCCCCCCN\n")
    output = tmp_path / "range.html"
    arguments = ["range", str(regression[1]), str(tmp_path / "new.csv"), "--nodes", "2"]
    assert main([*arguments, "--output", str(output)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("The model uses the graph up to") and printed.endswith(f"{output} holds the rest\n")
    assert printed.splitlines()[0].split(";")[0] in output.read_text()
    with pytest.raises(SystemExit, match=r"^error: range\.txt: got the ending '\.txt', allowed: \.html, \.json"):
        main([*arguments, "--output", "range.txt"])
    with pytest.raises(SystemExit, match=r"^error: none\.pt: no such file"):
        main(["range", str(regression[1]), "none.pt", "--output", str(output)])
