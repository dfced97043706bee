"""A comparison's folder: all that decides a run lies there in files, and so does what each run leaves.

::

    study.json                          which graphs, which part is scored, plug-ins
    graphs.pt                           all graphs, features as they were read, with their spectrum
    operators/<operator>.pt             the spectrum of each further operator that a variant's encodings read
    divisions/<seed>.json               positions of train, val and test, and the schema by that training part
    variants/<round>/<variant>.json     how a variant is trained in a round
    runs/<round>/<variant>/<seed>/      what a run leaves; `result.json`, the last, tells what decided it
    plan.json, timings/                 what is run, and how long a variant took in a trial
    resume/                             states of runs that were interrupted
"""

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, get_args

import torch

from mspe.ablation.variant import Variant
from mspe.common.checksums import file_checksum
from mspe.common.errors import MspeError
from mspe.common.files import remove_directory
from mspe.common.json_files import read_json, write_sealed_json
from mspe.common.section import Section, Tuple, validate
from mspe.dataset import Division, UnsplitDataset
from mspe.dataset.node_split import SplitUnit, take_part
from mspe.encodings import compute_spectrum
from mspe.encodings.spectrum import further, operator_slug, refuse_large
from mspe.graphs import GraphSchema, PackedGraphs
from mspe.graphs.content_key import join_derived, with_structure_keys
from mspe.graphs.features import Features

logger = logging.getLogger(__name__)

RoundName = Literal["screen", "confirm"]
ROUNDS: tuple[RoundName, ...] = get_args(RoundName)
SCREENED = "val"
"""The part that the screen is scored on: what it picks must not be flattered on the part that verdicts are of."""

_DECIDING = ("common", "encodings", "graphs", "models", "tasks", "training", "pipeline")
"""Packages whose code decides a run's numbers."""


@dataclass(frozen=True)
class Run:
    """A training: which round it is of, which variant, and the seed."""

    round: RoundName
    variant: str
    seed: int

    def __str__(self) -> str:
        return f"{self.round}: {self.variant}, seed {self.seed}"


class Settings(Section):
    """Of `study.json`."""

    dataset: str
    graphs: str
    """Key of the graphs' content."""
    split: Literal["train", "val", "test"] = "test"
    """The part that the confirming round is scored on."""
    device: str = "auto"
    plugins: Tuple[str] = ()
    divided: str = ""
    """Key of how seeds divide the graphs."""


class StoredDivision(Section):
    """Of `divisions/<seed>.json`."""

    graphs: str
    """Key of the graphs that it divides."""
    seed: int | None = None
    """That divides them; None of a comparison that was begun before it was told."""
    positions: dict[str, list[int]]
    unit: SplitUnit = "graph"
    """What positions are of: graphs or, numbered over all graphs, nodes."""
    graph_schema: GraphSchema


