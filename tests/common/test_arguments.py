"""Arguments that are refused are named in a line each."""

import pytest

from mspe.common.arguments import Parser


@pytest.mark.parametrize("seed", ["-1", "1.5", "9" * 5000, str(2**32), "٣", "1_000", " 1", "x\ny"])
def test_a_seed_is_a_whole_number_of_plain_digits(seed: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = Parser(prog="work", usage="work")
    parser.add_argument("--seed", type=int)
    with pytest.raises(SystemExit, match="2"):
        parser.parse_args(["--seed", seed])
    line = capsys.readouterr().err.removeprefix("usage: work\n")
    assert line.startswith("work: error: argument --seed: got ") and line.endswith(", allowed: 0 to 4294967295\n")
    assert line.count("\n") == 1 and len(line) < 200
    assert parser.parse_args(["--seed", "4294967295"]).seed == 2**32 - 1


def test_what_argparse_refuses_is_one_short_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        Parser(prog="work", usage="work").parse_args(["--a\nb\x1b" + "x" * 10**5])
    line = capsys.readouterr().err.removeprefix("usage: work\n")
    assert line.startswith("work: error: unrecognized arguments: --a b xx") and line.count("\n") == 1
    assert len(line) < 1600
