"""Edge prediction on the user's own graph."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.dataset.config import DatasetParams
from mspe.dataset.edge_prediction import edge_samples
from mspe.dataset.spec import Samples
from mspe.tasks import EdgePrediction, get_task

logger = logging.getLogger(__name__)


def edge_samples_of(graphs: Sequence[Data], folder: Path, params: DatasetParams) -> Samples:
    """Edge prediction on the only graph; its targets, where it has some, are not used, with a line in the log.

    Raises
    ------
    MspeError
        If there are several graphs, `dataset.task` is another, or the graph has too few edges.
    """
    if len(graphs) > 1:
        what = "no targets" if params.task is None else f"dataset.task={params.task}"
        raise MspeError(
            f"{folder}: {len(graphs)} graphs and {what}; give targets (of tables: dataset.target_columns), or one "
            "graph for edge prediction"
        )
    if params.task is not None and not is_edge_prediction(params.task):
        raise MspeError(
            f"{folder}: dataset.task is {params.task}, but the graph has no targets; give some, or leave it"
        )
    if params.positive_class is not None:
        raise MspeError(
            f"{folder}: dataset.positive_class: got {params.positive_class!r}, but the task is edge_prediction, whose "
            "positive class is that of edges; leave it out"
        )
    if graphs[0].get("y") is not None:
        logger.warning("%s: y is not used: the task is %s", folder, params.task)
    graph = Data(**{name: values for name, values in graphs[0].to_dict().items() if name != "y"})
    try:
        return replace(edge_samples(graph, params.split_seed), task=EdgePrediction())
    except MspeError as error:
        raise MspeError(f"{folder}: {error}") from None


def is_edge_prediction(task_type: str | None) -> bool:
    """Return whether `dataset.task` is one whose samples are edges."""
    return task_type is not None and get_task(task_type).level == "edge"
