"""The page of benchmarks is what the results say, and leaves none of them out."""

from benchmarks.overview import TARGET, page
from tests.conftest import ROOT


def test_the_page_is_up_to_date_and_names_every_result() -> None:
    written = (ROOT / TARGET).read_text(encoding="utf-8")
    assert written == page(), "run python -m benchmarks.overview"
    results = [path.name for path in (ROOT / "benchmarks" / "results").glob("*.json")]
    assert results and all(f"benchmarks/results/{name}" in written for name in results)
