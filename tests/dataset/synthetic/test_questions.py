"""All questions: what each gives to a graph."""

import pytest

from mspe.dataset.synthetic.config import SyntheticParams
from mspe.dataset.synthetic.questions import QUESTIONS
from tests.dataset.synthetic.fixtures import drawn_of


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_that_needs_a_connected_graph_gets_one(name: str) -> None:
    drawn = drawn_of(20, task=name)
    assert not QUESTIONS[name].connected or all(each.graph.is_connected for each in drawn)
    assert (QUESTIONS[name].features == "none") == all(each.features is None for each in drawn)
    rows = {each.graph.size if QUESTIONS[name].level == "node" else 1 for each in drawn}
    assert {len(each.answers) for each in drawn} == rows


def test_a_question_stands_for_the_values_of_its_parameters() -> None:
    for question in QUESTIONS.values():
        assert "{" not in question.asks.format_map(SyntheticParams().model_dump())
