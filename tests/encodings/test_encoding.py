"""The interface: what a subclass has without saying so, and what follows from what it says."""

from typing import ClassVar

import pytest
import torch
from torch import Tensor, nn

from mspe.common.errors import MspeError
from mspe.common.section import PositiveInt, Section
from mspe.encodings import Encoding, EncodingSet, GraphStatistics, GraphView
from mspe.encodings.catalogue import CATALOGUE
from mspe.encodings.graph_view import Need
from tests.conftest import cycle
from tests.encodings.fixtures import view_of


class Nothing(Encoding):
    """Only its name."""

    name = "nothing"


class Scaled(Encoding):
    """√degree times a trained weight."""

    name = "scaled"
    needs: ClassVar[frozenset[Need]] = frozenset({"spectrum"})

    class Params(Section):
        """How many copies."""

        copies: PositiveInt

    def __init__(self, copies: int) -> None:
        super().__init__(copies=copies)
        self.weight = nn.Parameter(torch.ones(copies))

    @property
    def node_channels(self) -> list[str]:
        """One per copy."""
        return [f"scaled({number})" for number in range(self.weight.numel())]

    def node(self, graphs: GraphView) -> Tensor:
        """Return them."""
        return graphs.sqrt_degree[:, None] * self.weight


def test_an_encoding_that_only_has_a_name_has_no_channels_and_is_stored() -> None:
    encoding, view = Nothing(), view_of(cycle(4))
    assert encoding.stored and encoding.node_channels == encoding.pair_channels == []
    assert encoding.node(view).shape == (4, 0) and encoding.pair(view).shape == (1, 4, 4, 0)


def test_parameters_of_its_own_make_it_trained() -> None:
    encoding = Scaled(2)
    assert not encoding.stored
    bank = EncodingSet([encoding])
    assert bank.stored == [] and bank.evaluated == [encoding] and bank.batch_needs == {"spectrum"}


def test_parameters_are_checked_when_it_is_built_and_never_change() -> None:
    with pytest.raises(MspeError, match="encoding scaled: copies: got 0, input should be greater than 0"):
        Scaled(0)
    with pytest.raises(ValueError, match="frozen"):
        Scaled(1).params.copies = 3  # type: ignore[attr-defined]


def test_parameters_go_through_resolve_and_from_params_as_they_are() -> None:
    params = Scaled.Params(copies=3)
    assert Scaled.resolve(params, GraphStatistics(max_nodes=4)) is params
    assert len(Scaled.from_params(params, trainable=False).node_channels) == 3


@pytest.mark.parametrize("encoding", CATALOGUE, ids=lambda encoding: encoding.name)
def test_every_encoding_says_what_it_reads_and_is_documented(encoding: type[Encoding]) -> None:
    assert encoding.__doc__ and encoding.Params.__doc__
    assert bool(encoding.needs) == (encoding.name != "random_features")  # which reads nothing of a graph
    assert encoding.signed == (encoding.name == "eigenvectors")
