"""What was understood of a dataset, in lines that the preprocess stage ends with."""

from collections.abc import Sequence

from mspe.dataset.config import DatasetParams
from mspe.dataset.spec import DatasetSpec, Samples, SplitKind
from mspe.graphs import SPLITS, GraphSchema
from mspe.tasks import Task


def summarise(
    spec: DatasetSpec, samples: Samples, params: DatasetParams, schema: GraphSchema, task: Task, kind: SplitKind
) -> tuple[str, ...]:
    """Return lines on the rows, the task, the classes, the features and the split.

    Parameters
    ----------
    spec, samples, params
        What the dataset is, what reading it gave, and what the user asked for.
    schema
        Of the finished graphs.
    task
        What is predicted.
    kind
        Of the split.
    """
    counts = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in schema.counts.items())
    lines = [f"{schema.name}: {counts}", *samples.account]
    lines.append(f"task: {task.name} per {task.level}, {_reason(spec, params, task)}; metric {schema.metric}")
    if schema.class_counts:
        lines.append(f"{_classes(schema, task)} (samples of {', '.join(schema.class_counts)})")
    elif schema.classes:
        lines.append(f"targets: {', '.join(schema.classes)}")
    features = [
        f"{what} features{_names(samples.feature_names.get(what, ()))}: {features}"
        + f", {width} columns" * (features == "real")
        for what, features, width in (
            ("node", schema.node_features, schema.num_features),
            ("edge", schema.edge_features, schema.num_edge_features),
        )
    ]
    unused = f"; not used: {', '.join(samples.unused)}" if samples.unused else ""
    lines.append(f"{'; '.join(features)}{unused}")
    lines.append(f"split: {_split(spec, samples, params, kind)}")
    return tuple(lines)


def _names(columns: Sequence[str]) -> str:
    return f" ({', '.join(columns)})" if columns else ""


def _reason(spec: DatasetSpec, params: DatasetParams, task: Task) -> str:
    if spec.task is not None or spec.embedded:
        return "as the dataset defines it"
    return "as dataset.task says" if params.task is not None else f"since there is {task.sign}"


def _classes(schema: GraphSchema, task: Task) -> str:
    """The classes or labels in their order, with their counts by split."""
    counts = list(zip(*schema.class_counts.values(), strict=True))
    names: Sequence[str] = schema.classes or [str(number) for number in range(len(counts))]
    if len(names) != len(counts):  # of edges
        names = ("no edge", "edge")
    positive = task.positive_class(schema.num_classes)
    marked = [name + " (positive)" * (i == positive) for i, name in enumerate(names)]
    return "classes: " + ", ".join(
        f"{name} {'/'.join(map(str, each))}" for name, each in zip(marked, counts, strict=True)
    )


def _split(spec: DatasetSpec, samples: Samples, params: DatasetParams, kind: SplitKind) -> str:
    """The kind of the split, and what it comes from."""
    seed = f"dataset.split_seed={params.split_seed}"
    sources = {
        "column": f"given by {samples.split_from or 'the data'}",
        "published": "as published",
        "folds": f"fold {params.fold} of {spec.folds} is test, the next one validation, drawn by {seed}",
        "scaffold": "by the molecules' scaffolds",
    }
    source = sources.get(kind, f"{kind}, drawn by {seed}")
    sizes = (
        "" if params.limit is None else f"; at most {params.limit} {samples.split_unit}s a part, as dataset.limit says"
    )
    nodes = "; the nodes are split: features and edges of all are seen, targets of train alone are learned"
    return f"{source}{sizes}{nodes * (samples.split_unit == 'node')} ({', '.join(SPLITS)})"
