"""The page on encodings is what its sources say."""

from benchmarks.tables import TARGET, page
from mspe.encodings import ENCODINGS
from tests.conftest import ROOT


def test_the_page_is_up_to_date_and_names_every_encoding() -> None:
    written = (ROOT / TARGET).read_text(encoding="utf-8")
    assert written == page(), "run python -m benchmarks.tables"
    assert all(f"| `{name}` |" in written for name in ENCODINGS)
