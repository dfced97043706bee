"""What every dataset comes as."""

from dataclasses import dataclass

from mspe.graphs import FeatureKind, GraphSchema, PackedGraphs, TaskType


@dataclass(frozen=True)
class GraphDataset:
    """Packed graphs in three splits, and what they hold.

    Attributes
    ----------
    schema
        Kinds and widths of features and targets.
    train, val, test
        The splits; each works as a dataset for any PyG loader.
    summary
        Lines on what was understood: rows used and left out, task, classes, features, split.
    """

    schema: GraphSchema
    train: PackedGraphs
    val: PackedGraphs
    test: PackedGraphs
    summary: tuple[str, ...] = ()

    def get_splits(self) -> tuple[PackedGraphs, PackedGraphs, PackedGraphs]:
        """Training, validation and test graphs."""
        return self.train, self.val, self.test

    @property
    def num_features(self) -> int:
        """Width of the node features; the one-hot width where they are categories."""
        return self.schema.num_features

    @property
    def num_classes(self) -> int:
        """Classes, or targets of a regression."""
        return self.schema.num_classes

    @property
    def task_type(self) -> TaskType:
        """`regression`, `classification` or `edge_prediction`."""
        return self.schema.task_type

    @property
    def node_features(self) -> FeatureKind:
        """Kind of the node features: `categorical`, `real` or `none`."""
        return self.schema.node_features

    @property
    def edge_features(self) -> FeatureKind:
        """Kind of the edge features: `categorical`, `real` or `none`."""
        return self.schema.edge_features

    @property
    def num_edge_features(self) -> int:
        """Width of the edge features; 0 where there are none."""
        return self.schema.num_edge_features
