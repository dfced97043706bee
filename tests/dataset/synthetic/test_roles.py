"""Roles: planted by the generator, one node of each marked."""

import numpy as np
import pytest

from mspe.dataset.synthetic.questions import QUESTIONS
from tests.dataset.synthetic.fixtures import drawn_of


@pytest.mark.parametrize("generator", QUESTIONS["role"].generators)
def test_one_node_of_each_role_is_marked_with_it(generator: str) -> None:
    for drawn in drawn_of(task="role", generator=generator, size=40):
        assert drawn.features is not None and drawn.graph.roles is not None
        assert (drawn.answers == drawn.graph.roles).all()
        marks = drawn.features[:, 0]
        assert sorted(marks[marks > 0].tolist()) == [role + 1 for role in np.unique(drawn.answers)]
        assert (drawn.answers[marks > 0] + 1 == marks[marks > 0]).all()
