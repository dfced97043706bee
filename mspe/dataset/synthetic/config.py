"""The section `dataset.synthetic` of `params.yaml`."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from mspe.common.section import NonNegativeFloat, Probability, Section, Seed

SMALLEST, LARGEST = 2, 2000
"""Nodes of a graph; all distances of the largest take 32 MB."""


def _as_range(value: Any) -> Any:
    """A number of nodes is a range of that one alone."""
    low, high = value if isinstance(value, list | tuple) and len(value) == 2 else (value, value)
    whole = all(isinstance(bound, int) and not isinstance(bound, bool) for bound in (low, high))
    if value is not None and not (whole and SMALLEST <= low <= high <= LARGEST):
        raise ValueError(f"allowed: nodes from {SMALLEST} to {LARGEST}, as one number or as [low, high]")
    return value if value is None else (low, high)


Sizes = Annotated[tuple[int, int] | None, BeforeValidator(_as_range)]
"""Least and most nodes of a graph, both included."""


class ShiftParams(Section):
    """Differences of the test part's graphs from those of training and validation; all null: none."""

    size: Sizes = None
    """As `synthetic.size`."""
    generator: str | None = None
    """As `synthetic.generator`."""

    @property
    def changes(self) -> dict[str, Any]:
        """Values that the test part has instead of the section's own."""
        return self.model_dump(exclude_none=True)


class SyntheticParams(Section):
    """Graphs to draw, and a question to ask of them; a key that generator and task do not use is ignored."""

    task: str = "source_distance"
    """One of `QUESTIONS`."""
    generator: str | None = None
    """One of `GENERATORS`; null: the one that the task is defined on, else erdos_renyi."""
    graphs: Annotated[int, Field(ge=10, le=100_000)] = 1000
    """In all parts together."""
    size: Sizes = None
    """Nodes of a graph: one number, or [low, high], of which each graph draws one that its generator can build.

    null: the least that the task takes where it is defined by a distance, else 50.
    """
    degree: Annotated[int, Field(ge=1, le=LARGEST)] | None = None
    """Mean degree, of all nodes where regular; null: 4, of block_model and random_geometric 8."""
    rewiring: Annotated[NonNegativeFloat, Field(le=1)] = 0.1
    """Of watts_strogatz: probability that an edge of the ring lattice is moved."""
    blocks: Annotated[int, Field(ge=2, le=100)] = 4
    """Of block_model: blocks of equal size, to one node."""
    mixing: Probability = 0.1
    """Of block_model: expected share of a node's edges that leave its block."""
    branching: Annotated[int, Field(ge=2, le=100)] = 2
    """Of balanced_tree: children of a node."""
    distance: Annotated[int, Field(ge=1, le=LARGEST)] = 4
    """In hops, of ring_transfer, tree_match (the depth), path_parity, within_hops and diffusion_source (the steps)."""
    as_classes: bool = False
    """Whether distances and degrees are classes rather than numbers; other tasks have but one form."""
    cycle_length: Literal[3, 4, 5] = 3
    """Of cycles."""
    classes: Annotated[int, Field(ge=2, le=100)] = 5
    """Of ring_transfer."""
    features: bool = True
    """Whether nodes have the features that the task gives them; false: structure only."""
    noise: Annotated[NonNegativeFloat, Field(le=1000)] = 0.0
    """Standard deviation of normal noise on the features; above 0, categories are one-hot numbers."""
    seed: Seed = 0
    """Of the graphs; `dataset.split_seed` draws the split."""
    shift: ShiftParams = ShiftParams()
    """Other sizes, or another generator, in the test part alone, whose graphs are then the same for every seed."""

    @property
    def mean_degree(self) -> int:
        """The degree, where a plan has set it."""
        assert self.degree is not None
        return self.degree
