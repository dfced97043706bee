"""Metrics by the names of the specification."""

from mspe.tasks import Metrics, get_task
from mspe.training.checks import check_integer
from mspe.training.outputs import expect_outputs


def get_metrics(task_type: str, num_classes: int | None = None, k: int = 100) -> Metrics:
    """Choose ``metrics(prediction, target)``, which gives a dict of floats for a whole split on the CPU.

    Parameters
    ----------
    task_type
        `regression` (mse, mae, rmse, median_ae), `classification` (accuracy, weighted_accuracy, f1, roc_auc, ap; from
        logits) or `edge_prediction` (roc_auc, ap, precision@k, hits@k and, where the source nodes are given, mrr).
    num_classes
        How many classes, labels or targets there are: so many outputs have to be predicted, or one logit a sample for
        two classes. None: as many as are predicted.
    k
        Of precision@k and hits@k.

    Raises
    ------
    MspeError
        If the task type is unknown, or a number no positive integer. The returned function raises it where shapes would
        broadcast, outputs are not as many as classes, or a label is none of the classes.

    Notes
    -----
    NaN targets are left out. A metric that is not defined on a split (one class alone) is NaN, with a warning;
    so is every metric of predictions that are not finite.

    Examples
    --------
    >>> import torch
    >>> get_metrics("regression")(torch.tensor([[1.0], [3.0]]), torch.tensor([2.0, 5.0]))["mae"]
    1.5
    """
    task = get_task(task_type)
    return expect_outputs(task.scorer(check_integer("k", k)), task, num_classes)
