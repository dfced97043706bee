"""Colours of the Weisfeiler-Leman refinement of each node (Weisfeiler and Leman 1968)."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
import torch
from jaxtyping import Float, UInt64
from pydantic import Field, model_validator
from torch import Tensor

from mspe.common.errors import MspeError
from mspe.common.section import Channels, Distinct, PositiveInt, Section, Tuple
from mspe.encodings.about import About
from mspe.encodings.colours import colours_after
from mspe.encodings.encoding import Encoding
from mspe.encodings.graph_view import GraphView, Need
from mspe.encodings.statistics import GraphStatistics
from mspe.encodings.structure import simple_adjacency

Round = Annotated[PositiveInt, Field(le=100)]
Colour = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]


class Wl(Encoding):
    """One-hot colours of the Weisfeiler-Leman refinement (1-WL) after some rounds, the most frequent of training nodes.

    All nodes begin with one colour; a round gives each a new one by its own and the multiset of its neighbours'. After
    k rounds two nodes have the same colour where the trees of walks of k steps from them are the same; after one,
    where their degrees are. So graphs that 1-WL does not tell apart have the same channels, as often.

    The colours are those that most nodes of the training graphs have, and stand in the resolved bank. Any other one,
    rare or never seen, has the channel `other`: training shows a model what it is to be rare, which is what it meets in
    a colour that it never saw. A colour is a number of 64 bits that is the same in every graph and on every machine;
    two different ones are taken for one with a probability of some 10^-19.

    Another order of the nodes permutes it, and a disjoint union is encoded as its parts. Edges are followed either way,
    without weights; repeated edges are one, and self-loops are left out. Cost: edges · rounds.

    Parameters
    ----------
    rounds
        After which colours are told, in the order of the channels; 1, 2 and 3 by default.
    colours
        Most frequent colours of a round that have a channel, 32 by default.
    vocabulary
        These colours, a list for each round; by default read off the training graphs.

    Examples
    --------
    >>> Wl(rounds=[1], vocabulary=[["0123456789abcdef"]]).node_channels
    ['wl(1; colour 1)', 'wl(1; other)']
    """

    name = "wl"
    about = About("colours of 1-WL, one-hot", "Weisfeiler 1968", "m", ("node",))
    needs: ClassVar[frozenset[Need]] = frozenset({"edges"})

    class Params(Section):
        """Rounds, and colours that are told apart."""

        rounds: Distinct[Round] = (1, 2, 3)
        colours: Channels = 32
        vocabulary: Tuple[Distinct[Colour]] | None = None

        @model_validator(mode="after")
        def _vocabulary_is_of_the_rounds(self) -> "Wl.Params":
            if self.vocabulary is not None and len(self.vocabulary) != len(self.rounds):
                raise ValueError(
                    f"vocabulary: got {len(self.vocabulary)} lists of colours, allowed: one for each of the "
                    f"{len(self.rounds)} rounds; leave it out to have it read off the training graphs"
                )
            return self

    def __init__(
        self,
        rounds: Sequence[int] = (1, 2, 3),
        colours: int = 32,
        vocabulary: Sequence[Sequence[str]] | None = None,
    ) -> None:
        super().__init__(rounds=rounds, colours=colours, vocabulary=vocabulary)
        if vocabulary is None:
            raise MspeError(
                "encoding wl: vocabulary: missing, which is read off the training graphs; give "
                "EncodingParams(…).resolve(GraphStatistics.of(…, graphs=…)) as the bank, or list the colours"
            )
        self.rounds, self.vocabulary = tuple(rounds), tuple(map(tuple, vocabulary))

    @classmethod
    def resolve(cls, params: Section, statistics: GraphStatistics) -> Section:
        """Return the parameters with the vocabulary of the training graphs; equal frequencies by number."""
        values = dict(params)
        if values["vocabulary"] is not None:
            return params
        counts = [Counter[int]() for _ in values["rounds"]]
        for part in statistics.graphs():
            found = colours_after(simple_adjacency(GraphView.of_edges(part)), values["rounds"])
            for counter, colours in zip(counts, found, strict=True):
                numbers, frequency = np.unique(colours, return_counts=True)
                counter.update(dict(zip(numbers.tolist(), frequency.tolist(), strict=True)))
        ordered = [sorted(counter, key=lambda colour: (-counter[colour], colour)) for counter in counts]
        vocabulary = [[f"{colour:016x}" for colour in colours[: values["colours"]]] for colours in ordered]
        return cls.Params.model_validate({**values, "vocabulary": vocabulary})

    @property
    def node_channels(self) -> list[str]:
        """By round its colours, the most frequent first, and one of all others."""
        return [
            f"wl({number}; {name})"
            for number, colours in zip(self.rounds, self.vocabulary, strict=True)
            for name in [*(f"colour {place}" for place in range(1, len(colours) + 1)), "other"]
        ]

    def node(self, graphs: GraphView) -> Float[Tensor, "nodes channels"]:
        """Return a one in the channel of each round's colour."""
        found = colours_after(simple_adjacency(graphs), self.rounds)
        parts = [_one_hot(colours, known) for colours, known in zip(found, self.vocabulary, strict=True)]
        return torch.from_numpy(np.concatenate(parts, axis=1)).to(graphs.layout.slot.device)


def _one_hot(colours: UInt64[np.ndarray, " nodes"], known: Sequence[str]) -> Float[np.ndarray, "nodes channels"]:
    """A one where a colour is a known one, in the last column where it is none."""
    is_known = colours[:, None] == np.array([int(colour, 16) for colour in known], dtype=np.uint64)
    return np.concatenate([is_known, ~is_known.any(axis=1, keepdims=True)], axis=1).astype(np.float32)
