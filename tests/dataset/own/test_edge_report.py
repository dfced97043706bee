"""What edges hold that is read in another way than one may expect is said, with what becomes of it."""

from pathlib import Path

import pytest
import torch

from tests.conftest import cycle, graph
from tests.dataset.own.fixtures import collection, load, save

DIRECTED = graph(3, [(0, 1), (1, 2)], both_directions=False)
DUPLICATE = graph(3, [(0, 1), (0, 1), (1, 2)])
LOOP = graph(3, [(0, 0), (0, 1), (1, 2)])


@pytest.mark.parametrize(
    ("odd", "line"),
    [
        (DIRECTED, "1 of 20 graphs are directed: encodings take their edges in both directions"),
        (DUPLICATE, "1 of 20 graphs have duplicate edges: encodings count them once"),
        (LOOP, "1 of 20 graphs have self-loops"),
    ],
    ids=["directed", "duplicate", "loop"],
)
def test_unusual_edges_are_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture, odd: object, line: str) -> None:
    graphs = [cycle(3 + number) for number in range(19)]
    for number, data in enumerate(graphs := [*graphs, odd.clone()]):  # type: ignore[attr-defined]
        data.y = torch.tensor([number / 2])
    load(save(tmp_path, graphs))
    assert line in caplog.text and sum("of 20 graphs" in message for message in caplog.messages) == 1


def test_weights_that_differ_by_direction_are_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    graphs = collection()
    load(save(tmp_path, graphs))
    assert "of 20 graphs" not in caplog.text
    graphs[2].edge_weight[0] = 9.0
    load(save(tmp_path, graphs))
    assert "1 of 20 graphs have other weights there than back: encodings take the larger one" in caplog.text


def test_edge_prediction_says_what_it_does_to_them(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    load(save(tmp_path, graph(40, [(i, (i + 1) % 40) for i in range(40)], both_directions=False)))
    assert "1 of 1 graphs are directed: edges are taken once, in both directions" in caplog.text
