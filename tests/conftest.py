"""Graphs that break careless code, and real data where it is at hand."""

import gc
import logging
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jaxtyping
import pytest
import torch
from hypothesis import settings
from torch_geometric.data import Data

from mspe.dataset import get_dataset
from mspe.dataset.sources import nci
from mspe.encodings import EncodingSet, compute_spectrum
from mspe.graphs import GraphSchema, PackedGraphs
from tests.faults import FULL

ROOT = Path(__file__).parents[1]

BANK = {
    "filters": {"walk": {"steps": [0, 1, 2, 5]}, "heat": {"times": [0.25, 1.0, 8.0]}},
    "node": True,
    "pair": True,
}


def graph(num_nodes: int, edges: list[tuple[int, int]], both_directions: bool = True) -> Data:
    """A graph from a list of edges."""
    directed = edges + [(j, i) for i, j in edges if i != j] if both_directions else edges
    return Data(edge_index=torch.tensor(directed, dtype=torch.long).reshape(-1, 2).T, num_nodes=num_nodes)


def cycle(size: int) -> Data:
    return graph(size, [(i, (i + 1) % size) for i in range(size)])


def complete(size: int) -> Data:
    return graph(size, [(i, j) for i in range(size) for j in range(i)])


AWKWARD = {
    "single node": graph(1, []),
    "single node with a loop": graph(1, [(0, 0)]),
    "no edges": graph(4, []),
    "isolated node": graph(4, [(0, 1), (1, 2)]),
    "two components": graph(5, [(0, 1), (1, 2), (3, 4)]),
    "self-loops": graph(3, [(0, 0), (0, 1), (1, 2), (2, 2)]),
    "repeated edges": graph(3, [(0, 1), (0, 1), (0, 1), (1, 2)]),
    "repeated eigenvalues, benzene": cycle(6),
    "repeated eigenvalues, complete": complete(5),
    "star": graph(5, [(0, i) for i in range(1, 5)]),
    "path": graph(4, [(0, 1), (1, 2), (2, 3)]),
}


for profile, examples in {"full": 100, "everyday": 50, "quick": 20}.items():
    settings.register_profile(profile, max_examples=examples)
settings.load_profile("full" if FULL else "everyday")


def pytest_collection() -> None:
    """What is collected lives as long as the process: the garbage collector would look at all of it again and again."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that hold slow tests come first, so that no worker is left alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(params=AWKWARD, ids=str)
def awkward(request: pytest.FixtureRequest) -> Data:
    return AWKWARD[request.param]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real benchmark data; only where it is missing do the tests that need it skip."""
    folder = Path(os.environ.get("MSPE_DATA") or ROOT.parent / "shared" / "data").resolve()
    if not folder.is_dir():
        pytest.skip(f"no benchmark data: {folder} is not there and MSPE_DATA is not set")
    return folder


@pytest.fixture(scope="session", autouse=True)
def nci_is_read_once() -> Iterator[None]:
    """Its five thousand lines take two seconds to parse, and many tests ask for a few of its molecules."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nci, "read_smiles", cache(nci.read_smiles))
        yield


@pytest.fixture(scope="session", autouse=True)
def no_disk_is_waited_for() -> Iterator[None]:
    """What a power failure would leave is no test's, and every file that is written waits ten milliseconds for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", os.fstat)  # which refuses what is no open file, as it does
        yield


@pytest.fixture(autouse=True)
def settings_end_with_their_test() -> Iterator[None]:
    """A command sets determinism and the level of the log for its whole process, which here is other tests' too."""
    level = logging.root.level
    yield
    logging.root.setLevel(level)
    torch.use_deterministic_algorithms(False)


@pytest.fixture(scope="session")
def molecules() -> tuple[GraphSchema, PackedGraphs]:
    """Sixty-four real molecules with spectrum and node encodings."""
    dataset = get_dataset("nci", limit=64)
    spectrum = compute_spectrum(dataset.train)
    encodings = EncodingSet.from_config(BANK).encode_nodes(spectrum)
    return dataset.schema, dataset.train.with_fields_of(spectrum).with_fields_of(encodings)


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Call functions without a check of their types: as a user does who gives something else, or to save time."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
