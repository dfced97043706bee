"""What both estimators share: parameters, what is held out, and scikit-learn's own tools."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

from mspe import GraphClassifier, GraphRegressor
from mspe.common.errors import MspeError
from mspe.pipeline.trained_model import TrainedModel
from tests.estimators.fixtures import CHAINS, KINDS, LENGTHS, RINGS, SMALL


@pytest.mark.parametrize("estimator", [GraphRegressor(**SMALL), GraphClassifier("rwse", seed=3, **SMALL)])
def test_parameters_are_read_set_and_cloned(estimator: GraphRegressor | GraphClassifier) -> None:
    assert clone(estimator).get_params() == estimator.get_params()
    assert clone(estimator).set_params(encodings="none", epochs=7).get_params()["epochs"] == 7
    with pytest.raises(ValueError, match="Invalid parameter 'encoding'"):
        clone(estimator).set_params(encoding="none")
    with pytest.raises(NotFittedError):
        estimator.predict(CHAINS)


def test_scikit_learn_cross_validates_and_searches() -> None:
    assert len(cross_val_score(GraphRegressor("rwse", **SMALL), CHAINS, LENGTHS, cv=2)) == 2
    assert len(cross_val_score(GraphRegressor("rwse", **SMALL), RINGS, cv=2)) == 2
    scores = cross_val_score(GraphClassifier("rwse", **SMALL), np.array(CHAINS), KINDS, cv=2, scoring="roc_auc")
    assert np.isfinite(scores).all()
    search = GridSearchCV(GraphRegressor(**SMALL), {"encodings": ["none", "rwse"], "seed": np.arange(2)}, cv=2)
    search.fit(CHAINS, LENGTHS)
    assert search.best_params_["encodings"] in {"none", "rwse"} and len(search.cv_results_["params"]) == 4
    assert search.predict(CHAINS[:3]).shape == (3,)
    assert make_pipeline("passthrough", GraphRegressor(**SMALL)).fit(CHAINS, LENGTHS).predict(CHAINS).shape == (40,)


def test_one_seed_is_one_model_and_nothing_else_is_changed() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first, again, other = (GraphRegressor("rwse", seed=seed, **SMALL).fit(CHAINS, LENGTHS) for seed in (1, 1, 2))
    assert torch.equal(torch.rand(1), expected) and not torch.are_deterministic_algorithms_enabled()
    assert np.array_equal(first.predict(CHAINS), again.predict(CHAINS))
    assert not np.array_equal(first.predict(CHAINS), other.predict(CHAINS))


def test_it_is_pickled_with_its_model() -> None:
    regressor = GraphRegressor("rwse", **SMALL).fit(CHAINS, LENGTHS)
    again = pickle.loads(pickle.dumps(regressor))
    assert np.array_equal(again.predict(CHAINS), regressor.predict(CHAINS))


def test_a_folder_keeps_the_checkpoint(tmp_path: Path) -> None:
    regressor = GraphRegressor("rwse", folder=tmp_path / "mine", **SMALL).fit(CHAINS, LENGTHS)
    assert {path.name for path in (tmp_path / "mine").iterdir()} == {
        "best.pt", "history.json", "curve.csv", "cost.json"
    }  # fmt: skip
    trained = TrainedModel.load(tmp_path / "mine" / "best.pt", "cpu")
    np.testing.assert_allclose(trained.predict(CHAINS)[:, 0].numpy(), regressor.predict(CHAINS))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"encodings": "nope"}, r"GraphRegressor: encodings\.preset: got 'nope', input should be 'default', 'rwse'"),
        ({"encodings": 3}, "GraphRegressor: encodings: .*allowed: a mapping"),
        ({"encodings": {"walks": 3}}, r"GraphRegressor: encodings\.walks: unknown key"),
        ({"model": "mlp"}, r"GraphRegressor: model\.name: got 'mlp'"),
        ({"model": {"width": 3}}, r"GraphRegressor: model\.width: unknown key"),
        ({"epochs": 0}, r"GraphRegressor: training\.epochs: got 0"),
        ({"training": {"epochs": 3}}, "GraphRegressor: training: got {'epochs': 3}, allowed: a mapping without epochs"),
        ({"training": 3}, "GraphRegressor: training: got 3, allowed: a mapping"),
        ({"seed": -1}, r"GraphRegressor: seeds\.0: got -1"),
        ({"device": "tpu"}, r"GraphRegressor: runtime\.device: got 'tpu'"),
        ({"validation": 1.0}, "GraphRegressor: validation: got 1.0, of 40 samples 0, allowed: a share between 0 and 1"),
        ({"validation": 0.001}, r"GraphRegressor: validation: got 0\.001, of 40 samples 0"),
    ],
)
def test_a_parameter_that_is_not_allowed_is_one_line(parameters: dict[str, Any], message: str, unchecked: None) -> None:
    with pytest.raises(MspeError, match=message) as error:
        GraphRegressor(**{**SMALL, **parameters}).fit(CHAINS, LENGTHS)
    assert "\n" not in str(error.value)
