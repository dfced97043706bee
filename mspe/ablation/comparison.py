"""What a comparison returns: its answer, its numbers, and ways to keep them."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mspe.ablation.answer import answer
from mspe.ablation.bucket_table import bucket_columns, bucket_rows
from mspe.ablation.page import pictures, render_page, write_page
from mspe.ablation.paper import latex_table, markdown_table
from mspe.ablation.report import Report
from mspe.ablation.table import columns_of, report_rows
from mspe.ablation.text import format_report
from mspe.common.csv_files import write_csv
from mspe.common.errors import MspeError
from mspe.common.files import write_text
from mspe.common.json_files import read_json, write_json
from mspe.page.figure_files import is_folder, save_figures

_ENDINGS = (".html", ".json", ".csv", ".tex", ".md")


@dataclass(frozen=True)
class Comparison:
    """A comparison of encodings; printed it is a table, and in a notebook the whole page.

    Attributes
    ----------
    report
        All numbers.
    params_text
        The parameters of the runs, as text.
    """

    report: Report
    params_text: str = ""

    @classmethod
    def load(cls, path: str | Path) -> "Comparison":
        """Return the comparison that `save` wrote as `.json`, without the parameters of the runs as text.

        Raises
        ------
        MspeError
            If the file cannot be read, or holds no comparison of this version.
        """
        return cls(Report.from_json(read_json(path), str(path)))

    @property
    def answer(self) -> str:
        """Findings in one or two sentences."""
        return answer(self.report)

    def table(self) -> list[dict[str, Any]]:
        """Return one dictionary per variant, for `pandas.DataFrame(comparison.table())`."""
        return report_rows(self.report)

    def buckets(self) -> list[dict[str, Any]]:
        """Return one dictionary per confirmed variant and bucket of distances, diameters or sizes."""
        return bucket_rows(self.report)

    def save(self, path: str | Path) -> None:
        """Write the page, a table for a text, the numbers alone, or the figures.

        Parameters
        ----------
        path
            A file that ends in `.html`, `.json` (everything), `.csv` (the table) or `.buckets.csv` (a row per confirmed
            variant and bucket); or in `.tex` or `.md`, for a table of LaTeX (booktabs) or Markdown. Or a folder, as
            `figures/`: each figure as `.svg`, `.pdf` and `.png`, and what it shows as `.csv` and `.json`.

        Raises
        ------
        MspeError
            If it ends otherwise, or cannot be written; or there are no buckets.
        """
        writers: dict[str, Callable[[], None]] = {
            ".html": lambda: write_page(path, self.report, self.params_text),
            ".json": lambda: write_json(path, self.report.to_json()),
            ".csv": lambda: write_csv(path, columns_of(self.table())),
            ".tex": lambda: write_text(path, latex_table(self.report)),
            ".md": lambda: write_text(path, markdown_table(self.report)),
            ".buckets.csv": lambda: write_csv(path, self._bucket_columns(path)),
            "/": lambda: save_figures(path, pictures(self.report)),
        }
        writers[check_ending(path)]()

    def _bucket_columns(self, path: str | Path) -> dict[str, list[Any]]:
        columns = bucket_columns(self.report)
        if not columns:
            raise MspeError(f"{path}: no variant has been confirmed in buckets; name a file that ends in .csv")
        return columns

    def __str__(self) -> str:
        return format_report(self.report)

    def _repr_html_(self) -> str:
        """Return the page in a frame, which keeps its styles and its script from the notebook's."""
        page = html.escape(render_page(self.report, self.params_text))
        return f'<iframe title="comparison" srcdoc="{page}" style="width: 100%; height: 50rem; border: 0"></iframe>'


def check_ending(path: str | Path) -> str:
    """Return the ending of a file that `Comparison.save` can write; of a folder a slash.

    Raises
    ------
    MspeError
        If it has another one.
    """
    if is_folder(path):
        return "/"
    name, suffix = Path(path).name.lower(), Path(path).suffix.lower()
    if name.endswith(".buckets.csv"):
        return ".buckets.csv"
    if suffix not in _ENDINGS:
        raise MspeError(
            f"{path}: got the ending {suffix or 'none'!r}, allowed: {', '.join(_ENDINGS)}, or / for a folder"
        )
    return suffix
