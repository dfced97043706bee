"""What a dataset's graphs hold, so that a model, a loss and a report can be chosen without looking at them."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from mspe.common.json_files import read_json, write_sealed_json
from mspe.common.section import Section, Tuple, validate

TaskType = str
"""regression, classification, edge_prediction, or that of a registered task (`mspe.tasks`)."""
TargetLevel = Literal["graph", "node", "edge"]
FeatureKind = Literal["categorical", "real", "none"]


class GraphSchema(Section):
    """Kinds and widths of a dataset's features and targets; stored beside the graphs and in every checkpoint.

    A categorical feature is an integer per column; all columns share one table, so its width is the sum of the
    columns' vocabularies, and the integer `width` means a category never seen in training.
    """

    name: str
    task_type: TaskType
    target_level: TargetLevel = "graph"
    """What one target belongs to."""
    num_features: int
    """Width of the node features; the one-hot width where they are categories."""
    node_features: FeatureKind
    num_edge_features: int
    """Width of the edge features; 0 where there are none."""
    edge_features: FeatureKind
    num_classes: int
    """Classes, or targets of a regression."""
    loss: str
    """The loss that the field trains with on this dataset."""
    metric: str
    """The metric that the field reports on this dataset; the best epoch is chosen by it, on validation."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """The dataset's own values of parameters that are `auto` in `params.yaml`, by their path."""
    target_mean: Tuple[float] = ()
    target_std: Tuple[float] = ()
    """Per target, over the training split (regression only); a model's outputs are scaled by them."""
    node_vocabularies: Tuple[Tuple[int]] = ()
    edge_vocabularies: Tuple[Tuple[int]] = ()
    """Per categorical column, the raw values in the order of their numbers; empty where the numbers are raw."""
    node_mean: Tuple[float] = ()
    node_std: Tuple[float] = ()
    edge_mean: Tuple[float] = ()
    edge_std: Tuple[float] = ()
    """Of real features, per column over the training split; the stored features are scaled by them where given."""
    classes: Tuple[str] = ()
    """Names of the classes, or of the targets, in the order of the outputs; empty where they have none."""
    class_counts: dict[str, Tuple[int]] = Field(default_factory=dict)
    """Per split, samples of each class; of several labels, how many samples have each."""
    label_counts: dict[str, Tuple[int]] = Field(default_factory=dict)
    """Per split, what these are shares of: all samples; of several labels, those where each is known."""
    max_nodes: int
    """Nodes of the largest graph of any split."""
    counts: dict[str, int]
    """Graphs a split, and what was dropped, by reason."""

    def class_shares(self) -> dict[str, dict[str, float]]:
        """Per split, which share of the samples each class has, or each label where it is known."""
        shares = {}
        for split, counts in self.class_counts.items():
            names = self.classes or tuple(str(number) for number in range(len(counts)))
            known = self.label_counts[split]
            shares[split] = {n: count / max(1, total) for n, count, total in zip(names, counts, known, strict=True)}
        return shares

    def save(self, path: str | Path) -> None:
        """Write the schema as JSON."""
        write_sealed_json(path, self.model_dump())

    @classmethod
    def load(cls, path: str | Path) -> "GraphSchema":
        """Read what `save` wrote.

        Raises
        ------
        MspeError
            If the file is missing, damaged, or of another version.
        """
        return validate(cls, read_json(path), str(path))
