"""Packed graphs: flat tensors and offsets, and the batches that models see."""

from mspe.graphs.dense import DenseLayout
from mspe.graphs.edges import EdgeLayout
from mspe.graphs.loader import GraphLoader
from mspe.graphs.packed import PackedGraphs
from mspe.graphs.schema import FeatureKind, GraphSchema, TargetLevel, TaskType
from mspe.graphs.sharded import GraphList, ShardedGraphs
from mspe.graphs.store import SPLITS, read_split, write_splits

__all__ = [
    "SPLITS",
    "DenseLayout",
    "EdgeLayout",
    "FeatureKind",
    "GraphList",
    "GraphLoader",
    "GraphSchema",
    "PackedGraphs",
    "ShardedGraphs",
    "TargetLevel",
    "TaskType",
    "read_split",
    "write_splits",
]
