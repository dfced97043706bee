"""Numbers of graphs and molecules."""

import numpy as np
import pytest
from sklearn.metrics import r2_score

from mspe import GraphRegressor
from mspe.common.errors import MspeError
from tests.estimators.fixtures import CHAINS, CLIQUES, LEARNING, LENGTHS, RINGS, SMALL


def test_it_learns_the_number_of_atoms() -> None:
    regressor = GraphRegressor("rwse", **LEARNING).fit(CHAINS, LENGTHS)
    score = regressor.score(CHAINS, LENGTHS)
    assert score == pytest.approx(r2_score(LENGTHS, regressor.predict(CHAINS)), rel=1e-5)
    assert score > 0.5  # the mean has 0, and seeds and processors 0.75 to 0.99: four molecules choose the epoch


def test_graphs_bring_their_own_targets() -> None:
    graphs = RINGS + CLIQUES
    regressor = GraphRegressor("none", **SMALL).fit(graphs)
    targets = [graph.y.item() for graph in graphs]
    assert regressor.score(graphs) == regressor.score(graphs, targets)
    given = GraphRegressor("none", **SMALL).fit(graphs, targets)
    assert np.array_equal(given.predict(graphs), regressor.predict(graphs))
    assert not np.array_equal(given.fit(graphs, [-y for y in targets]).predict(graphs), regressor.predict(graphs))


def test_several_targets_are_a_column_each() -> None:
    regressor = GraphRegressor({"filters": {"heat": {"times": [1.0]}}}, **SMALL)
    regressor.fit(CHAINS, np.stack([LENGTHS, np.negative(LENGTHS)], axis=1))
    assert regressor.predict(CHAINS[:5]).shape == (5, 2)
    assert regressor.model_.bank.node_channels == ["heat(1)"]


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (["a"] * 40, "y: got text, allowed: numbers, one per sample .* of classes GraphClassifier"),
        (np.zeros((40, 2, 2)), r"y: got shape \[40, 2, 2\]"),
        ([1e300] * 40, r"y: holds 1e\+300, allowed: up to"),
        ([1.0] * 40, "1 everywhere in the train split, so there is nothing to learn"),
    ],
)
def test_what_are_no_numbers_to_learn_is_one_line(targets: object, message: str) -> None:
    with pytest.raises(MspeError, match=message):
        GraphRegressor(**SMALL).fit(CHAINS, targets)


def test_other_features_than_those_of_fit_are_refused() -> None:
    with pytest.raises(MspeError, match="the model was trained on 9 categorical ones"):
        GraphRegressor("none", **SMALL).fit(CHAINS, LENGTHS).predict(RINGS)


def test_samples_that_can_be_read_once_are_scored_like_a_list() -> None:
    smiles = ["C" * length + end for length in range(1, 6) for end in ("C", "O")]
    model = GraphRegressor("rwse", model={"hidden_dim": 16, "num_layers": 1}, epochs=1).fit(smiles, [0.0, 1.0] * 5)
    assert model.score(iter(smiles), [0.0, 1.0] * 5) == model.score(smiles, [0.0, 1.0] * 5)
