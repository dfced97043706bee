"""All graphs of a dataset before they are split, so that many splits cost one reading."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from mspe.common.errors import MspeError
from mspe.dataset.assemble import (
    describe,
    identify,
    pack,
    split_kind,
    split_positions,
    summarise_split,
    warn_of_leakage,
    warn_of_unknown,
)
from mspe.dataset.config import DatasetParams
from mspe.dataset.node_split import SplitUnit, take_part
from mspe.dataset.spec import DatasetSpec, Samples
from mspe.dataset.splits import FRACTIONS, Fractions
from mspe.graphs import GraphSchema, PackedGraphs
from mspe.graphs.checks import check_graphs
from mspe.graphs.features import Features

_DRAWN = ("random", "stratified", "folds")
"""Kinds of split that a seed decides."""
_OF_ANY_SIZE = ("random", "stratified")
"""Those of them whose parts may have any share."""
_SEEDS = 2**32
"""How many values `dataset.split_seed` may have."""


@dataclass(frozen=True)
class Division:
    """One way to split a dataset, and what its training part says of the graphs.

    Attributes
    ----------
    positions
        Of the graphs of `train`, `val` and `test` in `UnsplitDataset.graphs`; of their nodes where these are split.
    schema
        Kinds and widths of features and targets, learned from the training part alone.
    summary
        Lines on what was understood, as `GraphDataset` has them.
    unit
        What is split.
    """

    positions: dict[str, list[int]]
    schema: GraphSchema
    summary: tuple[str, ...]
    unit: SplitUnit = "graph"


@dataclass(frozen=True)
class UnsplitDataset:
    """A dataset's graphs with their features as they were read, and what splits and describes them.

    A comparison that is to hold beyond one split draws another one for each seed. What only a training part may decide,
    numbers of categories and scalings, is then decided by that of each split.

    Attributes
    ----------
    spec, samples, params
        What the graphs were built from.
    graphs
        All of them, in the order of the samples; their features are neither numbered nor scaled.
    identities
        Of each graph, what it shares with its duplicates alone; empty where samples are edges, or nodes of all graphs.

    Examples
    --------
    >>> from mspe.dataset import DatasetParams, read_unsplit
    >>> dataset = read_unsplit(DatasetParams(name="digits"))
    >>> dataset.is_drawn, [len(part) for part in dataset.divide(seed=3).positions.values()]
    (True, [1437, 180, 180])
    >>> [len(part) for part in dataset.divide(seed=3, test_share=0.4).positions.values()]
    [898, 179, 720]
    """

    spec: DatasetSpec
    samples: Samples
    params: DatasetParams
    graphs: PackedGraphs
    identities: Sequence[Hashable]

    @classmethod
    def build(
        cls, spec: DatasetSpec, samples: Samples, params: DatasetParams, num_workers: int = 1
    ) -> "UnsplitDataset":
        """Build and check every graph of a dataset, with at most so many processes (0: one per core).

        Raises
        ------
        MspeError
            If a graph is unusable, or the dataset has no split of the kind that is asked for.
        """
        split_kind(spec, samples, params)
        everything = range(len(samples.items))
        graphs = pack(spec, samples, everything, num_workers)
        try:
            check_graphs(graphs)
        except MspeError as error:
            raise MspeError(f"{spec.name}: {error}") from None
        return cls(spec, samples, params, graphs, identify(samples, everything, graphs, num_workers))

    @property
    def is_drawn(self) -> bool:
        """Return whether every seed draws its own split, as none does of one that is given, or drawn while reading."""
        return not self.samples.drawn and self._kind in _DRAWN

    @property
    def takes_test_share(self) -> bool:
        """Return whether `divide` takes the share of the test part, as of random and stratified draws."""
        return self.is_drawn and self._kind in _OF_ANY_SIZE

    def divide(self, seed: int, test_share: float | None = None, warn: bool = False) -> Division:
        """Split the graphs as `load_dataset` does with this seed, and describe them by the training part.

        Parameters
        ----------
        seed
            Of the draw: the value of `dataset.split_seed`. Of k folds, seed s is fold s mod k of the draw ⌊s / k⌋:
            seeds 0 to k − 1 are one cross-validation, the next k its first repetition. Without effect where `is_drawn`
            is false.
        test_share
            Share of the test part of a random or a stratified split, of which validation is 0.1 and training the rest;
            by default 0.1 too.
        warn
            Whether graphs of validation and test that training has too, and categories that it has not, are logged.

        Raises
        ------
        MspeError
            If the seed or the share is out of range, the split has no share to set, a part would be empty, there is
            nothing to learn, or the metric is not defined on a part.
        """
        params = self._params_of(seed)
        positions = split_positions(self.spec, self.samples, params, self._fractions(test_share))
        unit = self.samples.split_unit
        packed = {name: take_part(self.graphs, part, unit) for name, part in positions.items()}
        schema = describe(self.spec, self.samples, params, packed)
        if warn:
            self._warn(positions, packed, schema)
        return Division(positions, schema, summarise_split(self.spec, self.samples, params, schema), unit)

    def _warn(
        self, positions: Mapping[str, Sequence[int]], packed: Mapping[str, PackedGraphs], schema: GraphSchema
    ) -> None:
        if self.identities:
            parts = {name: [self.identities[position] for position in part] for name, part in positions.items()}
            warn_of_leakage(self.spec.name, parts)
        warn_of_unknown(Features.of(schema), packed, self.spec.name)

    def part(self, division: Division, name: str) -> PackedGraphs:
        """Return the graphs of `train`, `val` or `test`, their features numbered and scaled by the training part."""
        return Features.of(division.schema).apply(take_part(self.graphs, division.positions[name], division.unit))

    @property
    def _kind(self) -> str:
        return split_kind(self.spec, self.samples, self.params)

    def _params_of(self, seed: int) -> DatasetParams:
        if not 0 <= seed < _SEEDS:
            raise MspeError(f"seed of a split: got {seed}, allowed: 0 to {_SEEDS - 1}")
        if not self.is_drawn:
            return self.params
        draw = {"split_seed": seed}
        if self._kind == "folds":
            draw = {"split_seed": seed // self.spec.folds, "fold": seed % self.spec.folds}
        return self.params.model_copy(update=draw)

    def _fractions(self, test_share: float | None) -> Fractions:
        """Of training and validation."""
        if test_share is None:
            return FRACTIONS
        if not self.takes_test_share:
            how = "drawn while reading" if self.samples.drawn else f"of the kind {self._kind}"
            raise MspeError(
                f"test_share: got {test_share}, but the split of {self.spec.name} is {how}; leave it out, or set "
                f"dataset.split to one of: {', '.join(kind for kind in self.spec.splits if kind in _OF_ANY_SIZE)}"
            )
        validation = FRACTIONS[1]
        if not 0 < test_share < 1 - validation:
            raise MspeError(
                f"test_share: got {test_share}, allowed: more than 0 and less than {1 - validation:g}, since "
                f"{validation:g} of the graphs are for validation"
            )
        return 1 - validation - test_share, validation
