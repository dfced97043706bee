"""Classes of graphs and molecules."""

import numpy as np
import pytest

from mspe import GraphClassifier
from mspe.common.errors import MspeError
from tests.estimators.fixtures import CHAINS, CLIQUES, KINDS, LEARNING, RINGS, SMALL


def test_it_tells_rings_from_cliques() -> None:
    graphs, kinds = RINGS + CLIQUES, ["ring"] * len(RINGS) + ["clique"] * len(CLIQUES)
    classifier = GraphClassifier("rwse", **LEARNING).fit(graphs, kinds)
    probabilities = classifier.predict_proba(graphs)
    assert classifier.classes_.tolist() == ["clique", "ring"] == list(classifier.model_.output_names)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert np.array_equal(classifier.predict(graphs), classifier.classes_[probabilities.argmax(axis=1)])
    assert classifier.score(graphs, kinds) == np.mean(classifier.predict(graphs) == kinds) > 0.9


@pytest.mark.parametrize("classes", [[7, 3], [-1, -100], [True, False], [3, 1, 2]])
def test_classes_are_as_they_were_given(classes: list[int]) -> None:
    targets = [classes[number % len(classes)] for number in range(len(CHAINS))]
    classifier = GraphClassifier("none", **SMALL).fit(CHAINS, targets)
    assert classifier.classes_.tolist() == sorted(classes)
    assert set(classifier.predict(CHAINS).tolist()) <= set(classes)


@pytest.mark.filterwarnings("ignore:a split has one class alone")
def test_a_rare_class_may_be_held_out_or_not() -> None:
    classifier = GraphClassifier("none", **SMALL).fit(CHAINS, ["rare"] + ["other"] * (len(CHAINS) - 1))
    assert classifier.classes_.tolist() == ["other", "rare"]


def test_one_logit_of_two_classes_is_two_probabilities() -> None:
    classifier = GraphClassifier("none", **SMALL, training={"loss": "bce_logits"}).fit(CHAINS, KINDS)
    assert classifier.predict_proba(CHAINS).shape == (len(CHAINS), 2)


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (["a"] * 40, "y: holds the class a alone, allowed: at least two classes"),
        (list(range(40)), "y: holds 40 classes in 40 samples, identifiers or numbers rather than classes"),
        (np.eye(40)[:, :2], r"y: got shape \[40, 2\], allowed: one class per sample"),
    ],
)
def test_what_are_no_classes_is_one_line(targets: object, message: str) -> None:
    with pytest.raises(MspeError, match=message):
        GraphClassifier(**SMALL).fit(CHAINS, targets)


def test_samples_that_can_be_read_once_are_scored_like_a_list() -> None:
    smiles = ["C" * length + end for length in range(1, 11) for end in ("C", "O")]
    model = GraphClassifier("rwse", model={"hidden_dim": 16, "num_layers": 1}, epochs=1, validation=0.2).fit(
        smiles, ["a", "b"] * 10
    )
    assert model.score(iter(smiles), ["a", "b"] * 10) == model.score(smiles, ["a", "b"] * 10)