@dataclass(frozen=True)
class Study:
    """A comparison's folder."""

    folder: Path
    settings: Settings

    @classmethod
    def open(cls, folder: str | Path) -> "Study":
        """Open what `begin` has made.

        Raises
        ------
        MspeError
            If there is none, or it is damaged.
        """
        path = Path(folder) / "study.json"
        return cls(Path(folder), validate(Settings, read_json(path), str(path)))

    @classmethod
    def begin(
        cls,
        folder: str | Path,
        dataset: UnsplitDataset,
        split: Literal["train", "val", "test"] = "test",
        backend: Literal["auto", "dense", "chebyshev", "stochastic"] = "auto",
        device: str = "auto",
        plugins: Sequence[str] = (),
        replace: bool = False,
        divided: str = "",
    ) -> "Study":
        """Make a comparison's folder, or take up the one that stands there.

        Parameters
        ----------
        folder
            Is made where it is missing.
        dataset
            What the variants are trained on.
        split
            The part that the confirming round is scored on.
        backend
            Of the spectrum, which is computed once, and read where it has been.
        device
            `auto`, `cpu` or `cuda`.
        plugins
            Files with encodings.
        replace
            Whether the comparison of other graphs may be removed.
        divided
            Key of how seeds divide the graphs; what was divided otherwise is forgotten, and the plan with it.

        Raises
        ------
        MspeError
            If the folder holds the comparison of other graphs, and it may not be removed.
        """
        folder = Path(folder)
        settings = Settings(
            dataset=dataset.spec.name,
            graphs=f"{content_key(dataset.graphs)}-{backend}",
            split=split,
            device=device,
            plugins=tuple(plugins),
            divided=divided,
        )
        if (folder / "study.json").exists():
            _make_room(cls.open(folder), settings, replace)
        study = cls(folder, settings)
        if not ((folder / "study.json").exists() and (folder / "graphs.pt").exists()):  # else of unknown graphs
            logger.info("%s: spectrum of %d graphs, once for all runs", settings.dataset, len(dataset.graphs))
            dataset.graphs.with_fields_of(compute_spectrum(dataset.graphs, backend=backend)).save(folder / "graphs.pt")
        write_sealed_json(folder / "study.json", settings.model_dump())
        return study

    @cached_property
    def graphs(self) -> PackedGraphs:
        """All graphs with their spectrum, features as they were read."""
        return PackedGraphs.load(self.folder / "graphs.pt")

    def add_operators(
        self, operators: Iterable[str], backend: Literal["auto", "dense", "chebyshev", "stochastic"] = "auto"
    ) -> None:
        """Decompose further operators that variants need, each once, and store them beside the graphs.

        Raises
        ------
        MspeError
            If a graph is too large for one.
        """
        missing = [operator for operator in further(operators) if not self._operator_path(operator).exists()]
        refuse_large(self.graphs.num_nodes.tolist(), backend, missing)
        for operator in missing:
            logger.info("%s: spectrum of the operator %s, once for all runs", self.settings.dataset, operator)
            found = compute_spectrum(self.graphs, operators=(operator,))
            with_structure_keys(found, self.graphs).save(self._operator_path(operator))

    def graphs_with(self, operators: Iterable[str]) -> PackedGraphs:
        """Return all graphs with their spectrum and those of further operators.

        Raises
        ------
        MspeError
            If one has not been added, or is of other graphs.
        """
        graphs = self.graphs
        for operator in further(operators):
            path = self._operator_path(operator)
            graphs = join_derived(graphs, PackedGraphs.load(path), str(path))
        return graphs

    def _operator_path(self, operator: str) -> Path:
        return self.folder / "operators" / f"{operator_slug(operator)}.pt"

    def write_division(self, seed: int, division: Division) -> None:
        """Write how a seed divides the graphs."""
        content = {"positions": division.positions, "unit": division.unit, "graph_schema": division.schema.model_dump()}
        write_sealed_json(self.division_path(seed), {"graphs": self.settings.graphs, "seed": seed, **content})

    def division(self, seed: int) -> StoredDivision:
        """Read how a seed divides the graphs.

        Raises
        ------
        MspeError
            If the file is missing, damaged, or of other graphs or another seed.
        """
        path = self.division_path(seed)
        division = validate(StoredDivision, read_json(path), str(path))
        if division.graphs != self.settings.graphs:
            raise MspeError(f"{path}: divides other graphs; remove {self.folder} and compare again")
        if division.seed not in (None, seed):
            raise MspeError(f"{path}: is that of seed {division.seed}; remove it and run the same command again")
        return division

    def part(self, graphs: PackedGraphs, division: StoredDivision, name: str) -> PackedGraphs:
        """Return a part of all graphs, features numbered and scaled by the training part."""
        part = take_part(graphs, division.positions[name], division.unit)
        return Features.of(division.graph_schema).apply(part)

    def write_variants(self, name: RoundName, variants: Sequence[Variant]) -> None:
        """Write how variants are trained in a round."""
        for variant in variants:
            variant.save(self.variant_path(name, variant.name))

    def variant_path(self, name: RoundName, variant: str) -> Path:
        """Return the file that says how a variant is trained in a round."""
        return self.folder / "variants" / name / f"{variant}.json"

    def run_folder(self, run: Run) -> Path:
        """Return the folder that a run writes to, and nothing else does."""
        return self.folder / "runs" / run.round / run.variant / str(run.seed)

    def scored_part(self, name: RoundName) -> str:
        """Return which part of the data a round is scored on."""
        return SCREENED if name == "screen" else self.settings.split

    def identity(self, run: Run) -> str:
        """Return a key of everything that decides a run's numbers: data, division, variant, scored part and code."""
        parts = [
            self.settings.graphs,
            file_checksum(self.division_path(run.seed)),
            file_checksum(self.variant_path(run.round, run.variant)),
            self.scored_part(run.round),
            str(run.seed),
            *(file_checksum(Path(plugin)) for plugin in self.settings.plugins),
            _code_key(),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

    def division_path(self, seed: int) -> Path:
        """Return the file that says how a seed divides the graphs."""
        return self.folder / "divisions" / f"{seed}.json"


def _make_room(held: Study, wanted: Settings, replace: bool) -> None:
    """Remove a comparison of other graphs, or refuse to; of the same graphs, what they are divided by otherwise."""
    if held.settings.graphs == wanted.graphs:
        if held.settings.divided != wanted.divided:
            _forget_divisions(held)
        return
    if not replace:
        raise MspeError(
            f"{held.folder}: holds a comparison on other graphs ({held.settings.dataset}); name another folder, or "
            "remove it"
        )
    logger.info("%s: its runs are of other graphs, and are removed", held.folder)
    remove_directory(held.folder)


def _forget_divisions(held: Study) -> None:
    """Let every seed be divided anew; a folder of an earlier version does not tell whether its plan is of others."""
    remove_directory(held.folder / "divisions")
    if held.settings.divided:
        (held.folder / "plan.json").unlink(missing_ok=True)


def content_key(graphs: PackedGraphs) -> str:
    """Return a key of graphs with all their fields.

    Examples
    --------
    >>> from torch_geometric.data import Data
    >>> one = Data(edge_index=torch.tensor([[0], [1]]), num_nodes=2, y=torch.zeros(1, 1))
    >>> content_key(PackedGraphs.from_list([one])) == content_key(PackedGraphs.from_list([one, one]))
    False
    """
    digest = hashlib.sha256()
    structure = {"num_nodes": graphs.num_nodes, "num_edges": graphs.num_edges, "num_links": graphs.num_links}
    tensors: Mapping[str, torch.Tensor] = {**structure, "edge_index": graphs.edge_index, **graphs.fields}
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)} {graphs.levels.get(name)}\n".encode())
        digest.update(tensor.contiguous().cpu().numpy().tobytes())
    return digest.hexdigest()[:24]


@cache
def _code_key() -> str:
    """A key of the library's code that decides a run's numbers."""
    root = Path(__file__).parents[1]
    files = [root / "ablation" / "run.py"]
    files += sorted(path for package in _DECIDING for path in (root / package).rglob("*.py"))
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return digest.hexdigest()
