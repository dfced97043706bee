"""Comparisons of one kind, each kept in a file and not made again, and the page of those that are there."""

import argparse
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mspe.ablation.comparison import Comparison
from mspe.ablation.matrix import Matrix

RESULTS = Path("benchmarks/results")


@dataclass(frozen=True)
class KeptComparisons:
    """Comparisons by name.

    Attributes
    ----------
    kind
        Names their folder and their page in `benchmarks/results/`.
    names
        Of all of them, in the order of the page.
    """

    kind: str
    names: Sequence[str]

    def path(self, name: str) -> Path:
        """Where a comparison is kept."""
        return RESULTS / self.kind / f"{file_name(name)}.json"

    def make(self, compare: Callable[[str, Path, int | None], Comparison], description: str) -> None:
        """Read the command line and make what is asked for and not there, by its name, its folder and the jobs."""
        parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("names", nargs="*", default=self.names, metavar="NAME", help="by default all")
        parser.add_argument("--jobs", type=int, help="runs at a time (default: one per core)")
        parser.add_argument("--folder", type=Path, default=Path("comparisons") / self.kind, help="keeps all runs")
        arguments = parser.parse_args()
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
        for name in arguments.names:
            if not self.path(name).exists():
                comparison = compare(name, arguments.folder / file_name(name), arguments.jobs)
                print(comparison, flush=True)
                comparison.save(self.path(name))
            self.write_page()

    def write_page(self) -> None:
        """Write the page and the numbers of all comparisons that are there."""
        kept = [self.path(name) for name in self.names if self.path(name).exists()]
        matrix = Matrix([Comparison.load(path).report for path in kept])
        for suffix in ("json", "html"):
            matrix.save(RESULTS / f"{self.kind}.{suffix}")
        print(matrix.answer, flush=True)


def file_name(name: str) -> str:
    """A name as that of a file.

    Examples
    --------
    >>> file_name("ring transfer, 4 hops")
    'ring_transfer_4_hops'
    """
    return name.replace(",", "").replace(" ", "_")
