"""Penalised logP."""

import pytest

from mspe.dataset.penalised_logp import penalised_logp
from mspe.graphs.molecules import parse_smiles


@pytest.mark.parametrize(
    ("smiles", "logp", "accessibility", "ring"),
    [("c1ccccc1", 1.6866, 1.0, 0), ("C1CCCCCCCC1", 3.5109, 1.0, 3)],
    ids=["benzene", "nine-ring"],
)
def test_penalised_logp_is_its_three_terms(smiles: str, logp: float, accessibility: float, ring: int) -> None:
    molecule = parse_smiles(smiles)
    assert molecule is not None
    without_accessibility = (logp - 2.4570953396190123) / 1.434324401111988
    without_accessibility += (-ring + 0.0485696876403053) / 0.2860212110245455
    of_accessibility = penalised_logp(molecule) - without_accessibility
    assert of_accessibility == pytest.approx((-accessibility + 3.0525811293166134) / 0.8335207024513095, abs=0.01)
