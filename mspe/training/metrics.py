"""Metrics by the names of the specification."""

from mspe.tasks import Metrics, get_task


def get_metrics(task_type: str, num_classes: int | None = None, k: int = 100) -> Metrics:
    """Choose ``metrics(prediction, target)``, which gives a dict of floats for a whole split on the CPU.

    Parameters
    ----------
    task_type
        `regression` (mse, mae, rmse), `classification` (accuracy, weighted_accuracy, f1, roc_auc, ap; from logits)
        or `edge_prediction` (roc_auc, ap, precision@k, hits@k and, where the source nodes are given, mrr).
    num_classes
        Of a classification.
    k
        Of precision@k and hits@k.

    Raises
    ------
    MspeError
        If the task type is unknown. The returned function raises it where shapes would broadcast.

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
    return get_task(task_type).scorer(k)
