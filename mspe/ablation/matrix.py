"""Several comparisons side by side: which encodings help on which data."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mspe.ablation.answer import answer
from mspe.ablation.page.matrix import write_matrix_page
from mspe.ablation.report import Report
from mspe.ablation.side_by_side import finding, variant_names
from mspe.ablation.table import report_rows
from mspe.common.errors import MspeError
from mspe.common.json_files import write_json


@dataclass(frozen=True)
class Matrix:
    """Comparisons of the same encodings on several datasets.

    Attributes
    ----------
    reports
        One a dataset, each with the same baseline.

    Raises
    ------
    MspeError
        If there is none, two are of one name, or the baselines differ.
    """

    reports: Sequence[Report]

    def __post_init__(self) -> None:
        names = [report.about.dataset for report in self.reports]
        baselines = list(dict.fromkeys(report.baseline for report in self.reports))
        if not names or len(set(names)) < len(names):
            raise MspeError(f"matrix: got the datasets {', '.join(names) or 'none'}, expected each once")
        if len(baselines) > 1:
            raise MspeError(f"matrix: got the baselines {', '.join(baselines)}, expected the same on every dataset")

    @property
    def answer(self) -> str:
        """Findings in one or two sentences: on which data which encoding is better, worse or the same."""
        return finding(self.reports)

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values: of each dataset what was compared, its answer, and a row a variant."""
        return {
            "answer": self.answer,
            "variants": variant_names(self.reports),
            "datasets": {report.about.dataset: _plain(report) for report in self.reports},
        }

    def save(self, path: str | Path) -> None:
        """Write the page (`.html`) or the numbers (`.json`).

        Raises
        ------
        MspeError
            If the file ends otherwise, or cannot be written.
        """
        suffix = Path(path).suffix.lower()
        if suffix not in (".html", ".json"):
            raise MspeError(f"{path}: got the ending {suffix or 'none'!r}, allowed: .html, .json")
        if suffix == ".json":
            write_json(path, self.to_json())
        else:
            write_matrix_page(path, self.reports, self.to_json())


def _plain(report: Report) -> dict[str, Any]:
    whole = report.to_json()
    return {
        **{name: whole[name] for name in ("about", "baseline", "margin", "plan", "ratio", "comparisons", "looks")},
        "realised_half_width": report.realised_half_width,
        "answer": answer(report),
        "variants": report_rows(report),
    }
