"""Interrupted inside a graph and continued: the same numbers to the last bit."""

import logging
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array
from torch import Tensor

from mspe.encodings import compute_spectrum
from mspe.encodings.spectrum import chebyshev, checkpoint, local_moments, probes
from mspe.encodings.spectrum.chebyshev import sparse_operator, spectral_weights
from mspe.encodings.spectrum.checkpoint import Checkpoint, fill_rows
from mspe.encodings.spectrum.probes import estimated_spectral_weights
from mspe.graphs import PackedGraphs
from tests.encodings.fixtures import random_graph

DATA = random_graph(150, 450)
MATRIX, ROOT = sparse_operator(DATA.edge_index, None, 150)


def exact(state: Path | None) -> list[Tensor]:
    return [spectral_weights(MATRIX, state=state)]


def estimated(state: Path | None) -> list[Tensor]:
    return list(estimated_spectral_weights(MATRIX, ROOT, num_probes=256, work=0, state=state))


@pytest.fixture(autouse=True)
def saved_after_every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "_SECONDS", 0.0)
    monkeypatch.setattr(local_moments, "_ROWS", 32)


def interrupt(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, call: int) -> None:
    """Have one call of a function, counted from 1, be the moment of an interruption."""
    calls, whole = [], getattr(module, name)

    def counted(*arguments: Any) -> Any:
        calls.append(arguments)
        if len(calls) == call:
            raise KeyboardInterrupt
        return whole(*arguments)

    monkeypatch.setattr(module, name, counted)


@pytest.mark.parametrize("call", [1, 2, 4, 8])
@pytest.mark.parametrize(
    ("compute", "module", "name"),
    [
        (exact, chebyshev, "column_moments"),
        (estimated, probes, "chebyshev_terms"),
        (estimated, local_moments, "_row_moments"),
    ],
    ids=["exact", "probes", "walks"],
)
def test_what_is_interrupted_at_a_block_and_continued_is_the_same_to_the_last_bit(
    compute: Callable[[Path | None], list[Tensor]],
    module: ModuleType,
    name: str,
    call: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = compute(None)
    with monkeypatch.context() as patched:
        interrupt(patched, module, name, call if module is not local_moments else min(call, 5))
        with pytest.raises(KeyboardInterrupt):
            compute(tmp_path)
    for found, expected in zip(compute(tmp_path), whole, strict=True):
        assert torch.equal(found, expected)


def test_what_is_kept_is_not_computed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = exact(tmp_path)
    interrupt(monkeypatch, chebyshev, "column_moments", 1)
    assert all(torch.equal(found, expected) for found, expected in zip(exact(tmp_path), made, strict=True))


def test_a_state_of_another_graph_or_of_other_parameters_is_not_used(tmp_path: Path) -> None:
    exact(tmp_path)
    (name,) = (path.name for path in tmp_path.iterdir())
    heavier = csr_array((MATRIX.data * 0.5, MATRIX.indices, MATRIX.indptr), shape=MATRIX.shape)
    for matrix, degree in ((MATRIX, 32), (heavier, 64), (MATRIX.astype(np.float32), 64)):
        other = Checkpoint.of(tmp_path, "columns", matrix, degree=degree, block=chebyshev._BLOCK)
        assert other.load() == {}
    assert torch.equal(spectral_weights(heavier, state=tmp_path), spectral_weights(heavier))
    assert name in {path.name for path in tmp_path.iterdir()}


def test_a_damaged_state_is_computed_anew_with_a_line_that_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (whole,) = exact(tmp_path)
    (path,) = tmp_path.iterdir()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        (found,) = exact(tmp_path)
    assert torch.equal(found, whole)
    assert f"{path}: not a readable tensor file" in caplog.text and "it is computed anew" in caplog.text


def test_a_state_is_saved_only_when_the_last_one_is_old_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "_SECONDS", 1000.0)
    exact(tmp_path)
    assert not list(tmp_path.iterdir())
    path = tmp_path / "state.pt"
    kept = Checkpoint(path)
    kept.save({"done": 1})
    kept.save({"done": 2}, finished=True)
    assert kept.load() == {}
    monkeypatch.setattr(checkpoint, "_SECONDS", 0.0)
    kept.save({"done": 3})
    monkeypatch.setattr(checkpoint, "_SECONDS", 1000.0)
    kept.save({"done": 4})
    assert kept.load() == {"done": 3}
    kept.save({"done": 5}, finished=True)
    assert kept.load() == {"done": 5}


def test_rows_are_filled_whatever_the_last_block_is(tmp_path: Path) -> None:
    rows = torch.zeros(7, 1)
    fill_rows(rows, 3, lambda place: torch.arange(place.start, place.stop)[:, None].float(), "rows", Checkpoint(None))
    assert rows.flatten().tolist() == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("backend", ["chebyshev", "stochastic"])
def test_a_spectrum_resumes_and_one_of_eigenvectors_keeps_nothing(backend: str, tmp_path: Path) -> None:
    graphs = PackedGraphs.from_list([DATA])
    whole = compute_spectrum(graphs, backend=backend)  # type: ignore[arg-type]
    for _ in range(2):
        found = compute_spectrum(graphs, backend=backend, state=tmp_path / "state")  # type: ignore[arg-type]
        assert torch.equal(found.fields["spectral_weights"], whole.fields["spectral_weights"])
    assert list((tmp_path / "state").iterdir())
    compute_spectrum(graphs, backend="dense", state=tmp_path / "dense")
    assert not (tmp_path / "dense").exists()
