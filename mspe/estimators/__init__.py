"""Estimators with scikit-learn's interface, for lists of graphs or molecules; importing them imports scikit-learn."""

from mspe.estimators.classifier import GraphClassifier
from mspe.estimators.regressor import GraphRegressor

__all__ = ["GraphClassifier", "GraphRegressor"]
