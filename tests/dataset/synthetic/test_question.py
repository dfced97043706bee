"""Marks and answers of single nodes."""

import numpy as np

from mspe.dataset.synthetic.question import asked_at, mark


def test_a_mark_is_a_column_of_categories() -> None:
    column = mark(4, {0: 2, 3: 1})
    assert column.tolist() == [[2], [0], [0], [1]] and column.dtype == np.int64
    assert not mark(2, {}).any()


def test_one_node_alone_is_asked() -> None:
    answers = asked_at(5, 2, 0)
    assert np.isnan(answers).tolist() == [True, True, False, True, True] and answers[2] == 0
