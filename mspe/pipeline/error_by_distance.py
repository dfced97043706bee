"""How wrong a model is, by what a sample's distance, diameter or size is."""

from collections.abc import Sequence

import torch

from mspe.graphs import PackedGraphs, TargetLevel
from mspe.influence.error_curve import ErrorCurve, error_curve
from mspe.pipeline.buckets import Axis, default_axes, quantile_buckets, sample_counts, sample_errors, sample_values
from mspe.pipeline.evaluation import Evaluation


def errors_by_distance(
    evaluation: Evaluation, graphs: PackedGraphs, level: TargetLevel, axes: Sequence[Axis] | None = None
) -> list[ErrorCurve]:
    """Return the mean error in ranges of distances, diameters or sizes.

    Parameters
    ----------
    evaluation
        Of these graphs.
    graphs
        With their targets.
    level
        What one sample is.
    axes
        What samples are ordered by; None: distance, or of whole graphs diameter and size, as far as these are known.
    """
    errors = sample_errors(evaluation.table(), evaluation.task)
    owner = torch.arange(len(graphs)).repeat_interleave(sample_counts(graphs, level))
    curves = []
    for axis in default_axes(graphs, level) if axes is None else axes:
        values = sample_values(axis, graphs, level)
        ranges = [(bucket.first, bucket.last) for bucket in quantile_buckets(values)]
        curves.append(
            error_curve(axis, evaluation.task.sample_error, ranges, values.numpy(), errors.numpy(), owner.numpy())
        )
    return [curve for curve in curves if curve is not None]
