"""What `import mspe` offers before anything is imported."""

import ast

import pytest

import mspe
from mspe.ablation.compare import compare
from mspe.encodings.plot import plot_encoding
from mspe.estimators import GraphClassifier, GraphRegressor, read_molecules
from mspe.pipeline.trained_model import TrainedModel
from tests.conftest import ROOT


def test_functions_are_imported_when_asked_for() -> None:
    assert mspe.compare is compare and mspe.plot_encoding is plot_encoding
    assert mspe.GraphRegressor is GraphRegressor and mspe.GraphClassifier is GraphClassifier
    assert mspe.read_molecules is read_molecules and mspe.TrainedModel is TrainedModel
    with pytest.raises(AttributeError, match="module 'mspe' has no attribute 'compair'"):
        mspe.compair  # type: ignore[attr-defined]  # noqa: B018


def test_completion_offers_what_is_public() -> None:
    assert set(mspe.__all__) <= set(dir(mspe)) and dir(mspe) == sorted(set(dir(mspe)))


def test_what_type_checkers_read_is_what_is_imported() -> None:
    tree = ast.parse((ROOT / "mspe" / "__init__.py").read_text())
    static = {
        alias.name: node.module
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert static == mspe._HOMES and set(mspe.__all__) == {"__version__", *static}
