"""Estimators with scikit-learn's interface, for lists of graphs or molecules; importing them imports scikit-learn."""

from mspe.estimators.classifier import GraphClassifier
from mspe.estimators.regressor import GraphRegressor
from mspe.estimators.table import read_molecules

__all__ = ["GraphClassifier", "GraphRegressor", "read_molecules"]
