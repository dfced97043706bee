"""Every question, by the name that `dataset.synthetic.task` gives it."""

from mspe.common.registry import Registry
from mspe.dataset.synthetic import counts, distances, roles, signals, transfer
from mspe.dataset.synthetic.question import Question

QUESTIONS: Registry[Question] = Registry(
    "synthetic task",
    [*distances.QUESTIONS, *roles.QUESTIONS, *signals.QUESTIONS, *transfer.QUESTIONS, *counts.QUESTIONS],
)
