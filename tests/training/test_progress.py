"""What an unfinished epoch has seen."""

import torch

from mspe.graphs import GraphLoader
from mspe.training import get_metrics
from mspe.training.distributed import ProcessGroup
from mspe.training.progress import EpochProgress
from tests.training.fixtures import make_graphs


def test_an_epoch_that_is_put_back_ends_with_the_same_scores() -> None:
    batches = list(GraphLoader(make_graphs(), 8))
    whole, first = EpochProgress(0.1), EpochProgress(0.1)
    for progress, part in ((whole, batches), (first, batches[:2])):
        progress.skip()
        for number, batch in enumerate(part):
            progress.add(batch, 0.5 * batch.y, float(number), 8)
    rest = EpochProgress.from_state(first.state_dict(), torch.device("cpu"))
    for number, batch in enumerate(batches[2:], 2):
        rest.add(batch, 0.5 * batch.y, float(number), 8)
    assert (rest.batches, rest.skipped, rest.learning_rate) == (whole.batches, whole.skipped, 0.1) == (6, 1, 0.1)
    metrics, group = get_metrics("regression"), ProcessGroup()
    assert rest.scores(metrics, group) == whole.scores(metrics, group)
    assert whole.scores(metrics, group)["loss"] == 2.0  # the mean of 0 to 4, all of eight targets
